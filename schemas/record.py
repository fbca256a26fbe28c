"""Interface of the generated dataclasses, and the types of their fields."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from itertools import repeat
from typing import Any, ClassVar, Literal, Protocol, Self

FieldType = Literal["string", "int", "long", "boolean", "bytes", "decimal", "timestamp-millis"]
"""A logical type's name, else the primitive's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a field's values beyond those of its type; None: no limit."""

    minimum: int | str | None = None
    """Smallest number; that of a decimal as text."""
    maximum: int | None = None
    """Largest number."""
    shortest: int | None = None
    """Smallest number of characters."""
    longest: int | None = None
    """Largest number of characters."""
    pattern: str | None = None
    """Regular expression of the whole text."""
    identifier: bool = False
    """True for text that identifies something: see schemas.identifier."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a contract, as its schema declares it."""

    name: str
    type: FieldType
    nullable: bool = False
    precision: int = 0
    """Digits of a decimal."""
    scale: int = 0
    """Digits of a decimal after the point."""
    has_default: bool = False
    default: Any = None
    """As in the schema's JSON: a decimal's bytes as text, a timestamp as milliseconds."""
    aliases: tuple[str, ...] = ()
    """Further names that the field may have in a writer's schema."""
    doc: str = ""
    """Meaning and unit of its values, as a form shows them."""
    limits: Limits = Limits()
    """The limits that validate() checks, as a form shows them."""


class Record(Protocol):
    """One event, level or fact, as its contract in schemas/*.avsc defines it."""

    TOPIC: ClassVar[str]
    """Kafka topic, without the prefix of the installation."""
    KEY: ClassVar[tuple[str, ...]]
    """Names of the fields that make the message key."""
    SCHEMA: ClassVar[str]
    """Avro schema of the message value, as registered."""
    KEY_SCHEMA: ClassVar[str]
    """Avro schema of the message key, as registered."""
    KEY_SUBJECT: ClassVar[str]
    """Subject of KEY_SCHEMA in the registry, without the prefix of the installation."""
    VALUE_SUBJECT: ClassVar[str]
    """Subject of SCHEMA in the registry, likewise."""
    COMPATIBILITY: ClassVar[str]
    """Compatibility mode of SCHEMA in the registry."""
    FULL_NAME: ClassVar[str]
    """Avro name of the record, with its namespace."""
    EVENT_TIME: ClassVar[str | None]
    """Name of the field with the time of the event; None for a record that is no event."""
    FIELDS: ClassVar[tuple[Field, ...]]
    """All fields, in the order of the schema."""

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""

    def key(self) -> tuple[Any, ...]:
        """Return the values of the KEY fields, in their order."""

    def to_dict(self) -> dict[str, Any]:
        """Return the fields by name."""

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Return the record of fields by name, without validation."""

    def to_avro(self) -> bytes:
        """Return the record in Avro's binary encoding; a valid record's bytes are SCHEMA's."""

    def key_to_avro(self) -> bytes:
        """Return the key in Avro's binary encoding, by KEY_SCHEMA."""

    @classmethod
    def from_avro(cls, data: bytes, at: int) -> tuple[Self, int]:
        """Return the record that to_avro has written at a position, and the position after it.

        That may lie beyond the end, as in schemas.avro.decode, which has the errors, too.
        """


def setter(record_type: type[Record], name: str) -> Callable[[Any, Any], None]:
    """Return the setter of a field's slot: it fills a frozen record, in half of __init__'s time."""
    fill: Callable[[Any, Any], None] = getattr(record_type, name).__set__
    return fill


def setters(record_type: type[Record]) -> list[Callable[[Any, Any], None]]:
    """Return the setters of all FIELDS, in their order."""
    return [setter(record_type, field.name) for field in record_type.FIELDS]


def records_of(
    record_type: type[Record], columns: Mapping[str, Iterable[Any]], count: int
) -> list[Any]:
    """Return records of columns of values, in a third of the time of __init__, not validated.

    columns: by field, each of `count` values; a field without one has its default.
    """
    records = [record_type.__new__(record_type) for _ in range(count)]
    declared: Any = record_type
    defaults = {each.name: repeat(each.default) for each in fields(declared)}
    for name, column in (defaults | dict(columns)).items():
        deque(map(setter(record_type, name), records, column), maxlen=0)
    return records
