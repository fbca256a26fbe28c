"""Which type of the reader meets which of the writer, as Avro resolves them.

Avro 1.12 specification, "Schema Resolution", and Java's SchemaCompatibility: names are compared
without namespace, a reader's aliases with it; writers' aliases count for nothing.
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


@dataclass(frozen=True, slots=True)
class TypePair:
    """A place where a type of the reader is to read a type of the writer."""

    path: str
    steps: tuple[Step, ...]
    reader: Schema
    writer: Schema
    branch: bool = False
    """Whether the writer's type is a branch of a union that met the reader's type before."""

    def finding(self, rule: Rule, what: str, value: Any = None, where: str = "") -> Finding:
        """A rule that is broken here, or at a field of the record that is here."""
        path = self.path + where or "/"
        return Finding(rule=rule, path=path, what=what, steps=self.steps, value=value)


def clash(reader: Schema, writer: Schema) -> str | None:
    """The id of the rule by which two types that are no unions cannot meet.

    What they hold (fields, items, values) is not looked at.
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
    return _decimals_clash(reader, writer)


def _decimals_clash(reader: Schema, writer: Schema) -> str | None:
    """The specification's own rule, which Java, Python and the registries leave out."""
    if not reader.decimal or not writer.decimal or reader.decimal == writer.decimal:
        return None
    same_scale = reader.decimal.scale == writer.decimal.scale
    return "decimal-precision" if same_scale else "decimal-scale"


def same_name(reader: Schema, writer: Schema) -> bool:
    return reader.simple_name == writer.simple_name or writer.name in reader.aliases


def missing_symbols(reader: Schema, writer: Schema) -> list[str]:
    return [symbol for symbol in writer.symbols if symbol not in reader.symbols]


def writer_fields(wanted: Field, writer: Schema) -> list[Field]:
    """The fields of a writer's record that a reader's field may stand for.

    As Java counts them: one that is the field's name and its alias is there twice.
    """
    by_name = writer.fields_by_name
    return [by_name[name] for name in (wanted.name, *wanted.aliases) if name in by_name]


def claimed_twice(reader: Schema, writer: Schema) -> set[str]:
    """The names of a writer's fields for which several fields of the reader stand."""
    once: set[str] = set()
    twice: set[str] = set()
    for wanted in reader.fields:
        for name in {found.name for found in writer_fields(wanted, writer)}:
            (twice if name in once else once).add(name)
    return twice


@dataclass(slots=True)
class Resolution:
    """One reader's schema against one writer's."""

    _refused: set[tuple[Schema, Schema]] = field(default_factory=set)
    """Pairs of records that are known not to fit."""
    _open: set[tuple[Schema, Schema]] = field(default_factory=set)
    """Pairs of records that are taken to fit while they are being looked at."""

    def fits(self, reader: Schema, writer: Schema) -> bool:
        """Whether every value of the writer's type can be read as the reader's.

        Recursive types fit unless something in them does not: pairs of records are taken to fit
        until a round finds no further one that does not.
        """
        while True:
            known = len(self._refused)
            self._open.clear()
            answer = self._fits(reader, writer)
            if len(self._refused) == known:
                return answer

    def branches(self, reader: Schema, writer: Schema) -> list[int]:
        """The branches of a reader's union that can read a type that is no union."""
        return [n for n, part in enumerate(reader.parts) if self.fits(part, writer)]

    def branch(self, reader: Schema, writer: Schema) -> int | None:
        """The branch that reads the writer's type, or else the one that was meant to."""
        same = [n for n, part in enumerate(reader.parts) if part.kind == writer.kind]
        fitting = self.branches(reader, writer)
        if fitting:
            return next((n for n in fitting if n in same), fitting[0])
        meant = same or [n for n, part in enumerate(reader.parts) if part.kind != "null"]
        return meant[0] if len(meant) == 1 and writer.kind != "null" else None

    def meetings(self, reader: Schema, writer: Schema) -> Iterator[TypePair]:
        """Every place where types meet, from the outermost inwards; a pair of records once.

        Where one type without a name meets itself, what is in it is passed over.
        """
        seen: set[tuple[Schema, Schema]] = set()
        waiting = [TypePair("", (), reader, writer)]
        while waiting:
            meeting = waiting.pop()
            if meeting.reader.kind == meeting.writer.kind == "record":
                pair = (meeting.reader, meeting.writer)
                if pair in seen:
                    continue
                seen.add(pair)
            yield meeting
            if meeting.reader is meeting.writer and meeting.reader.shared:
                continue
            waiting += reversed(list(self._inner(meeting)))

    def _inner(self, meeting: TypePair) -> Iterator[TypePair]:
        path, steps, reader, writer = meeting.path, meeting.steps, meeting.reader, meeting.writer
        if writer.kind == "union":
            for number, part in enumerate(writer.parts):
                yield TypePair(path, (*steps, Index(number)), reader, part, branch=True)
        elif reader.kind == "union":
            chosen = self.branch(reader, writer)
            if chosen is not None:
                part = reader.parts[chosen]
                yield TypePair(f"{path}/{chosen}", steps, part, writer, branch=True)
        elif clash(reader, writer):
            return
        elif reader.kind in ("array", "map"):
            step = "items" if reader.kind == "array" else "values"
            yield TypePair(f"{path}/{step}", (*steps, step), reader.parts[0], writer.parts[0])
        else:
            for wanted in reader.fields:
                found = writer_fields(wanted, writer)
                if len(found) == 1 and not (wanted.type is found[0].type and wanted.type.shared):
                    inner = f"{path}/fields/{wanted.name}/type"
                    yield TypePair(inner, (*steps, found[0].name), wanted.type, found[0].type)

    def _fits(self, reader: Schema, writer: Schema) -> bool:
        if reader is writer and reader.shared:
            return True
        if writer.kind == "union":
            return all([self._fits(reader, part) for part in writer.parts])
        if reader.kind == "union":
            return any(self._fits(part, writer) for part in reader.parts)
        if clash(reader, writer):
            return False
        if reader.kind == "record":
            return self._records_fit(reader, writer)
        return all(map(self._fits, reader.parts, writer.parts))

    def _records_fit(self, reader: Schema, writer: Schema) -> bool:
        pair = (reader, writer)
        if pair in self._refused:
            return False
        if pair not in self._open:
            self._open.add(pair)
            if not self._fields_fit(reader, writer):
                self._refused.add(pair)
        return pair not in self._refused

    def _fields_fit(self, reader: Schema, writer: Schema) -> bool:
        if claimed_twice(reader, writer):
            return False
        for wanted in reader.fields:
            found = writer_fields(wanted, writer)
            if len(found) > 1:
                return False
            if not found and not (wanted.has_default and is_value(wanted.type, wanted.default)):
                return False
            if found and not self._fits(wanted.type, found[0].type):
                return False
        return True
