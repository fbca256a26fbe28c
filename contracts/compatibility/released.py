"""A contract against its released versions, in the directions that its compatibility asks for.

BACKWARD: the contract reads what the versions wrote. FORWARD: the versions read what it writes.
FULL: both. Without _TRANSITIVE only the newest version counts. Keys never change, whatever the
mode.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.compatibility import check
from contracts.compatibility.example import NoFiniteValueError, example, printed
from contracts.compatibility.finding import Finding, Severity
from contracts.contract import SCHEMAS, Contract, load
from contracts.errors import InvalidContractError, label
from schemas.avro.parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFinding:
    """A finding, and between which files."""

    contract: Contract
    part: str
    """"key" or "value"."""
    reader: Path
    writer: Path
    finding: Finding
    example: str | None
    """A value of the writer that breaks, as JSON; None where nothing breaks."""

    def __str__(self) -> str:
        found = self.finding
        return (
            f"{self.contract.path.name}: {self.part} {found.path}: {found.rule.id}: {found.what} "
            f"({label(self.reader)} reads {label(self.writer)})"
        )


def released(contract: Contract, folder: Path = SCHEMAS / "released") -> list[Contract]:
    """Every version ever published, the oldest first. Raises InvalidContractError."""
    paths = list((folder / contract.stem).glob("*.avsc"))
    for path in paths:
        if not path.stem.isdecimal():
            raise InvalidContractError(path, "expected the version's number as the file's name.")
    return [load(path) for path in sorted(paths, key=lambda path: int(path.stem))]


def is_released(contract: Contract, versions: list[Contract]) -> bool:
    """Whether the newest published version says the same to every reader and writer."""
    return bool(versions) and contract.subjects == versions[-1].subjects


def findings(contract: Contract, versions: list[Contract]) -> list[ContractFinding]:
    """What the rules find, one finding for each rule, place and direction.

    It is shown with the newest version that it is found with; what is safe, with the newest only.
    """
    kept: dict[tuple[str, str, str, bool], ContractFinding] = {}
    for found in _all(contract, versions):
        forward = found.writer == contract.path
        kept.setdefault((found.finding.rule.id, found.part, found.finding.path, forward), found)
    return list(kept.values())


def _all(contract: Contract, versions: list[Contract]) -> Iterator[ContractFinding]:
    mode, _, transitive = contract.compatibility.partition("_")
    for version in reversed(versions):
        newest = version is versions[-1]
        yield from _key(contract, version)
        if contract.schema == version.schema or not (newest or transitive):
            continue
        if mode in ("BACKWARD", "FULL"):
            yield from _value(contract, reader=contract, writer=version, newest=newest)
        if mode in ("FORWARD", "FULL"):
            yield from _value(contract, reader=version, writer=contract, newest=False)


def _key(contract: Contract, version: Contract) -> Iterator[ContractFinding]:
    if contract.key_schema != version.key_schema:
        for finding in check.key_findings(contract.key_schema, version.key_schema):
            if finding.severity is not Severity.SAFE:
                yield _found(contract, "key", contract, version, finding)


def _value(
    contract: Contract, *, reader: Contract, writer: Contract, newest: bool
) -> Iterator[ContractFinding]:
    for finding in check.value_findings(reader.schema, writer.schema, contract.flink):
        if newest or finding.severity is not Severity.SAFE:
            yield _found(contract, "value", reader, writer, finding)


def _found(
    contract: Contract, part: str, reader: Contract, writer: Contract, finding: Finding
) -> ContractFinding:
    shown = None
    if finding.severity is Severity.BREAKING:
        schema = parse(writer.key_schema if part == "key" else writer.schema)
        try:
            shown = printed(example(schema, finding))
        except NoFiniteValueError:
            shown = None
    return ContractFinding(
        contract=contract,
        part=part,
        reader=reader.path,
        writer=writer.path,
        finding=finding,
        example=shown,
    )
