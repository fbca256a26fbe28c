"""The commands `plan` and `apply`."""

from pathlib import Path

import click

from connect import kafka, registry
from connect.errors import UserError
from connect.settings import Settings
from contracts.contract_file import SCHEMAS, load_all
from contracts.deployment import plan_file, plan_report
from contracts.deployment.apply import apply_plan
from contracts.deployment.backend import Backend, LiveBackend
from contracts.deployment.deletions import absent_deletions
from contracts.deployment.desired import DesiredState, desired_state
from contracts.deployment.plan import Plan, plan
from contracts.errors import InvalidContractError

CHANGES = 2
schemas_option = click.option(
    "--schemas",
    type=click.Path(path_type=Path),
    default=SCHEMAS,
    help="Folder of the contracts, with released/ in it.",
)
delete_option = click.option(
    "--delete",
    "approved",
    multiple=True,
    metavar="NAME",
    help="Approve a deletion by its name in the plan; may be given several times.",
)


@click.command("plan")
@click.option("--out", type=click.Path(path_type=Path), help="Write the plan, for apply --plan.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@delete_option
@schemas_option
@click.pass_context
def plan_command(
    ctx: click.Context, out: Path | None, form: str, approved: tuple[str, ...], schemas: Path
) -> None:
    """Show what apply would change in the registry and Kafka. Changes nothing.

    Exit code 0: nothing to do; 2: changes; 1: a conflict, or no plan can be made. Drift that
    apply leaves as it is does not count as a change.
    """
    try:
        desired = desired_state(load_all(schemas), schemas / "released")
        current = _plan(desired, _live(), approved)
    except InvalidContractError as error:
        raise UserError(error.message) from None  # its exit code, 2, means changes here
    if form == "json":
        click.echo(plan_file.to_json(current))
    else:
        for line in plan_report.lines(current, desired):
            click.echo(line)
    if current.conflicts:
        raise UserError("The plan has conflicts: resolve them, then plan again.")
    if out:
        plan_file.write(current, out)
    ctx.exit(CHANGES if current.changes else 0)


@click.command("apply")
@click.option(
    "--plan",
    "path",
    type=click.Path(path_type=Path),
    help="Apply the plan in this file of plan --out; refused if the actual state has changed.",
)
@delete_option
@schemas_option
def apply_command(path: Path | None, approved: tuple[str, ...], schemas: Path) -> None:
    """Apply the changes that `plan` shows to the registry and Kafka.

    After an interruption, run it again. Deletes only what --delete names.
    """
    saved = plan_file.read(path) if path else None
    if saved and approved:
        raise UserError("--delete cannot be combined with --plan: give it to `plan` instead.")
    desired, backend = desired_state(load_all(schemas), schemas / "released"), _live()
    current = _plan(desired, backend, tuple(saved.approved) if saved else approved)
    if saved and not saved.leads_to(current):
        raise UserError(
            f"{path}: the contracts, the registry or Kafka have changed since this plan was "
            "made: plan again."
        )
    for line in plan_report.lines(current, desired):
        click.echo(line)
    for step in apply_plan(current, backend):
        click.echo(f"done      {plan_report.description(step)}")


def _live() -> Backend:
    settings = Settings.from_environment()
    return LiveBackend(kafka.admin(settings), registry.client(settings), registry.address(settings))


def _plan(desired: DesiredState, backend: Backend, approved: tuple[str, ...]) -> Plan:
    actual = backend.actual_state(desired)
    current = plan(desired, actual, frozenset(approved))
    for name in absent_deletions(current, actual):
        click.echo(f"--delete {name}: does not exist.", err=True)
    return current
