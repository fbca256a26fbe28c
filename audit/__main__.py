"""python -m audit: exit 0 when all is true, 1 when something differs, 2 when it cannot tell."""

import click
from rich.console import Console

from audit.console_report import show
from audit.run import run
from connect.errors import UserError
from connect.settings import Settings

DIFFERS = 1


class AuditImpossibleError(UserError):
    """What is not there, so that nothing was judged."""

    exit_code = 2


@click.command()
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="How long to wait for the job: until it has written nothing for 2 s, at most this long.",
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
