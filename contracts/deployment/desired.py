"""The desired state: the topics and subjects that the contracts declare."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from contracts import compatibility, naming
from contracts.accepted_topic import accepted_topic_of, is_gated
from contracts.compatibility import waivers
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load_released
from contracts.deployment.steps import Conflict, CreateAcl


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredTopic:
    """A topic as its contract and its environment declare it."""

    file: str
    """The name of the file that declares the number of partitions."""
    partitions: int
    """The number of partitions."""
    config: dict[str, str]
    """Setting -> value."""
    declared_values: dict[str, set[str]]
    """Setting -> its values in the contract and all its released versions."""
    replication: int | None = None
    """Smallest number of copies of each partition; None: the broker's default."""
    copy_of: str | None = None
    """Public topic of which this is the accepted one; None for a public topic."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredSubject:
    """The key or value subject of a contract."""

    file: str
    """The contract's file name."""
    mode: str
    """The compatibility mode."""
    declared_modes: set[str]
    """The modes in the contract and all its released versions."""
    versions: Mapping[str, int]
    """Each released schema, oldest first -> the contract's first released version with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DesiredState:
    """The topics and subjects of all contracts, by name."""

    topics: dict[str, DesiredTopic]
    """Topic name -> topic."""
    subjects: dict[str, DesiredSubject]
    """Subject name -> subject."""
    withdrawn: frozenset[str] = frozenset()
    """Topics that only released versions declare."""
    withdrawn_subjects: frozenset[str] = frozenset()
    """Subjects that only released versions declare."""
    acls: tuple[CreateAcl, ...] = ()
    """The ACLs that clients need, as the steps that create them; empty: they are not planned."""
    conflicts: tuple[Conflict, ...] = ()
    """Contracts that cannot be deployed as they are."""

    def similar_topic(self, topic: str) -> str | None:
        """Return the contracts' topic whose name differs in case, - . or _ only, or None."""
        names = {naming.table(name.lower()): name for name in self.topics}
        return names.get(naming.table(topic.lower()))


def desired_state(
    contracts: list[Contract],
    folder: Path = SCHEMAS / "released",
    prefix: str = "",
    has_gate: bool = False,
) -> DesiredState:
    """Return the desired state of contracts and their released versions.

    prefix: of every topic and subject, see connect.settings; has_gate: True if a gate reads the
    contracts' topics, so that it needs accepted ones.

    Raises InvalidContractError for an invalid released version.
    """
    topics: dict[str, DesiredTopic] = {}
    subjects: dict[str, DesiredSubject] = {}
    conflicts: list[Conflict] = []
    released = _released_without_contract(contracts, folder)
    for contract in contracts:
        versions = compatibility.released(contract, folder)
        conflicts += _conflicts(contract, versions)
        released += versions
        topics[prefix + contract.topic.name] = DesiredTopic(
            file=contract.path.name,
            partitions=contract.topic.partitions,
            config=contract.topic.config,
            declared_values=_declared_values([contract, *versions]),
        )
        if has_gate and is_gated(contract):
            accepted = accepted_topic_of(contract)
            topics[prefix + accepted.name] = DesiredTopic(
                file=contract.path.name,
                partitions=accepted.partitions,
                config=accepted.config,
                declared_values={name: {value} for name, value in accepted.config.items()},
                copy_of=prefix + contract.topic.name,
            )
        for subject in contract.subjects:
            subjects[prefix + subject] = DesiredSubject(
                file=contract.path.name,
                mode=contract.compatibility,
                declared_modes={version.compatibility for version in [contract, *versions]},
                versions=_distinct_schemas(subject, versions),
            )
    return DesiredState(
        topics=topics,
        subjects=subjects,
        withdrawn=frozenset({prefix + version.topic.name for version in released} - topics.keys()),
        withdrawn_subjects=frozenset(
            {prefix + subject for version in released for subject in version.subjects}
            - subjects.keys()
        ),
        conflicts=tuple(conflicts),
    )


def _declared_values(versions: list[Contract]) -> dict[str, set[str]]:
    values: dict[str, set[str]] = {}
    for version in versions:
        for setting, value in version.topic.config.items():
            values.setdefault(setting, set()).add(value)
    return values


def _distinct_schemas(subject: str, versions: list[Contract]) -> dict[str, int]:
    """Return each schema once: a key's schema is the same in every version."""
    schemas: dict[str, int] = {}
    for version in versions:
        if subject in version.subjects:
            schemas.setdefault(version.subjects[subject], int(version.path.stem))
    return schemas


def _released_without_contract(contracts: list[Contract], folder: Path) -> list[Contract]:
    """Return the released versions whose contract was removed."""
    stems = {contract.stem for contract in contracts}
    return [
        load_released(path) for path in folder.glob("*/*.avsc") if path.parent.name not in stems
    ]


def _conflicts(contract: Contract, versions: list[Contract]) -> Iterator[Conflict]:
    findings = compatibility.findings(contract, versions)
    harmful = waivers.load(contract.path.parent).harmful(findings)
    if harmful:
        yield Conflict(
            what=f"contract {contract.path.name}",
            why=f"would break readers or writers: {'; '.join(map(str, harmful))}; "
            "`python -m contracts check` shows the remedies",
        )
    elif not compatibility.is_released(contract, versions):
        yield Conflict(
            what=f"contract {contract.path.name}",
            why="differs from its newest released version: publish it with "
            "`python -m contracts release`, which checks it first",
        )
