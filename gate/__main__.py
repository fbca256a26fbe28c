"""python -m gate: validate and forward records until shutdown. python -m gate quarantine."""

from time import monotonic

import click

from connect.settings import Settings
from connect.shutdown import shutdown_flag
from gate.quarantine_commands import quarantine
from gate.service import Gate

LOG_SECONDS = 5.0


@click.group(invoke_without_command=True)
@click.option(
    "--name", default="gate-1", show_default=True, help="Unique among the gates that run."
)
@click.pass_context
def main(context: click.Context, name: str) -> None:
    """Forward valid records to the topics that the job reads; quarantine the others."""
    if context.invoked_subcommand is None:
        run(Settings.from_environment(), name)


main.add_command(quarantine)


def run(settings: Settings, name: str) -> None:
    with shutdown_flag() as stop:
        gate = Gate(settings, name)
        log = ThroughputLog(gate)
        click.echo(f"The gate {name!r} is open.")
        try:
            gate.run(stop, log.write_if_due)
            log.write()
        finally:
            gate.close()


class ThroughputLog:
    """Logs the counts of accepted and quarantined records when they have changed."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._line = self._counts()
        self._written_at = monotonic()

    def write_if_due(self) -> None:
        if monotonic() - self._written_at >= LOG_SECONDS:
            self.write()

    def write(self) -> None:
        self._written_at = monotonic()
        line = self._counts()
        if line != self._line:
            click.echo(line)
        self._line = line

    def _counts(self) -> str:
        quarantined, waiting = self._gate.quarantined, self._gate.waiting
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in quarantined.most_common())
        return (
            f"accepted {self._gate.accepted:,}, quarantined {quarantined.total():,}"
            + (f" ({reasons})" if reasons else "")
            + (f"; {waiting:,} wait for the registry" if waiting else "")
        )


if __name__ == "__main__":
    main(prog_name="python -m gate")
