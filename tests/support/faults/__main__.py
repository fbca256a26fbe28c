"""python -m tests.support.faults: faults on a running pipeline, by seed."""

import shutil
import sys
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

import click

from connect.settings import Settings
from tests.support.faults.fault_installation import Installation, installation
from tests.support.faults.fault_plan import KINDS, LONG_FREEZE
from tests.support.faults.fault_run import SETTLE_SECONDS, Result, Runs
from tests.support.faults.faults_document import write
from tests.support.faults.planted_faults import PLANTED

RUNS_OF_ONE = 10
"""Runs on one installation: the checks of a run read the events of those before it, too."""
LOGS = Settings().state / "faults"
"""Folder that keeps the logs of the runs in which something was not true."""


class Chosen(NamedTuple):
    """The options by which a run is replayed, with its seed."""

    faults: int
    kinds: str
    longest: float
    settle: float
    planted: str | None

    def command(self, seed: int) -> str:
        """Return the command that replays a run."""
        words = ["make faults", f"SEED={seed}", "RUNS=1", f"FAULTS={self.faults}"]
        words += [f"KINDS={self.kinds}"] if self.kinds else []
        words += [f"LONGEST={self.longest:g}"] if self.longest != LONG_FREEZE else []
        words += [f"SETTLE={self.settle:g}"] if self.settle != SETTLE_SECONDS else []
        return " ".join([*words, f"PLANTED={self.planted}"] if self.planted else words)


@click.command()
@click.option("--seed", type=int, help="Of the first run; default: of the day.")
@click.option("--runs", default=1, show_default=True, help="With the seeds that follow.")
@click.option("--faults", default=3, show_default=True, help="Number of faults of a run.")
@click.option(
    "--kinds", default="", help=f"To choose from, with commas; default: {','.join(KINDS)}."
)
@click.option("--longest", default=float(LONG_FREEZE), help="Seconds of a long freeze.")
@click.option("--settle", default=SETTLE_SECONDS, help="Seconds until all must be true again.")
@click.option("--planted", type=click.Choice(list(PLANTED)), help="A mistake to be noticed.")
@click.option("--write", "writes", is_flag=True, help="Write the runs into docs/faults.md.")
def main(seed: int | None, runs: int, writes: bool, **options: object) -> None:
    """Perform runs until one is not true.

    Exit code 1 if one was not; with a planted mistake, if all were true.
    """
    first = date.today().toordinal() if seed is None else seed
    chosen = Chosen(**options)  # type: ignore[arg-type]
    results = []
    for result in _results(list(range(first, first + runs)), chosen):
        results.append(result)
        if writes and not chosen.planted:
            write([result])
    is_true = not any(result.wrong for result in results)
    sys.exit(is_true == bool(chosen.planted))


def _results(seeds: list[int], chosen: Chosen) -> Iterator[Result]:
    """Yield the runs of the seeds, the last one after the first in which something is wrong."""
    for begin in range(0, len(seeds), RUNS_OF_ONE):
        with installation(chosen.planted) as there:
            one = Runs(there, chosen.settle)
            for seed in seeds[begin : begin + RUNS_OF_ONE]:
                kinds = chosen.kinds.split(",") if chosen.kinds else list(KINDS)
                result = one.run(seed, chosen.faults, kinds, chosen.longest)
                click.echo(result.line)
                yield result
                if result.wrong:
                    _show(result, there, chosen)
                    return


def _show(result: Result, there: Installation, chosen: Chosen) -> None:
    """Print everything that is not true, and what happened; keep the logs."""
    kept = LOGS / f"seed-{result.seed}"
    shutil.copytree(there.settings.state / "logs", kept, dirs_exist_ok=True)
    for line in [*result.wrong, *result.timeline]:
        click.echo(f"  {line}")
    click.echo(f"Logs: {kept}. Again: {chosen.command(result.seed)}")


if __name__ == "__main__":
    main(prog_name="python -m tests.support.faults")
