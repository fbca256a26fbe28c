"""Example values for findings: valid for the writer, misread or refused by the reader.

A record or map is a dict, an array a list, bytes and fixed are bytes; a union's value is Chosen,
because several branches may have equal values.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.compatibility.finding import Finding, Index, Step
from schemas.avro.schema import Schema

SMALLEST: dict[str, Any] = {
    "null": None,
    "boolean": False,
    "int": 0,
    "long": 0,
    "float": 0.0,
    "double": 0.0,
    "bytes": b"",
    "string": "",
}


class NoFiniteValueError(ValueError):
    """A type without a finite value: an endless record, an empty union or enum."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A union's value."""

    branch: int
    """The index of the branch."""
    value: Any
    """The value of the branch's type."""


def example(writer: Schema, finding: Finding) -> Any:
    """Return a value of the writer's schema that shows the finding. Raises NoFiniteValueError."""
    return _value(writer, finding.steps, finding.value, ())


def printed(value: Any) -> str:
    """Return a value as one line of JSON; bytes as in Avro's JSON encoding."""
    return json.dumps(_plain(value), ensure_ascii=False)


def unscaled(schema: Schema, digits: int) -> bytes:
    """Return the bytes of the decimal 1234… with so many digits, or as many as a fixed holds."""
    number = int(("1234567890" * (digits // 10 + 1))[:digits])
    if schema.kind == "fixed":
        limit = 2 ** (8 * schema.size - 1) if schema.size else 1
        while number >= limit:
            number //= 10
        return number.to_bytes(schema.size, "big")
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _value(schema: Schema, steps: Sequence[Step], last: Any, within: tuple[Schema, ...]) -> Any:
    """Return a value with `last` at the end of the steps and the smallest values elsewhere."""
    if not steps and last is not None:
        return last
    if schema.kind == "union":
        return _branch(schema, steps, last, within)
    if schema.kind in ("array", "map"):
        if not steps:
            return [] if schema.kind == "array" else {}
        inner = _value(schema.parts[0], steps[1:], last, ())
        return [inner] if schema.kind == "array" else {"key": inner}
    if schema.kind == "record":
        if not steps and schema in within:
            raise NoFiniteValueError(f"{schema} has no finite value")
        within = within if steps else (*within, schema)
        return {
            field.name: _value(field.type, steps[1:], last, ())
            if steps and steps[0] == field.name
            else _value(field.type, (), None, within)
            for field in schema.fields
        }
    return _leaf(schema)


def _leaf(schema: Schema) -> Any:
    if schema.kind == "enum":
        if not schema.symbols:
            raise NoFiniteValueError(f"{schema} has no symbols")
        return schema.symbols[0]
    return bytes(schema.size) if schema.kind == "fixed" else SMALLEST[schema.kind]


def _branch(schema: Schema, steps: Sequence[Step], last: Any, within: tuple[Schema, ...]) -> Chosen:
    if steps:
        assert isinstance(steps[0], Index)
        chosen = steps[0].branch
        return Chosen(chosen, _value(schema.parts[chosen], steps[1:], last, within))
    for number, part in enumerate(schema.parts):
        try:
            return Chosen(number, _value(part, (), None, within))
        except NoFiniteValueError:
            continue
    raise NoFiniteValueError(f"no branch of {schema} has a value")


def _plain(value: Any) -> Any:
    match value:
        case Chosen():
            return _plain(value.value)
        case bytes():
            return value.decode("latin-1")
        case dict():
            return {name: _plain(inner) for name, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
    return value
