"""The commands `plan` and `apply`."""

from pathlib import Path

import click

from connect import kafka, registry
from connect.errors import UserError
from connect.settings import Settings
from contracts.contract import SCHEMAS, load_all
from contracts.deployment import plan_file, report
from contracts.deployment.apply import carry_out
from contracts.deployment.backend import Live
from contracts.deployment.deletions import gone
from contracts.deployment.desired import Wanted, wanted
from contracts.deployment.plan import Plan, plan
from contracts.errors import InvalidContractError

CHANGES = 2
NAMED = "What may be deleted, by the name that the plan gives it; may be said more than once."
folder = click.option(
    "--schemas",
    type=click.Path(path_type=Path),
    default=SCHEMAS,
    help="Folder of the contracts, with released/ in it.",
)
deletable = click.option("--delete", "told", multiple=True, metavar="NAME", help=NAMED)


@click.command("plan")
@click.option("--out", type=click.Path(path_type=Path), help="Write the plan, for apply --plan.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@deletable
@folder
@click.pass_context
def plan_command(
    ctx: click.Context, out: Path | None, form: str, told: tuple[str, ...], schemas: Path
) -> None:
    """Say what apply would do to the registry and Kafka, and do nothing.

    Exit code 0: nothing to do; 2: changes; 1: a conflict, or no plan can be made. Drift that
    apply cannot mend is named, and is no change.
    """
    try:
        asked = wanted(load_all(schemas), schemas / "released")
        made = _planned(asked, _live(), told)
    except InvalidContractError as error:
        raise UserError(error.message) from None  # 2 means changes here
    if form == "json":
        click.echo(plan_file.to_json(made))
    else:
        for line in report.lines(made, asked):
            click.echo(line)
    if made.conflicts:
        raise UserError("Not all of this can be done: settle the conflicts, then plan again.")
    if out:
        plan_file.write(made, out)
    ctx.exit(CHANGES if made.changes else 0)


@click.command("apply")
@click.option(
    "--plan",
    "path",
    type=click.Path(path_type=Path),
    help="Do what this file of plan --out says, and only while the world is as it was then.",
)
@deletable
@folder
def apply_command(path: Path | None, told: tuple[str, ...], schemas: Path) -> None:
    """Make the registry and Kafka agree with the contracts, as `plan` says.

    Interrupted, it is finished by running it again. Deletes nothing but what --delete names.
    """
    planned = plan_file.read(path) if path else None
    if planned and told:
        raise UserError("--delete goes with the plan: say it to `python -m contracts plan`.")
    asked, world = wanted(load_all(schemas), schemas / "released"), _live()
    made = _planned(asked, world, tuple(planned.told) if planned else told)
    if planned and not planned.leads_to(made):
        raise UserError(
            f"{path}: the contracts, the registry or Kafka are no longer as they were when this "
            "was planned: plan again."
        )
    for line in report.lines(made, asked):
        click.echo(line)
    for step in carry_out(made, world):
        click.echo(f"done      {report.said(step)}")


def _live() -> Live:
    settings = Settings.from_environment()
    return Live(kafka.admin(settings), registry.client(settings), registry.address(settings))


def _planned(asked: Wanted, world: Live, told: tuple[str, ...]) -> Plan:
    found = world.look(asked)
    made = plan(asked, found, frozenset(told))
    for name in gone(made, found):
        click.echo(f"--delete {name}: nothing of that name is there.", err=True)
    return made
