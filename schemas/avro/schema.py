"""An Avro schema as the rules look at it: names resolved, logical types at hand."""

from dataclasses import dataclass, field
from typing import Any

PRIMITIVES = ("null", "boolean", "int", "long", "float", "double", "bytes", "string")


@dataclass(frozen=True, slots=True)
class Logical:
    """What a type's values mean beyond their bytes, as the schema says it."""

    name: str
    precision: int | None = None
    scale: int = 0

    def __str__(self) -> str:
        if self.name == "decimal":
            return f"decimal({self.precision}, {self.scale})"
        return self.name


@dataclass(slots=True, eq=False)
class Field:
    """One field of a record. `aliases` are further names that it may have in a writer's schema."""

    name: str
    type: "Schema"
    aliases: tuple[str, ...] = ()
    has_default: bool = False
    default: Any = None
    doc: str = ""


@dataclass(slots=True, eq=False)
class Schema:
    """One type. Two are the same only when they are one object, so that recursion can end."""

    kind: str
    """A primitive's name, array, map, union, record, enum or fixed."""
    name: str = ""
    """Of a named type, with its namespace."""
    aliases: tuple[str, ...] = ()
    """Of a named type, with their namespaces."""
    logical: Logical | None = None
    decimal: Logical | None = None
    """The logical type where it is a valid decimal; an invalid one counts for nothing in Avro."""
    parts: list["Schema"] = field(default_factory=list)
    """The branches of a union, the items of an array, the values of a map."""
    fields: list[Field] = field(default_factory=list)
    fields_by_name: dict[str, Field] = field(default_factory=dict)
    symbols: tuple[str, ...] = ()
    default: str | None = None
    """Of an enum: the symbol that stands for those which it does not know."""
    size: int = 0
    """Of a fixed, in bytes."""
    doc: str = ""
    shared: bool = False
    """Whether this object stands for the type in every schema: it holds no named type."""

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
    """The one object of a type without a name, so that equal types need not be compared.

    Types that hold a named one are left as they are: what a name means is their schema's own.
    """
    if schema.name or not all(part.shared for part in schema.parts):
        return schema
    parts = tuple(map(id, schema.parts))
    found = _SHARED.setdefault((schema.kind, schema.logical, schema.decimal, parts), schema)
    found.shared = True
    return found
