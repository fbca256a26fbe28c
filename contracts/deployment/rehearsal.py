"""Refusals that are known before a plan is applied: permissions, policies, read-only subjects."""

from dataclasses import replace

from contracts.deployment.backend import Backend
from contracts.deployment.plan import Plan
from contracts.deployment.steps import (
    Action,
    Conflict,
    CreateAcl,
    CreateTopic,
    RemoveSetting,
    SetSetting,
)


def rehearsed(plan: Plan, backend: Backend) -> Plan:
    """Return the plan with a conflict for each action that Kafka or the registry would refuse.

    Changes nothing there.
    """
    refused = {
        Conflict(what=_name(step), why=why): None
        for step in plan.todo
        if (why := backend.refusal(step))
    }
    return replace(plan, steps=(*refused, *plan.steps))


def _name(step: Action) -> str:
    if isinstance(step, CreateAcl):
        return f"acl {step.principal}"
    if isinstance(step, CreateTopic | SetSetting | RemoveSetting):
        return f"topic {step.topic}"
    return f"subject {step.subject}"
