"""python -m gate: judge every inbound record until asked to stop. python -m gate quarantine."""

import signal
from time import monotonic
from types import FrameType

import click

from connect.settings import Settings
from gate.quarantine_commands import quarantine
from gate.service import Gate

TELL_SECONDS = 5.0


@click.group(invoke_without_command=True)
@click.option("--name", default="gate-1", show_default=True, help="Its own among gates that run.")
@click.pass_context
def main(context: click.Context, name: str) -> None:
    """Pass good records on to the topics that the job reads, put bad ones aside."""
    if context.invoked_subcommand is None:
        work(Settings.from_environment(), name)


main.add_command(quarantine)


def work(settings: Settings, name: str) -> None:
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    gate = Gate(settings, name)
    said = Said(gate)
    click.echo(f"The gate {name!r} is open.")
    try:
        gate.run(lambda: stopping, said.tell)
        said.now()
    finally:
        gate.close()


class Said:
    """Tells how much went through, when something did and not more often than needed."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._line = self._account()
        self._at = monotonic()

    def tell(self) -> None:
        if monotonic() - self._at >= TELL_SECONDS:
            self.now()

    def now(self) -> None:
        self._at = monotonic()
        line = self._account()
        if line != self._line:
            click.echo(line)
        self._line = line

    def _account(self) -> str:
        quarantined, waiting = self._gate.quarantined, self._gate.waiting
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in quarantined.most_common())
        return (
            f"accepted {self._gate.accepted:,}, quarantined {quarantined.total():,}"
            + (f" ({reasons})" if reasons else "")
            + (f"; {waiting:,} wait for the registry" if waiting else "")
        )


if __name__ == "__main__":
    main(prog_name="python -m gate")
