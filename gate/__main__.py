"""python -m gate: validate and forward records until shutdown. python -m gate quarantine."""

from collections.abc import Mapping
from importlib import import_module
from time import monotonic

import click

from connect.own_memory import rare_collections, return_large_blocks, share_heaps
from connect.part_log import LOG, log_of
from connect.part_status import served
from connect.settings import Settings
from connect.shutdown import shutdown_flag
from connect.standstill import StandstillLog
from gate.gate_report import GateReport
from gate.service import Gate

LOG_SECONDS, OBSERVED_SECONDS = 5.0, 1.0


class _Commands(click.Group):
    """Imports the commands on the quarantine when they are used: a gate needs no database."""

    def list_commands(self, _: click.Context) -> list[str]:
        return ["quarantine"]

    def get_command(self, _: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(_):
            return None
        command: click.Command = import_module("gate.quarantine_commands").quarantine
        return command


@click.group(cls=_Commands, invoke_without_command=True)
@click.option(
    "--name", default="gate-1", show_default=True, help="Unique among the gates that run."
)
@click.pass_context
def main(context: click.Context, name: str) -> None:
    """Forward valid records to the topics that the job reads; quarantine the others."""
    if context.invoked_subcommand is None:
        with log_of("gate"):
            run(Settings.from_environment(), name)


def run(settings: Settings, name: str) -> None:
    # A large message is unpacked by any of the client's threads.
    return_large_blocks()
    share_heaps(1)
    with served(settings, "gate") as status, shutdown_flag() as stop:
        gate = Gate(settings, name)
        log = GateLog(gate, settings)
        status.report = GateReport(settings, gate, lambda: log.standing)
        LOG.info(f"The gate {name!r} is open.")
        try:
            with rare_collections():
                gate.run(status.noting(stop), log.write_if_due)
            log.write()
        finally:
            gate.close()


class GateLog:
    """Logs the counts of records when they have changed, and the partitions that do not move."""

    def __init__(self, gate: Gate, settings: Settings) -> None:
        self._gate, self._settings = gate, settings
        self._standstills = StandstillLog(settings, "gate")
        self.standing: Mapping[str, float] = {}
        """Seconds for which each partition that stands still has not moved, by its name."""
        self._observed_at = monotonic()
        self._line = self._counts()
        self._written_at = monotonic()

    def write_if_due(self) -> None:
        if monotonic() - self._observed_at >= OBSERVED_SECONDS:
            self._observed_at = monotonic()
            self.standing = self._standstills.observe(self._gate.observations(self._settings))
        if monotonic() - self._written_at >= LOG_SECONDS:
            self.write()

    def write(self) -> None:
        self._written_at = monotonic()
        line = self._counts()
        if line != self._line:
            LOG.info(line)
        self._line = line

    def _counts(self) -> str:
        quarantined, waiting = self._gate.quarantined, self._gate.waiting
        reasons = ", ".join(f"{reason} {count:,}" for reason, count in quarantined.most_common())
        keys = self._gate.completed_keys
        return (
            f"accepted {self._gate.accepted:,}"
            + (f" ({keys:,} keys completed)" if keys else "")
            + (f", repeats {self._gate.repeats:,}" if self._gate.repeats else "")
            + f", quarantined {quarantined.total():,}"
            + (f" ({reasons})" if reasons else "")
            + (f"; {waiting:,} wait for the registry or the read model" if waiting else "")
        )


if __name__ == "__main__":
    main(prog_name="python -m gate")
