"""The plan as JSON, for `plan --out`, `apply --plan` and other programs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from connect.errors import UserError
from contracts.deployment.plan import Plan
from contracts.deployment.steps import (
    Conflict,
    CreateAcl,
    CreateTopic,
    DeleteSubject,
    DeleteVersion,
    ForeignTopic,
    NewerVersion,
    Register,
    RemoveSetting,
    SetMode,
    SetSetting,
    Step,
)

FORMAT = 2
STEPS: dict[str, type[Step]] = {
    "create-topic": CreateTopic,
    "set-setting": SetSetting,
    "set-mode": SetMode,
    "register": Register,
    "create-acl": CreateAcl,
    "delete-subject": DeleteSubject,
    "delete-version": DeleteVersion,
    "newer-version": NewerVersion,
    "remove-setting": RemoveSetting,
    "foreign-topic": ForeignTopic,
    "conflict": Conflict,
}
NAMES = {step_type: name for name, step_type in STEPS.items()}


def to_json(plan: Plan) -> str:
    """Return the plan as a JSON document."""
    document = {
        "format": FORMAT,
        "where": plan.where,
        "delete": sorted(plan.approved),
        "steps": [
            {"step": NAMES[type(step)], "kind": step.kind, **asdict(step)} for step in plan.steps
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def from_json(text: str) -> Plan:
    """Parse a plan. Raises ValueError, KeyError or TypeError for any other document."""
    document = json.loads(text)
    if document["format"] != FORMAT:
        raise ValueError(f"format {document['format']}")
    return Plan(
        where=document["where"],
        approved=frozenset(document["delete"]),
        steps=tuple(_step(step) for step in document["steps"]),
    )


def _step(document: dict[str, Any]) -> Step:
    attributes = {name: value for name, value in document.items() if name not in ("step", "kind")}
    return STEPS[document["step"]](**attributes)


def write(plan: Plan, path: Path) -> None:
    """Write the plan to a file. Raises UserError if it cannot be written."""
    try:
        path.write_text(to_json(plan) + "\n", "utf-8")
    except OSError as error:
        raise UserError(f"{path}: the plan cannot be written: {error.strerror}.") from None


def read(path: Path) -> Plan:
    """Read a plan from a file. Raises UserError if it is not a plan of this format."""
    try:
        return from_json(path.read_text("utf-8"))
    except OSError as error:
        raise UserError(f"{path}: the plan cannot be read: {error.strerror}.") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UserError(
            f"{path}: expected a plan as `python -m contracts plan --out {path.name}` writes it: "
            "plan again."
        ) from None
