"""The actual state: topics and subjects as read from Kafka and the registry, as plain data."""

from dataclasses import dataclass, field

from contracts.deployment.steps import CreateAcl


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualTopic:
    """A topic of a contract."""

    partitions: int
    """The number of partitions."""
    config: dict[str, str]
    """Every effective setting -> value, set on the topic or inherited from the broker."""
    own: frozenset[str]
    """The settings that are set on the topic itself."""
    replication: int | None = None
    """The smallest number of copies of its partitions; None if unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualSubject:
    """A subject of a contract; it may have a mode before it has a version."""

    mode: str | None
    """The subject's own compatibility mode; None if the registry's default applies."""
    ours: dict[str, int] = field(default_factory=dict)
    """Released schema -> its version number in the registry."""
    foreign: dict[int, str | None] = field(default_factory=dict)
    """Unreleased version -> its schema; None if that is not a self-contained Avro schema."""
    refuses: bool = False
    """True if the registry would refuse the first released schema that is missing."""

    @property
    def exists(self) -> bool:
        """True if the subject has a version."""
        return bool(self.ours or self.foreign)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActualState:
    """The topics and subjects of one Kafka cluster and one registry."""

    where: str
    """The Kafka cluster's id and the registry's address."""
    topics: dict[str, ActualTopic]
    """The contracts' topics that exist."""
    subjects: dict[str, ActualSubject]
    """The contracts' subjects, existing or not."""
    unreadable: dict[str, str] = field(default_factory=dict)
    """"topic NAME" or "subject NAME" of a contract -> the reason that it could not be read."""
    forwarded: frozenset[str] = frozenset()
    """Public topics without their accepted topic that the gate has read already."""
    acls: frozenset[CreateAcl] = frozenset()
    """The ACLs of the desired ones' principals that exist."""
    other_topics: frozenset[str] = frozenset()
    """Topics without a contract."""
    withdrawn_subjects: frozenset[str] = frozenset()
    """Subjects that only released versions declare and that exist."""
