"""python -m audit: exit code 2 if it could not check, else see audit.audit_report.Outcome."""

import click
from rich.console import Console

from audit.console_report import show
from audit.run import run
from connect.errors import UserError
from connect.settings import Settings


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
    """Check levels, ledger, orders, transfers and sales by day against the events, without Flink.

    Exit codes: 0 all is true, 1 differences, 2 it could not check, 3 a part cannot be recounted,
    or topics cannot be seen, 4 records are not counted because their event_id is that of another
    event.
    """
    try:
        report = run(Settings.from_environment(), settle)
    except UserError as problem:
        raise AuditImpossibleError(problem.message) from None
    show(report, Console(width=None if Console().is_terminal else 120))
    raise SystemExit(report.outcome)


if __name__ == "__main__":
    main(prog_name="python -m audit")
