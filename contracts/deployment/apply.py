"""Carry out a plan, one step after another.

Each step is one call, which is done whole or not at all, and the next plan starts from what is
there: so that an interrupted plan is finished by planning again.
"""

from collections.abc import Iterator

from connect.errors import UserError
from contracts.deployment.backend import World
from contracts.deployment.plan import Plan
from contracts.deployment.steps import (
    Action,
    CreateTopic,
    DeleteSubject,
    DeleteVersion,
    Register,
    RemoveSetting,
    SetMode,
    SetSetting,
)


def carry_out(plan: Plan, world: World) -> Iterator[Action]:
    """Yields each step when it is done. Raises UserError before the first on a conflict."""
    if plan.conflicts:
        first, *others = plan.conflicts
        more = f" (and {len(others)} more: see `python -m contracts plan`)" if others else ""
        raise UserError(f"Nothing was changed: {first.what}: {first.why}{more}.")
    for step in plan.todo:
        perform(step, world)
        yield step


def perform(step: Action, world: World) -> None:
    """Raises UserError when Kafka or the registry refuses."""
    match step:
        case CreateTopic(topic=topic, partitions=partitions, config=config):
            world.create_topic(topic, partitions, config)
        case SetSetting(topic=topic, setting=setting, after=value):
            world.set_setting(topic, setting, value)
        case RemoveSetting(topic=topic, setting=setting):
            world.set_setting(topic, setting, None)
        case SetMode(subject=subject, after=mode):
            world.set_mode(subject, mode)
        case Register(subject=subject, schema=text):
            world.register(subject, text)
        case DeleteSubject(subject=subject):
            world.delete_subject(subject)
        case DeleteVersion(subject=subject, version=version):
            world.delete_version(subject, version)
