"""Avro schemas as objects, with names resolved and logical types parsed."""

from dataclasses import dataclass, field
from typing import Any

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")


@dataclass(frozen=True, slots=True)
class Logical:
    """A logical type with its parameters."""

    name: str
    precision: int | None = None
    scale: int = 0

    def __str__(self) -> str:
        if self.name == "decimal":
            return f"decimal({self.precision}, {self.scale})"
        return self.name


@dataclass(slots=True, eq=False)
class Field:
    """One field of a record."""

    name: str
    type: "Schema"
    aliases: tuple[str, ...] = ()
    """Further names that the field may have in a writer's schema."""
    has_default: bool = False
    default: Any = None
    doc: str = ""


@dataclass(slots=True, eq=False)
class Schema:
    """One type. Types are compared by identity, so that recursion ends."""

    kind: str
    """A primitive's name, array, map, union, record, enum or fixed."""
    name: str = ""
    """Full name of a named type."""
    aliases: tuple[str, ...] = ()
    """Full names of a named type's aliases."""
    logical: Logical | None = None
    decimal: Logical | None = None
    """The logical type where it is a valid decimal; Avro ignores invalid ones."""
    parts: list["Schema"] = field(default_factory=list)
    """The branches of a union, the items of an array, the values of a map."""
    fields: list[Field] = field(default_factory=list)
    fields_by_name: dict[str, Field] = field(default_factory=dict)
    symbols: tuple[str, ...] = ()
    default: str | None = None
    """Symbol of an enum that stands for unknown symbols."""
    size: int = 0
    """Size of a fixed, in bytes."""
    doc: str = ""
    shared: bool = False
    """True for a type without named types inside: one object serves all schemas."""

    @property
    def simple_name(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def nullable(self) -> bool:
        return self.kind == "union" and any(part.kind == "null" for part in self.parts)

    def __str__(self) -> str:
        if self.kind == "union":
            return f"[{', '.join(map(str, self.parts))}]"
        if self.kind in ("array", "map"):
            return f"{self.kind} of {self.parts[0]}"
        plain = f"{self.kind} {self.name}" if self.name else self.kind
        return f"{plain} ({self.logical})" if self.logical else plain


_SHARED: dict[tuple[Any, ...], Schema] = {}


def shared(schema: Schema) -> Schema:
    """Return the one object of a type without named types, so that equal types are identical.

    Types with named types inside are returned unchanged: names are resolved per schema.
    """
    if schema.name or not all(part.shared for part in schema.parts):
        return schema
    parts = tuple(map(id, schema.parts))
    unique = _SHARED.setdefault((schema.kind, schema.logical, schema.decimal, parts), schema)
    unique.shared = True
    return unique
