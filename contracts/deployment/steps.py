"""The steps of a plan: actions to apply, and findings that an operator has to resolve."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The kind of a step."""

    CREATE = "create"
    """A topic, mode or version is missing."""
    CHANGE = "change"
    """A setting or mode has the value of an older contract version."""
    NEWER = "newer"
    """A version in the registry was released by a newer checkout than this one."""
    DRIFT = "drift"
    """Something exists without a contract, or has a value that no contract version declares."""
    CONFLICT = "conflict"
    """Cannot be applied; blocks the whole plan until it is resolved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateTopic:
    """Create a topic."""

    topic: str
    """The topic's name."""
    partitions: int
    """The number of partitions."""
    config: dict[str, str]
    """Setting -> value."""
    replication: int | None = None
    """The number of copies of each partition; None: the broker's default."""

    kind = Kind.CREATE
    name = None
    approved = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSetting:
    """Set a topic's setting to the contract's value."""

    topic: str
    """The topic's name."""
    setting: str
    """The setting's name."""
    before: str | None
    """The effective value; None if unknown."""
    after: str
    """The contract's value."""
    by_hand: bool
    """True if no version of the contract declares the effective value."""
    deletes: bool
    """True if the new value lets Kafka delete records."""
    approved: bool
    """False for a deletion without --delete."""

    @property
    def kind(self) -> Kind:
        """Drift if the setting was changed by hand."""
        return Kind.DRIFT if self.by_hand else Kind.CHANGE

    @property
    def name(self) -> str | None:
        """The name for --delete; None if nothing is deleted."""
        return f"records/{self.topic}" if self.deletes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMode:
    """Set a subject's compatibility mode to the contract's."""

    subject: str
    """The subject's name."""
    before: str | None
    """The subject's own mode; None if the registry's default applies."""
    after: str
    """The contract's mode."""
    by_hand: bool
    """True if no version of the contract declares the mode before."""

    name = None
    approved = True

    @property
    def kind(self) -> Kind:
        """Drift if the mode was changed by hand."""
        if self.before is None:
            return Kind.CREATE
        return Kind.DRIFT if self.by_hand else Kind.CHANGE


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Register a released version under its subject."""

    subject: str
    """The subject's name."""
    version: int
    """The position among the contract's released schemas, from 1."""
    schema: str
    """The schema to register."""

    kind = Kind.CREATE
    name = None
    approved = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAcl:
    """Allow a principal an operation on a topic, group or transactional id."""

    principal: str
    """Kafka's principal, such as User:inventory-gate."""
    operation: str
    """The operation, as kafka-acls names it."""
    resource_type: str
    """topic, group or transactional-id."""
    resource: str
    """The name of the resource."""
    is_prefix: bool
    """True if the name is the begin of the names of resources."""

    kind = Kind.CREATE
    name = None
    approved = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSubject:
    """Delete a subject that only released versions of the contracts declare."""

    subject: str
    """The subject's name."""
    approved: bool
    """True if --delete names it."""

    kind = Kind.DRIFT

    @property
    def name(self) -> str:
        """The name for --delete."""
        return f"subject/{self.subject}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteVersion:
    """Delete a version of a contract's subject that was never released."""

    subject: str
    """The subject's name."""
    version: int
    """The version number in the registry."""
    approved: bool
    """True if --delete names it."""

    kind = Kind.DRIFT

    @property
    def name(self) -> str:
        """The name for --delete."""
        return f"version/{self.subject}/{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewerVersion:
    """A version that follows the contract's versions and that this checkout does not have."""

    subject: str
    """The subject's name."""
    version: int
    """The version number in the registry."""

    kind = Kind.NEWER
    name = None
    approved = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSetting:
    """Remove a setting of a contract's topic that the contract does not declare."""

    topic: str
    """The topic's name."""
    setting: str
    """The setting's name."""
    before: str | None
    """The effective value; None if unknown."""
    approved: bool
    """True if --delete names it."""

    kind = Kind.DRIFT

    @property
    def name(self) -> str:
        """The name for --delete."""
        return f"setting/{self.topic}/{self.setting}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignTopic:
    """A topic without a contract that resembles one with a contract; it is never deleted."""

    topic: str
    """The topic's name."""
    why: str
    """The resemblance."""

    kind = Kind.DRIFT
    name = None
    approved = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """A difference that apply cannot resolve."""

    what: str
    """The contract, topic or subject."""
    why: str
    """The cause and the remedy."""

    kind = Kind.CONFLICT
    name = None
    approved = False


Removal = DeleteSubject | DeleteVersion | RemoveSetting
Action = CreateTopic | SetSetting | SetMode | Register | CreateAcl | Removal
"""The steps that apply performs; a deletion needs its `name` in `--delete`."""
Step = Action | NewerVersion | ForeignTopic | Conflict
