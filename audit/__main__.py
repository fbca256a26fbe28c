"""python -m audit: exit code 0 if all is true, 1 for differences, 2 if it could not check."""

import click
from rich.console import Console

from audit.console_report import show
from audit.run import run
from connect.errors import UserError
from connect.settings import Settings

DIFFERS = 1


class AuditImpossibleError(UserError):
    """A missing broker, registry or topic, without which nothing was checked."""

    exit_code = 2


@click.command()
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="Limit of the wait for the job, which ends once the job has written nothing for 2 s.",
)
def main(settle: float) -> None:
    """Check every published figure against the events, independently of the job."""
    try:
        report = run(Settings.from_environment(), settle)
    except UserError as problem:
        raise AuditImpossibleError(problem.message) from None
    show(report, Console(width=None if Console().is_terminal else 120))
    if not report.true:
        raise SystemExit(DIFFERS)


if __name__ == "__main__":
    main(prog_name="python -m audit")
