"""Whether a default is a value of its field's type.

Avro 1.12 specification, "Complex Types: Records", as Java 1.12 does it. Its parser checks the
kind of a default only (any text for an enum); whether it is a value shows when it is used.
"""

from typing import Any

from schemas.avro.schema import Schema

LIMITS = {"int": 2**31, "long": 2**63}
KINDS = {"null": (type(None),), "boolean": (bool,), "float": (int, float), "double": (int, float)}
"""What Python has for the JSON of a type; a text for all others."""


def has_right_kind(schema: Schema, value: Any) -> bool:
    """Whether Java's parser takes a value of JSON as the default of a type."""
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
    """Whether a default of the right kind is a value, too: a symbol of its enum, a size's bytes."""
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
    """The values inside of a value, each with its type; None when it is not of the kind."""
    if schema.kind == "array":
        return [(schema.parts[0], v) for v in value] if isinstance(value, list) else None
    if not isinstance(value, dict):
        return None
    if schema.kind == "map":
        return [(schema.parts[0], v) for v in value.values()]
    missing = [f for f in schema.fields if f.name not in value and not f.has_default]
    return None if missing else [(f.type, value.get(f.name, f.default)) for f in schema.fields]
