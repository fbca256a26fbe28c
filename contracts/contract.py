"""A contract: a record schema, its topic and its promises."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contracts import naming
from contracts.types import AvroType


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a contract."""

    name: str
    """Name of the field."""
    doc: str
    """Meaning and unit of its values."""
    type: AvroType
    """Type of its values, without null."""
    nullable: bool
    """True when null is allowed."""
    has_default: bool
    """True when the contract has a default."""
    default: Any
    """Default as in the schema's JSON."""
    aliases: tuple[str, ...]
    """Further names that a writer's schema may give it."""
    constraints: dict[str, Any]
    """minimum, maximum, minLength, maxLength, pattern, identifier: those that are set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """The Kafka topic that carries the records of a contract."""

    name: str
    """Name of the topic."""
    key: tuple[str, ...]
    """Fields that make the record key."""
    partitions: int
    """Number of partitions."""
    config: dict[str, str]
    """Kafka's topic settings that differ from the broker's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A record schema, its topic and its compatibility mode."""

    path: Path
    """File that declares it."""
    name: str
    """Name of the record."""
    namespace: str
    """Avro namespace of the record."""
    doc: str
    """Meaning of one record."""
    owner: str
    """Team that answers for the contract."""
    compatibility: str
    """Compatibility mode of the value's subject, as in the registry."""
    subject_name_strategy: str
    """Rule for the names of the subjects: one of naming.STRATEGIES."""
    topic: Topic
    """Topic of the records."""
    event_time: str | None
    """Field with the time of the event; None for a record that is no event."""
    flink: str | None
    """"source" (the job reads the topic), "sink" (the job writes it) or None."""
    succeeds: str | None = None
    """File name, without its ending, of the contract that this one replaces, if any."""
    predecessor: str | None = field(default=None, compare=False)
    """`succeeds`, while that contract still stands beside this one."""
    successor: str | None = field(default=None, compare=False)
    """File name, without its ending, of the contract that stands beside this one to replace it."""
    fields: tuple[Field, ...]
    """Fields in the order of the schema."""
    schema: str
    """The value schema to register, with Avro's attributes only."""
    key_schema: str
    """The key schema, names and types only: a changed doc must not change a key's bytes."""

    @property
    def paired(self) -> bool:
        """True while it stands beside its successor, or beside the contract that it replaces."""
        return bool(self.predecessor or self.successor)

    @property
    def stem(self) -> str:
        """Name of the file without its ending."""
        return self.path.stem

    @property
    def full_name(self) -> str:
        """Avro name of the record, with its namespace."""
        return f"{self.namespace}.{self.name}"

    @property
    def key_subject(self) -> str:
        """The key's subject in the registry."""
        return naming.subject(
            self.subject_name_strategy, self.topic.name, f"{self.full_name}Key", "key"
        )

    @property
    def value_subject(self) -> str:
        """The value's subject in the registry."""
        return naming.subject(self.subject_name_strategy, self.topic.name, self.full_name, "value")

    @property
    def subjects(self) -> dict[str, str]:
        """Subject -> schema, for key and value."""
        return {self.key_subject: self.key_schema, self.value_subject: self.schema}
