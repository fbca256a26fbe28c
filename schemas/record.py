"""Interface of the generated dataclasses, and the types of their fields."""

from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, Self

FieldType = Literal["string", "int", "long", "boolean", "bytes", "decimal", "timestamp-millis"]
"""A logical type's name, else the primitive's."""


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


class Record(Protocol):
    """One event, level or fact, as its contract in schemas/*.avsc defines it."""

    TOPIC: ClassVar[str]
    """Kafka topic; its registry subjects are <topic>-key and <topic>-value."""
    KEY: ClassVar[tuple[str, ...]]
    """Names of the fields that make the message key."""
    SCHEMA: ClassVar[str]
    """Avro schema of the message value, as registered."""
    KEY_SCHEMA: ClassVar[str]
    """Avro schema of the message key, as registered."""
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
