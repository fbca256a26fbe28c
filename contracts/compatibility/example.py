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


LARGEST = 2_000
"""The largest number of parts of an example."""


class NoFiniteValueError(ValueError):
    """A type without a finite value, or with very large ones only."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A union's value."""

    branch: int
    """The index of the branch."""
    value: Any
    """The value of the branch's type."""


def example(writer: Schema, finding: Finding) -> Any:
    """Return a value of the writer's schema that shows the finding. Raises NoFiniteValueError."""
    return _Maker(LARGEST).value(writer, finding.steps, finding.value, ())


def printed(value: Any) -> str:
    """Return a value as one line of JSON; bytes as in Avro's JSON encoding."""
    return json.dumps(_plain(value), ensure_ascii=False)


def unscaled(schema: Schema, digits: int) -> bytes:
    """Return the bytes of the decimal 1234… with so many digits, or as many as a fixed holds."""
    number = int(("1234567890" * (digits // 10 + 1))[:digits])
    if schema.kind == "fixed":
        size = min(schema.size, LARGEST)
        limit = 2 ** (8 * size - 1) if size else 1
        while number >= limit:
            number //= 10
        return number.to_bytes(size, "big")
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


class _Maker:
    def __init__(self, left: int) -> None:
        self._left = left

    def value(
        self, schema: Schema, steps: Sequence[Step], last: Any, within: tuple[Schema, ...]
    ) -> Any:
        """Return a value with `last` at the end of the steps and the smallest values elsewhere."""
        self._left -= 1
        if self._left < 0:
            raise NoFiniteValueError(f"values of {schema} have more than {LARGEST} parts")
        if not steps and last is not None:
            return last
        if schema.kind == "union":
            return self._branch(schema, steps, last, within)
        if schema.kind in ("array", "map"):
            if not steps:
                return [] if schema.kind == "array" else {}
            inner = self.value(schema.parts[0], steps[1:], last, ())
            return [inner] if schema.kind == "array" else {"key": inner}
        if schema.kind == "record":
            if not steps and schema in within:
                raise NoFiniteValueError(f"{schema} has no finite value")
            within = within if steps else (*within, schema)
            return {
                field.name: self.value(field.type, steps[1:], last, ())
                if steps and steps[0] == field.name
                else self.value(field.type, (), None, within)
                for field in schema.fields
            }
        return _leaf(schema)

    def _branch(
        self, schema: Schema, steps: Sequence[Step], last: Any, within: tuple[Schema, ...]
    ) -> Chosen:
        if steps:
            assert isinstance(steps[0], Index)
            chosen = steps[0].branch
            return Chosen(chosen, self.value(schema.parts[chosen], steps[1:], last, within))
        for number, part in enumerate(schema.parts):
            try:
                return Chosen(number, self.value(part, (), None, within))
            except NoFiniteValueError:
                continue
        raise NoFiniteValueError(f"no branch of {schema} has a value")


def _leaf(schema: Schema) -> Any:
    if schema.kind == "enum":
        if not schema.symbols:
            raise NoFiniteValueError(f"{schema} has no symbols")
        return schema.symbols[0]
    if schema.size > LARGEST:
        raise NoFiniteValueError(f"values of {schema} have more than {LARGEST} bytes")
    return bytes(schema.size) if schema.kind == "fixed" else SMALLEST[schema.kind]


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
