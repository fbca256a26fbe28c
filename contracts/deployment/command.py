"""The commands `plan` and `apply`."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from connect import kafka, registry
from connect.errors import UserError
from connect.kafka import GATE_GROUP
from connect.settings import Settings
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load_all
from contracts.deployment import plan_file, plan_report
from contracts.deployment.acls_command import acls_option, every_acl
from contracts.deployment.apply import apply_plan
from contracts.deployment.backend import Backend, LiveBackend
from contracts.deployment.deletions import absent_deletions
from contracts.deployment.desired import DesiredState, desired_state
from contracts.deployment.environment_topics import load, with_environment
from contracts.deployment.plan import Plan, plan
from contracts.deployment.rehearsal import rehearsed
from contracts.deployment.steps import CreateAcl
from contracts.errors import InvalidContractError
from contracts.evolution import live_progress
from contracts.schemas_option import own_schemas_option
from contracts.successions import pairs

CHANGES = 2
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
@acls_option
@own_schemas_option
def plan_command(
    out: Path | None, form: str, approved: tuple[str, ...], principal: str | None, schemas: Path
) -> None:
    """Show what apply would change in the registry and Kafka. Changes nothing.

    Exit code 0: nothing to do; 2: changes; 1: a conflict, or no plan can be made. Drift that
    apply leaves as it is does not count as a change.
    """
    try:
        contracts = load_all(schemas)
        acls = every_acl(schemas, principal)
        desired, backend = _desired(contracts, schemas, acls), _live()
        current = _plan(desired, backend, approved)
    except InvalidContractError as error:
        raise UserError(error.message) from None  # its exit code, 2, means changes here
    if form == "json":
        click.echo(plan_file.to_json(current))
    else:
        for line in (*plan_report.lines(current, desired), *_successions(contracts)):
            click.echo(line)
    if current.conflicts:
        raise UserError("The plan has conflicts: resolve them, then plan again.")
    if out:
        plan_file.write(current, out)
    click.get_current_context().exit(CHANGES if current.changes else 0)


@click.command("apply")
@click.option(
    "--plan",
    "path",
    type=click.Path(path_type=Path),
    help="Apply the plan in this file of plan --out; refused if the actual state has changed.",
)
@delete_option
@acls_option
@own_schemas_option
def apply_command(
    path: Path | None, approved: tuple[str, ...], principal: str | None, schemas: Path
) -> None:
    """Apply the changes that `plan` shows to the registry and Kafka.

    After an interruption, run it again. Deletes only what --delete names.
    """
    saved = plan_file.read(path) if path else None
    if saved and (approved or principal):
        option = "--delete" if approved else "--acls"
        raise UserError(f"{option} cannot be combined with --plan: give it to `plan` instead.")
    acls = every_acl(schemas, principal)
    if saved:
        acls = tuple(step for step in saved.steps if isinstance(step, CreateAcl))
    desired, backend = _desired(load_all(schemas), schemas, acls), _live()
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


def _desired(contracts: list[Contract], schemas: Path, acls: tuple[CreateAcl, ...]) -> DesiredState:
    settings = Settings.from_environment()
    # The gate knows the contracts of this tree.
    has_gate = settings.has_gate and schemas.resolve() == SCHEMAS.resolve()
    desired = desired_state(contracts, schemas / "released", settings.prefix, has_gate)
    if settings.topics:
        file = Path(settings.topics)
        desired = with_environment(desired, load(file), file, settings.prefix)
    return replace(desired, acls=acls)


def _live() -> Backend:
    settings = Settings.from_environment()
    return LiveBackend(
        kafka.admin(settings),
        registry.client(settings),
        settings.registry_url,
        settings.prefixed(GATE_GROUP),
    )


def _successions(contracts: list[Contract]) -> Iterator[str]:
    if pairs(contracts):
        settings = Settings.from_environment()
        states = live_progress.progress(contracts, kafka.admin(settings), settings)
        yield from (f"evolves   {state.sentence()}" for state in states)


def _plan(desired: DesiredState, backend: Backend, approved: tuple[str, ...]) -> Plan:
    actual = backend.actual_state(desired)
    current = rehearsed(plan(desired, actual, frozenset(approved)), backend)
    for name in absent_deletions(current, desired, actual):
        click.echo(f"--delete {name}: does not exist.", err=True)
    return current
