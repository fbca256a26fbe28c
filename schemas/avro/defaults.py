"""Checks of a default against its field's type.

Avro 1.12 specification, "Complex Types: Records", as Java 1.12 does it: its parser checks only the
JSON type of a default (any string for an enum); an invalid value fails when it is used.
"""

from typing import Any

from schemas.avro.schema import Schema

LIMITS = {"int": 2**31, "long": 2**63}
KINDS = {"null": (type(None),), "boolean": (bool,), "float": (int, float), "double": (int, float)}
"""Python types of a default's JSON; str for all other Avro types."""


def has_right_kind(schema: Schema, value: Any) -> bool:
    """Check the JSON type of a default, as Java's parser does."""
    if schema.kind == "union":
        return any(has_right_kind(part, value) for part in schema.parts)
    if schema.kind in ("array", "map", "record"):
        inner = _inside(schema, value)
        return inner is not None and all(has_right_kind(part, v) for part, v in inner)
    if schema.kind in LIMITS:
        limit = LIMITS[schema.kind]
        return type(value) is int and -limit <= value < limit
    return type(value) in KINDS.get(schema.kind, (str,))


def is_value(schema: Schema, value: Any) -> bool:
    """Check a default of the right JSON type: the symbols of enums, the sizes of bytes."""
    match schema.kind:
        case "enum":
            return value in schema.symbols
        case "fixed":
            return len(value) == schema.size and max(value, default="") <= "\xff"
        case "bytes":
            return max(value, default="") <= "\xff"
        case "union":
            return any(
                has_right_kind(part, value) and is_value(part, value) for part in schema.parts
            )
        case "array" | "map" | "record":
            return all(is_value(part, v) for part, v in _inside(schema, value) or [])
    return True


def _inside(schema: Schema, value: Any) -> list[tuple[Schema, Any]] | None:
    """Return the values inside of a value, each with its type; None for another JSON type."""
    if schema.kind == "array":
        return [(schema.parts[0], v) for v in value] if isinstance(value, list) else None
    if not isinstance(value, dict):
        return None
    if schema.kind == "map":
        return [(schema.parts[0], v) for v in value.values()]
    missing = [f for f in schema.fields if f.name not in value and not f.has_default]
    return None if missing else [(f.type, value.get(f.name, f.default)) for f in schema.fields]
