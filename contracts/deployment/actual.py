"""What a Kafka and a registry hold, read once, as plain data."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTopic:
    """One of the contracts' topics."""

    partitions: int
    config: dict[str, str]
    """Every setting in force -> value, whether set on the topic or a default of the brokers."""
    own: frozenset[str]
    """The settings that are set on the topic itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundSubject:
    """One of the contracts' subjects; it may have a mode before it has a version."""

    mode: str | None
    """Its own compatibility mode; None when the registry's default applies."""
    ours: dict[str, int] = field(default_factory=dict)
    """Released text -> the version under which the registry knows it."""
    foreign: dict[int, str | None] = field(default_factory=dict)
    """Every other version -> its text; None when that is no whole Avro schema."""
    refuses: bool = False
    """Whether the registry, as it is, would refuse the first released text that it lacks."""

    @property
    def exists(self) -> bool:
        return bool(self.ours or self.foreign)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One Kafka and one registry."""

    where: str
    """Which Kafka cluster and which registry."""
    topics: dict[str, FoundTopic]
    """The contracts' topics that are there."""
    subjects: dict[str, FoundSubject]
    """The contracts' subjects, there or not."""
    other_topics: frozenset[str] = frozenset()
    other_subjects: frozenset[str] = frozenset()
