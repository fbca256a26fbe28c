"""What the contracts ask of a Kafka and a registry, and why they may not yet ask for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts import compatibility, naming
from contracts.compatibility.finding import Severity
from contracts.contract import SCHEMAS, Contract, load
from contracts.deployment.steps import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedTopic:
    """A topic as its contract has it."""

    file: str
    """The contract's file name."""
    partitions: int
    config: dict[str, str]
    """Setting -> value."""
    said: dict[str, set[str]]
    """Setting -> every value that the contract or a released version of it gives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSubject:
    """A subject, the key's or the value's of a contract."""

    file: str
    mode: str
    """Compatibility mode, in the registry's words."""
    said: set[str]
    """The mode, and those of the released versions."""
    versions: tuple[str, ...]
    """The released schemas' texts, the oldest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All that the contracts ask for, by topic and by subject."""

    topics: dict[str, WantedTopic]
    subjects: dict[str, WantedSubject]
    withdrawn: frozenset[str] = frozenset()
    """Topics that only released versions have: of contracts that are gone, or have another."""
    conflicts: tuple[Conflict, ...] = ()
    """Contracts that may not be rolled out as they stand."""

    def alike(self, topic: str) -> str | None:
        """The contracts' topic of which this name is another spelling; None for no such topic."""
        spelt = {naming.table(name): name for name in self.topics}
        return spelt.get(naming.table(topic.lower()))


def wanted(contracts: list[Contract], folder: Path = SCHEMAS / "released") -> Wanted:
    """The topics and subjects that contracts and released versions ask for.

    Raises InvalidContractError.
    """
    topics: dict[str, WantedTopic] = {}
    subjects: dict[str, WantedSubject] = {}
    conflicts: list[Conflict] = []
    released = _withdrawn(contracts, folder)
    for contract in contracts:
        versions = compatibility.released(contract, folder)
        conflicts += _conflicts(contract, versions)
        released |= {version.topic.name for version in versions}
        topics[contract.topic.name] = WantedTopic(
            file=contract.path.name,
            partitions=contract.topic.partitions,
            config=contract.topic.config,
            said=_said([contract, *versions]),
        )
        for subject in contract.subjects:
            subjects[subject] = WantedSubject(
                file=contract.path.name,
                mode=contract.compatibility,
                said={version.compatibility for version in [contract, *versions]},
                versions=_texts(subject, versions),
            )
    return Wanted(
        topics=topics,
        subjects=subjects,
        withdrawn=frozenset(released - topics.keys()),
        conflicts=tuple(conflicts),
    )


def _said(versions: list[Contract]) -> dict[str, set[str]]:
    said: dict[str, set[str]] = {}
    for version in versions:
        for setting, value in version.topic.config.items():
            said.setdefault(setting, set()).add(value)
    return said


def _texts(subject: str, versions: list[Contract]) -> tuple[str, ...]:
    """Each text once: a key's schema stays the same from version to version."""
    return tuple(dict.fromkeys(v.subjects[subject] for v in versions if subject in v.subjects))


def _withdrawn(contracts: list[Contract], folder: Path) -> set[str]:
    """Topics of released versions whose contract is gone."""
    stems = {contract.stem for contract in contracts}
    return {
        load(path).topic.name for path in folder.glob("*/*.avsc") if path.parent.name not in stems
    }


def _conflicts(contract: Contract, versions: list[Contract]) -> Iterator[Conflict]:
    harmful = [
        str(found)
        for found in compatibility.findings(contract, versions)
        if found.finding.severity is not Severity.SAFE
    ]
    if harmful:
        yield Conflict(
            what=f"contract {contract.path.name}",
            why=f"would break readers or writers: {'; '.join(harmful)}; "
            "`python -m contracts check` has the remedies",
        )
    elif not compatibility.is_released(contract, versions):
        yield Conflict(
            what=f"contract {contract.path.name}",
            why="differs from its newest released version: publish it with "
            "`python -m contracts release`, which checks it first",
        )
