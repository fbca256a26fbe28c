"""Judge all contracts of a folder: released versions, a base, and the job's statements."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from contracts import successions
from contracts.compatibility import contract_rules, report_entry, waivers
from contracts.compatibility.base import Base, altered, open_base
from contracts.compatibility.released_versions import (
    ContractFinding,
    findings,
    released,
    released_in,
)
from contracts.compatibility.report_entry import Entry
from contracts.compatibility.waivers import Waivers
from contracts.contract import Contract
from contracts.contract_file import load_valid
from contracts.errors import InvalidContractError, NoContractsError, NotJudgedError


@dataclass(slots=True, kw_only=True)
class Verdict:
    """The result of a check."""

    contracts: list[Contract]
    """The valid contracts."""
    errors: list[InvalidContractError]
    """The files that cannot be judged."""
    base: str | None
    """The name of the base."""
    entries: list[Entry] = field(default_factory=list)
    """All findings, also the safe and the waived ones."""


def judge(schemas: Path, against: str | None = None) -> Verdict:
    """Judge every contract; an invalid one does not hide the findings of the others.

    Raises NotJudgedError when there is nothing to judge, or nothing to compare with.
    """
    contracts, errors = load_valid(schemas)
    if not contracts and not errors:
        raise NoContractsError(schemas)
    with open_base(against, schemas) as base:
        verdict = Verdict(contracts=contracts, errors=errors, base=base.name if base else None)
        _compare(verdict, schemas, base)
    # A statement that reads an invalid contract cannot be followed: the contract is the cause.
    broken = bool(errors)
    verdict.entries = [
        each
        for each in _with_readers(verdict, schemas.resolve().parent)
        if not (broken and each.rule.id == "statement-not-followed")
    ]
    try:
        verdict.entries = list(_waived(verdict.entries, waivers.load(schemas)))
    except InvalidContractError as error:
        errors.append(error)
    verdict.entries[:0] = map(report_entry.of_error, errors)
    return verdict


def _compare(verdict: Verdict, schemas: Path, base: Base | None) -> None:
    """Add the findings against the released versions and the base."""
    folder, entries = schemas / "released", verdict.entries
    stems = _released_stems(folder) | (_released_stems(base.folder) if base else set())
    in_base = 0
    for contract in verdict.contracts:
        try:
            histories = [released(contract, folder), base.versions(contract) if base else []]
        except InvalidContractError as error:
            verdict.errors.append(error)
        else:
            in_base += len(histories[1])
            entries += _entries(contract, histories)
    if base and not base.folder and not in_base:
        raise NotJudgedError(f"--against {base.name}: it has no version of these contracts.")
    if not stems and not in_base and not verdict.errors:
        raise NotJudgedError(
            f"No released versions in {folder}: there is nothing to compare with. Publish the "
            "first ones with `python -m contracts release`, or name a base with --against."
        )
    if base:
        entries += [report_entry.of_released(*each, base.name) for each in altered(base, schemas)]
    folders = [folder, base.folder] if base and base.folder else [folder]
    newest = {
        stem: version
        for stem in stems
        if not (schemas / f"{stem}.avsc").exists()
        for parent in folders
        for version in _released(verdict, parent / stem)[-1:]
    }
    for stem in sorted(newest.keys() - successions.replaced(verdict.contracts, newest)):
        finding = contract_rules.withdrawn(newest[stem], stem, verdict.contracts)
        entries.append(report_entry.of_withdrawn(schemas / f"{stem}.avsc", finding))


def _released(verdict: Verdict, folder: Path) -> list[Contract]:
    try:
        return released_in(folder)
    except InvalidContractError as error:
        verdict.errors.append(error)
        return []


def _entries(contract: Contract, histories: list[list[Contract]]) -> Iterator[Entry]:
    """Yield the findings against each history of released versions, each finding once."""
    if not any(histories):
        yield report_entry.of_unreleased(contract.path)
    once: dict[tuple[str, str, str, bool], ContractFinding] = {}
    for versions in histories:
        for each in findings(contract, versions):
            place = (each.finding.rule.id, each.part, each.finding.path)
            once.setdefault((*place, each.writer == contract.path), each)
    yield from map(report_entry.of_contract, once.values())


def _with_readers(verdict: Verdict, project: Path) -> list[Entry]:
    """Return the entries with those of the project's statements, events and consumers, if any."""
    folders = (project / "flink" / "sql", project / "consumers")
    if not verdict.contracts or not any(folder.is_dir() for folder in folders):
        return verdict.entries
    # Imported for these only, as SQLGlot takes as long as everything else.
    from contracts.compatibility import reader_check  # noqa: PLC0415

    try:
        return reader_check.with_readers(
            verdict.contracts, verdict.entries, project, verdict.errors
        )
    except InvalidContractError as error:  # a statement's file that is no text
        verdict.errors.append(error)
        return verdict.entries


def _released_stems(folder: Path | None) -> set[str]:
    return {path.parent.name for path in folder.glob("*/*.avsc")} if folder else set()


def _waived(entries: list[Entry], given: Waivers) -> Iterator[Entry]:
    """Yield the entries with their waivers, then the waivers that are expired or unused."""
    used = set()
    for entry in entries:
        covering = given.covering(entry.rule.id, entry.contract, entry.field)
        waiver = covering if entry.harmful else None
        used.add(waiver)
        yield replace(entry, waiver=waiver)
    for waiver in given.waivers:
        if waiver in given.expired:
            yield report_entry.of_waiver("waiver-expired", given.path, waiver)
        elif waiver not in used:
            yield report_entry.of_waiver("waiver-unused", given.path, waiver)
