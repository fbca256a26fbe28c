"""Apply a plan, step by step.

Each step is one atomic call. After an interruption, plan and apply again: the next plan starts
from the actual state.
"""

from collections.abc import Iterator

from connect.errors import UserError
from contracts.deployment.backend import Backend
from contracts.deployment.plan import Plan
from contracts.deployment.steps import (
    Action,
    CreateAcl,
    CreateTopic,
    DeleteSubject,
    DeleteVersion,
    Register,
    RemoveSetting,
    SetMode,
    SetSetting,
)


def apply_plan(plan: Plan, backend: Backend) -> Iterator[Action]:
    """Apply the plan's actions, yielding each when it is done.

    Raises UserError before the first action if the plan has a conflict.
    """
    if plan.conflicts:
        first, *others = plan.conflicts
        more = f" (and {len(others)} more: see `python -m contracts plan`)" if others else ""
        raise UserError(f"Nothing was changed: {first.what}: {first.why}{more}.")
    for step in plan.todo:
        apply_step(step, backend)
        yield step


def apply_step(step: Action, backend: Backend) -> None:
    """Apply one action. Raises UserError if Kafka or the registry refuses it."""
    match step:
        case CreateTopic():
            backend.create_topic(step)
        case SetSetting(topic=topic, setting=setting, after=value):
            backend.set_setting(topic, setting, value)
        case RemoveSetting(topic=topic, setting=setting):
            backend.set_setting(topic, setting, None)
        case SetMode(subject=subject, after=mode):
            backend.set_mode(subject, mode)
        case Register(subject=subject, schema=text):
            backend.register(subject, text)
        case CreateAcl():
            backend.create_acl(step)
        case DeleteSubject(subject=subject):
            backend.delete_subject(subject)
        case DeleteVersion(subject=subject, version=version):
            backend.delete_version(subject, version)
