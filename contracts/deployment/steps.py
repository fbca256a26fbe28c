"""The steps of a plan: what would be done to one thing, or what a person has to know of it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a plan says of a thing."""

    CREATE = "create"
    CHANGE = "change"
    DRIFT = "drift"
    """There, and in no contract; or other than any version of its contract ever said."""
    CONFLICT = "conflict"
    """Cannot be done; nothing else is done before a person has settled it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTopic:
    topic: str
    partitions: int
    config: dict[str, str]

    kind = Kind.CREATE
    name = None
    told = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSetting:
    """A topic's setting, to what the contract says."""

    topic: str
    setting: str
    before: str | None
    after: str
    by_hand: bool
    """Whether no version of the contract ever said what is there."""
    deletes: bool
    """Whether Kafka may then delete records that it keeps now."""
    told: bool

    @property
    def kind(self) -> Kind:
        return Kind.DRIFT if self.by_hand else Kind.CHANGE

    @property
    def name(self) -> str | None:
        return f"records/{self.topic}" if self.deletes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMode:
    """A subject's compatibility mode, to what the contract says."""

    subject: str
    before: str | None
    """None: the registry's default."""
    after: str
    by_hand: bool
    """Whether no version of the contract ever said what is there."""

    name = None
    told = True

    @property
    def kind(self) -> Kind:
        if self.before is None:
            return Kind.CREATE
        return Kind.DRIFT if self.by_hand else Kind.CHANGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """A released version, under its subject."""

    subject: str
    version: int
    """Its place among the contract's released schemas, counted from 1."""
    schema: str

    kind = Kind.CREATE
    name = None
    told = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSubject:
    """A subject that no contract knows."""

    subject: str
    told: bool

    kind = Kind.DRIFT

    @property
    def name(self) -> str:
        return f"subject/{self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteVersion:
    """A version of a contract's subject that is none of the contract's."""

    subject: str
    version: int
    """The registry's number."""
    told: bool

    kind = Kind.DRIFT

    @property
    def name(self) -> str:
        return f"version/{self.subject}/{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSetting:
    """A setting of a contract's topic that the contract does not name."""

    topic: str
    setting: str
    before: str | None
    told: bool

    kind = Kind.DRIFT

    @property
    def name(self) -> str:
        return f"setting/{self.topic}/{self.setting}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTopic:
    """A topic that no contract has, but that could be taken for one; it is never deleted."""

    topic: str
    why: str

    kind = Kind.DRIFT
    name = None
    told = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    what: str
    why: str

    kind = Kind.CONFLICT
    name = None
    told = False


Removal = DeleteSubject | DeleteVersion | RemoveSetting
Action = CreateTopic | SetSetting | SetMode | Register | Removal
"""What can be performed, once `told`: that which deletes something is, by its `name`."""
Step = Action | ForeignTopic | Conflict
