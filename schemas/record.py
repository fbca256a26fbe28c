"""What every generated dataclass offers."""

from typing import Any, ClassVar, Protocol, Self


class Record(Protocol):
    """One event, level or fact, as its contract in schemas/*.avsc defines it."""

    TOPIC: ClassVar[str]
    """Kafka topic; its registry subjects are <topic>-key and <topic>-value."""
    KEY: ClassVar[tuple[str, ...]]
    """Fields that make the message key."""
    SCHEMA: ClassVar[str]
    """Avro schema of the message value, as registered."""
    KEY_SCHEMA: ClassVar[str]
    """Avro schema of the message key, as registered."""
    COMPATIBILITY: ClassVar[str]
    """What a new version of SCHEMA must be able to do, in the registry's words."""

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""

    def key(self) -> tuple[Any, ...]:
        """The values of the KEY fields, in their order."""

    def to_dict(self) -> dict[str, Any]:
        """The fields by name."""

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """The record of fields by name; not validated."""

    def to_avro(self) -> bytes:
        """The record in Avro's binary encoding; a valid record's bytes are SCHEMA's."""

    def key_to_avro(self) -> bytes:
        """The key in Avro's binary encoding, by KEY_SCHEMA."""
