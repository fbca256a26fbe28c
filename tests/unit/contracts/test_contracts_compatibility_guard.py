"""A producer whose records would break an earlier version's readers does not start."""

import json
from typing import Any

import pytest

from connect import registry
from connect.errors import UserError
from contracts import compatibility_guard
from schemas.generated import Shipment


def earlier(field: str, **changes: Any) -> str:
    """Return Shipment's schema with one field changed."""
    schema = json.loads(Shipment.SCHEMA)
    for each in schema["fields"]:
        if each["name"] == field:
            each.update(changes)
    return json.dumps(schema)


@pytest.fixture
def versions(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Schemas of the registry before this Shipment, the oldest first."""
    schemas: list[str] = []
    monkeypatch.setattr(registry, "earlier_versions", lambda *_: enumerate(schemas, 1))
    return schemas


def test_an_earlier_version_that_can_read_on_is_agreed_with(versions: list[str]) -> None:
    versions += [earlier("quantity", doc="Other words."), "no schema of ours"]
    compatibility_guard.require_compatible(None, Shipment)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("field", "changes", "rule"),
    [
        ("quantity", {"type": "string"}, "type-changed"),
        ("order_id", {"type": "string", "default": ""}, "null-refused"),
        ("occurred_at", {"type": "long"}, "logical-type"),
    ],
)
def test_one_that_could_not_is_named(
    versions: list[str], field: str, changes: dict[str, Any], rule: str
) -> None:
    versions += [Shipment.SCHEMA, earlier(field, **changes)]
    with pytest.raises(UserError, match=f"version 2 of shipments-value.*{field}.*{rule}"):
        compatibility_guard.require_compatible(None, Shipment)  # type: ignore[arg-type]


def test_only_the_promised_compatibility_is_required(
    versions: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with_null = earlier("quantity", type=["null", "int"], default=None)
    versions.append(with_null)
    with pytest.raises(UserError):
        compatibility_guard.require_compatible(None, Shipment)  # type: ignore[arg-type]
    monkeypatch.setattr(Shipment, "COMPATIBILITY", "FORWARD")
    compatibility_guard.require_compatible(None, Shipment)  # type: ignore[arg-type]
