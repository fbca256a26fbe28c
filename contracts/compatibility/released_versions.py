"""Check a contract against its released versions, in the directions of its compatibility mode.

BACKWARD: the contract reads the records of its versions. FORWARD: the versions read the records
of the contract. FULL: both. Without _TRANSITIVE, only the newest version is checked. A key schema
must not change in any mode.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts.compatibility import schema_check
from contracts.compatibility.example import NoFiniteValueError, example, printed
from contracts.compatibility.finding import Finding, Severity
from contracts.contract import Contract
from contracts.contract_file import SCHEMAS, load
from contracts.errors import InvalidContractError, label
from schemas.avro.parse import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFinding:
    """A finding between a contract and one of its released versions."""

    contract: Contract
    """The contract that is checked."""
    part: str
    """"key" or "value"."""
    reader: Path
    """The file of the reader schema."""
    writer: Path
    """The file of the writer schema."""
    finding: Finding
    """The rule, the place and the difference."""
    example: str | None
    """A value that breaks the reader, as JSON; None unless the finding is breaking."""

    def __str__(self) -> str:
        finding = self.finding
        return (
            f"{self.contract.path.name}: {self.part} {finding.path}: "
            f"{finding.rule.id}: {finding.what} "
            f"({label(self.reader)} reads {label(self.writer)})"
        )


def released(contract: Contract, folder: Path = SCHEMAS / "released") -> list[Contract]:
    """Return every released version, oldest first. Raises InvalidContractError."""
    paths = list((folder / contract.stem).glob("*.avsc"))
    for path in paths:
        if not path.stem.isdecimal():
            raise InvalidContractError(
                path, "expected a version number as the file name, such as 1.avsc."
            )
    return [load(path) for path in sorted(paths, key=lambda path: int(path.stem))]


def is_released(contract: Contract, versions: list[Contract]) -> bool:
    """Return True if the newest released version has the contract's subjects and schemas."""
    return bool(versions) and contract.subjects == versions[-1].subjects


def findings(contract: Contract, versions: list[Contract]) -> list[ContractFinding]:
    """Return the findings against all versions, one for each rule, place and direction.

    Each names the newest version that has it; safe findings cover the newest version only.
    """
    findings: dict[tuple[str, str, str, bool], ContractFinding] = {}
    for each in _all(contract, versions):
        forward = each.writer == contract.path
        findings.setdefault((each.finding.rule.id, each.part, each.finding.path, forward), each)
    return list(findings.values())


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
        for finding in schema_check.key_findings(contract.key_schema, version.key_schema):
            if finding.severity is not Severity.SAFE:
                yield _contract_finding(contract, "key", contract, version, finding)


def _value(
    contract: Contract, *, reader: Contract, writer: Contract, newest: bool
) -> Iterator[ContractFinding]:
    for finding in schema_check.value_findings(reader.schema, writer.schema, contract.flink):
        if newest or finding.severity is not Severity.SAFE:
            yield _contract_finding(contract, "value", reader, writer, finding)


def _contract_finding(
    contract: Contract, part: str, reader: Contract, writer: Contract, finding: Finding
) -> ContractFinding:
    value = None
    if finding.severity is Severity.BREAKING:
        schema = parse(writer.key_schema if part == "key" else writer.schema)
        try:
            value = printed(example(schema, finding))
        except NoFiniteValueError:
            value = None
    return ContractFinding(
        contract=contract,
        part=part,
        reader=reader.path,
        writer=writer.path,
        finding=finding,
        example=value,
    )
