"""Avro schema resolution: the reader type for each writer type.

Avro 1.12 specification, "Schema Resolution", and Java's SchemaCompatibility: names are compared
without namespace, a reader's aliases with it; a writer's aliases are ignored.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from contracts.compatibility.finding import Finding, Index, Rule, Step
from schemas.avro.defaults import is_value
from schemas.avro.schema import Field, Schema

PROMOTIONS = {
    "long": ("int",),
    "float": ("int", "long"),
    "double": ("int", "long", "float"),
    "bytes": ("string",),
    "string": ("bytes",),
}
"""Reader type -> the writer types that it reads by promotion."""


@dataclass(frozen=True, slots=True)
class TypePair:
    """A reader type and the writer type that it resolves."""

    path: str
    """The place in the reader schema."""
    steps: tuple[Step, ...]
    """The steps to the place in a value of the writer."""
    reader: Schema
    """The reader's type."""
    writer: Schema
    """The writer's type."""
    branch: bool = False
    """True if a side is a branch of a union that was paired before."""

    def finding(self, rule: Rule, what: str, value: Any = None, where: str = "") -> Finding:
        """Return a finding at this place, or at `where` below it."""
        path = self.path + where or "/"
        return Finding(rule=rule, path=path, what=what, steps=self.steps, value=value)


def mismatch(reader: Schema, writer: Schema) -> str | None:
    """Return the id of the rule that two types break; None if they match. Neither is a union.

    Fields, items and values are not compared.
    """
    if reader.kind != writer.kind:
        if writer.kind in PROMOTIONS.get(reader.kind, ()):
            return None
        return "null-refused" if writer.kind == "null" else "type-changed"
    if reader.name and not same_name(reader, writer):
        return "name-changed"
    if reader.kind == "fixed" and reader.size != writer.size:
        return "fixed-size"
    if reader.kind == "enum" and reader.default is None and missing_symbols(reader, writer):
        return "enum-symbol-missing"
    return _decimal_mismatch(reader, writer)


def _decimal_mismatch(reader: Schema, writer: Schema) -> str | None:
    """Compare precision and scale: in the specification, but not in Java, Python or registries."""
    if not reader.decimal or not writer.decimal or reader.decimal == writer.decimal:
        return None
    same_scale = reader.decimal.scale == writer.decimal.scale
    return "decimal-precision" if same_scale else "decimal-scale"


def same_name(reader: Schema, writer: Schema) -> bool:
    """Return True if the names match, directly or by an alias of the reader."""
    return reader.simple_name == writer.simple_name or writer.name in reader.aliases


def missing_symbols(reader: Schema, writer: Schema) -> list[str]:
    """Return the writer's enum symbols that the reader does not have."""
    return [symbol for symbol in writer.symbols if symbol not in reader.symbols]


def matching_fields(reader_field: Field, writer: Schema) -> list[Field]:
    """Return the writer's fields that match a reader's field by name or alias.

    As in Java, a field that matches by name and by alias is returned twice.
    """
    by_name = writer.fields_by_name
    return [by_name[name] for name in (reader_field.name, *reader_field.aliases) if name in by_name]


def ambiguous_fields(reader: Schema, writer: Schema) -> set[str]:
    """Return the names of the writer's fields that match several fields of the reader."""
    once: set[str] = set()
    twice: set[str] = set()
    for reader_field in reader.fields:
        for name in {match.name for match in matching_fields(reader_field, writer)}:
            (twice if name in once else once).add(name)
    return twice


@dataclass(slots=True)
class Resolution:
    """The resolution of one reader schema against one writer schema."""

    _mismatched: set[tuple[Schema, Schema]] = field(default_factory=set)
    """Pairs of records of which the reader cannot read the writer."""
    _open: set[tuple[Schema, Schema]] = field(default_factory=set)
    """Pairs of records under comparison; assumed to match."""

    def can_read(self, reader: Schema, writer: Schema) -> bool:
        """Return True if the reader's type can read every value of the writer's.

        Recursive types: every pair of records is assumed to match; the comparison repeats until
        a round finds no further mismatch.
        """
        while True:
            known = len(self._mismatched)
            self._open.clear()
            answer = self._can_read(reader, writer)
            if len(self._mismatched) == known:
                return answer

    def branches(self, reader: Schema, writer: Schema) -> list[int]:
        """Return the indexes of the reader union's branches that can read the writer's type."""
        return [n for n, part in enumerate(reader.parts) if self.can_read(part, writer)]

    def branch(self, reader: Schema, writer: Schema) -> int | None:
        """Return the branch that reads the writer's type, else the only candidate for a report."""
        same = [n for n, part in enumerate(reader.parts) if part.kind == writer.kind]
        readable = self.branches(reader, writer)
        if readable:
            return next((n for n in readable if n in same), readable[0])
        candidates = same or [n for n, part in enumerate(reader.parts) if part.kind != "null"]
        return candidates[0] if len(candidates) == 1 and writer.kind != "null" else None

    def pairs(self, reader: Schema, writer: Schema) -> Iterator[TypePair]:
        """Yield every pair of types, outermost first; each pair of records once.

        An unnamed type that is paired with itself is not descended into.
        """
        seen: set[tuple[Schema, Schema]] = set()
        pending = [TypePair("", (), reader, writer)]
        while pending:
            pair = pending.pop()
            if pair.reader.kind == pair.writer.kind == "record":
                records = (pair.reader, pair.writer)
                if records in seen:
                    continue
                seen.add(records)
            yield pair
            if pair.reader is pair.writer and pair.reader.shared:
                continue
            pending += reversed(list(self._inner(pair)))

    def _inner(self, pair: TypePair) -> Iterator[TypePair]:
        path, steps, reader, writer = pair.path, pair.steps, pair.reader, pair.writer
        if writer.kind == "union":
            for number, part in enumerate(writer.parts):
                yield TypePair(path, (*steps, Index(number)), reader, part, branch=True)
        elif reader.kind == "union":
            chosen = self.branch(reader, writer)
            if chosen is not None:
                part = reader.parts[chosen]
                yield TypePair(f"{path}/{chosen}", steps, part, writer, branch=True)
        elif mismatch(reader, writer):
            return
        elif reader.kind in ("array", "map"):
            step = "items" if reader.kind == "array" else "values"
            yield TypePair(f"{path}/{step}", (*steps, step), reader.parts[0], writer.parts[0])
        else:
            for reader_field in reader.fields:
                matches = matching_fields(reader_field, writer)
                if len(matches) == 1 and not (
                    reader_field.type is matches[0].type and reader_field.type.shared
                ):
                    inner = f"{path}/fields/{reader_field.name}/type"
                    yield TypePair(
                        inner, (*steps, matches[0].name), reader_field.type, matches[0].type
                    )

    def _can_read(self, reader: Schema, writer: Schema) -> bool:
        if reader is writer and reader.shared:
            return True
        if writer.kind == "union":
            return all([self._can_read(reader, part) for part in writer.parts])
        if reader.kind == "union":
            return any(self._can_read(part, writer) for part in reader.parts)
        if mismatch(reader, writer):
            return False
        if reader.kind == "record":
            return self._can_read_record(reader, writer)
        return all(map(self._can_read, reader.parts, writer.parts))

    def _can_read_record(self, reader: Schema, writer: Schema) -> bool:
        pair = (reader, writer)
        if pair in self._mismatched:
            return False
        if pair not in self._open:
            self._open.add(pair)
            if not self._can_read_fields(reader, writer):
                self._mismatched.add(pair)
        return pair not in self._mismatched

    def _can_read_fields(self, reader: Schema, writer: Schema) -> bool:
        if ambiguous_fields(reader, writer):
            return False
        for reader_field in reader.fields:
            matches = matching_fields(reader_field, writer)
            if len(matches) > 1:
                return False
            if not matches and not (
                reader_field.has_default and is_value(reader_field.type, reader_field.default)
            ):
                return False
            if matches and not self._can_read(reader_field.type, matches[0].type):
                return False
        return True
