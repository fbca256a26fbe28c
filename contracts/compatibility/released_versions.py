"""Check a contract against its released versions, in the directions of its compatibility mode.

BACKWARD: the contract reads the records of its versions. FORWARD: the versions read the records
of the contract. FULL: both. Without _TRANSITIVE, only the newest version is checked. The mode of
the newest version guards the change, and so does a stricter one of the contract. In any mode, a
key schema must not change, and the contract's promises are compared with the newest version's. A
field that the newest version lacks is compared with every version that has one of its names.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from contracts import successions
from contracts.compatibility import contract_rules, schema_check
from contracts.compatibility.example import NoFiniteValueError, example, printed
from contracts.compatibility.finding import Finding, Hurt, Severity
from contracts.contract import Contract, Field
from contracts.contract_file import SCHEMAS, load_released
from contracts.errors import InvalidContractError, label
from schemas.avro.parse import parse

VERSION = re.compile("[1-9][0-9]{0,8}")
"""Name of a released version's file, without .avsc."""


class Place(NamedTuple):
    """A line of a file."""

    file: Path
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFinding:
    """A finding between a contract and one of its released versions, or one of its readers."""

    contract: Contract
    """The contract that is checked."""
    part: str
    """"key", "value", "topic", "contract", "statement", "event" or "consumer"."""
    reader: Path
    """The file of the reader schema."""
    writer: Path
    """The file of the writer schema."""
    finding: Finding
    """The rule, the place and the difference."""
    example: str | None
    """A value that breaks the reader, as JSON; None unless the finding is breaking."""
    place: Place | None = None
    """The place of a statement or consumer; None: the field's line in the contract."""

    def __str__(self) -> str:
        finding = self.finding
        return (
            f"{self.contract.path.name}: {self.part} {finding.path}: "
            f"{finding.rule.id}: {finding.what} "
            f"({label(self.reader)} reads {label(self.writer)})"
        )


def released(contract: Contract, folder: Path = SCHEMAS / "released") -> list[Contract]:
    """Return every released version, oldest first. Raises InvalidContractError."""
    return released_in(folder / contract.stem)


def released_in(folder: Path) -> list[Contract]:
    """Return the versions in the folder of one contract, oldest first."""
    paths = list(folder.glob("*.avsc"))
    for path in paths:
        if not VERSION.fullmatch(path.stem):
            raise InvalidContractError(
                path, "expected a version number as the file name, such as 1.avsc."
            )
    return [load_released(path) for path in sorted(paths, key=lambda path: int(path.stem))]


def is_released(contract: Contract, versions: list[Contract]) -> bool:
    """Return True if the newest released version has every attribute of the contract."""
    return bool(versions) and replace(contract, path=versions[-1].path) == versions[-1]


def findings(contract: Contract, versions: list[Contract]) -> list[ContractFinding]:
    """Return the findings against all versions, one for each rule, place and direction.

    Each names the newest version that has it; safe findings cover the newest version only.
    """
    findings: dict[tuple[str, str, str, bool], ContractFinding] = {}
    for each in _all(contract, versions):
        forward = each.writer == contract.path
        findings.setdefault((each.finding.rule.id, each.part, each.finding.path, forward), each)
    if versions and not findings and not is_released(contract, versions):
        return [_promise(contract, versions[-1], contract_rules.rewritten(contract, versions[-1]))]
    meanings = {rule[2] for rule in findings if rule[0] == "meaning-changed"}
    return [
        each
        for each in findings.values()
        if not successions.is_planned(contract, each.finding.rule.id)
        and (
            each.finding.rule.id != "doc-changed"
            or each.finding.path.replace("/", "/doc", each.finding.path == "/") not in meanings
        )
    ]


def _all(contract: Contract, versions: list[Contract]) -> Iterator[ContractFinding]:
    modes = {each.compatibility for each in (contract, *versions[-1:])}
    backward = any(mode.startswith(("BACKWARD", "FULL")) for mode in modes)
    forward = any(mode.startswith(("FORWARD", "FULL")) for mode in modes)
    transitive = any(mode.endswith("_TRANSITIVE") for mode in modes)
    for version in reversed(versions):
        newest = version is versions[-1]
        if newest:
            for finding in contract_rules.findings(contract, version):
                yield _promise(contract, version, finding)
        yield from _key(contract, version)
        again = [] if newest else _again(contract, version, versions[-1])
        for finding in contract_rules.field_findings(again, version):
            yield _promise(contract, version, finding)
        if contract.schema == version.schema or not (newest or transitive or again):
            continue
        names = {name for field in again for name in (field.name, *field.aliases)}
        for each in (
            *(_value(contract, reader=contract, writer=version, newest=newest) if backward else ()),
            *(_value(contract, reader=version, writer=contract, newest=False) if forward else ()),
        ):
            if newest or transitive or each.finding.field in names:
                yield each


def _again(contract: Contract, version: Contract, newest: Contract) -> list[Field]:
    """Return the fields that a version had under one of their names, and the newest one lacks."""
    had, has = ({field.name for field in each.fields} for each in (version, newest))
    return [
        field
        for field in contract.fields
        for names in [{field.name, *field.aliases}]
        if names & had and not names & has
    ]


def _key(contract: Contract, version: Contract) -> Iterator[ContractFinding]:
    if contract.key_schema != version.key_schema:
        for finding in schema_check.key_findings(contract.key_schema, version.key_schema):
            if finding.severity is not Severity.SAFE:
                yield _contract_finding(contract, "key", contract, version, finding)


def _value(
    contract: Contract, *, reader: Contract, writer: Contract, newest: bool
) -> Iterator[ContractFinding]:
    for finding in schema_check.value_findings(reader.schema, writer.schema, contract.flink):
        # A default that is new: Avro's older readers do not use a writer's default.
        if finding.rule.id == "default-removed" and writer is contract:
            continue
        if newest or finding.severity is not Severity.SAFE:
            named = _with_rename(contract, reader, writer, finding)
            yield _contract_finding(contract, "value", reader, writer, named)


def _with_rename(
    contract: Contract, reader: Contract, writer: Contract, finding: Finding
) -> Finding:
    """Ask, in a finding of a field that only one contract has, if it was another one renamed."""
    fields = [each for each in reader.fields if each.name == finding.field]
    if finding.rule.id != "default-missing" or not fields:
        return finding
    known = {name for each in reader.fields for name in (each.name, *each.aliases)}
    others = [each for each in writer.fields if each.name not in known]
    alike = [each.name for each in others if each.type == fields[0].type]
    if len(alike) != 1:
        return finding
    pair = (fields[0].name, alike[0])
    old, new = reversed(pair) if reader is contract else pair
    return replace(finding, what=f"{finding.what}; if {old} was renamed to {new}, keep its name")


def _promise(contract: Contract, version: Contract, finding: Finding) -> ContractFinding:
    """Return a finding of contract_rules; the released version belongs to whom the change hurts."""
    first = finding.path.split("/")[1]
    sides = [contract.path, version.path]
    reader, writer = sides if Hurt.PRODUCERS in finding.rule.hurts else reversed(sides)
    value = None if finding.value is None else json.dumps({finding.field: finding.value})
    return ContractFinding(
        contract=contract,
        part={"fields": "value", "topic": "topic"}.get(first, "contract"),
        reader=reader,
        writer=writer,
        finding=finding,
        example=value,
    )


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
