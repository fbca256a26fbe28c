"""Judge all contracts of a folder: released versions, a base, and the job's statements."""

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from contracts.compatibility import contract_rules, report_entry, waivers
from contracts.compatibility.base import Base, altered, open_base
from contracts.compatibility.released_versions import (
    ContractFinding,
    findings,
    released,
    released_in,
)
from contracts.compatibility.report_entry import Entry
from contracts.compatibility.waived_entries import waived
from contracts.contract import Contract
from contracts.contract_file import load_valid
from contracts.errors import InvalidContractError, NoContractsError, NotJudgedError
from contracts.readers import consumers
from contracts.readers.consumers import Consumer


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

    def require_valid(self) -> None:
        """Print the errors but the last one, which is raised."""
        for error in self.errors[:-1]:
            error.show()
        for error in self.errors[-1:]:
            raise error


def judge(schemas: Path, against: str | None = None, *, is_first: bool = False) -> Verdict:
    """Judge every contract; an invalid one does not hide the findings of the others.

    is_first: a folder without any released version is judged, too. Raises NotJudgedError when
    there is nothing to judge, or nothing to compare with.
    """
    contracts, errors = load_valid(schemas)
    if not contracts and not errors:
        raise NoContractsError(schemas)
    with open_base(against, schemas) as base, _last_commit(against, schemas) as commit:
        bases = [each for each in (base, commit) if each]
        verdict = Verdict(contracts=contracts, errors=errors, base=base.name if base else None)
        newest = _missing(verdict, schemas, base)
        declared = _declared(verdict, bases, schemas, newest)
        known = _compare(verdict, schemas, base) or newest or errors
        if not known and not is_first:
            raise NotJudgedError(
                f"No released versions in {schemas / 'released'}: there is nothing to compare "
                "with. Publish the first ones with `python -m contracts release`, or name a base "
                "with --against."
            )
        changed = {file: (exists, each) for each in reversed(bases)
                   for file, exists in altered(each, schemas)}  # fmt: skip
    for file, (exists, each) in sorted(changed.items()):
        verdict.entries.append(report_entry.of_released(file, exists, each.name))
    for stem, finding in contract_rules.withdrawn(newest, contracts, declared):
        former = [each.contracts for each in bases]
        is_committed = former and all(each is not None and stem not in each for each in former)
        if finding.rule.id == "successor-undone" and is_committed:
            continue
        verdict.entries.append(report_entry.of_withdrawn(schemas / f"{stem}.avsc", finding))
    # A statement that reads an invalid contract cannot be followed: the contract is the cause.
    broken = bool(errors)
    verdict.entries = [
        each
        for each in _with_readers(verdict, declared, schemas.resolve().parent)
        if not (broken and each.rule.id == "statement-not-followed")
    ]
    try:
        verdict.entries = list(waived(verdict.entries, contracts, waivers.load(schemas)))
    except InvalidContractError as error:
        errors.append(error)
    verdict.entries[:0] = map(report_entry.of_error, errors)
    return verdict


def _last_commit(against: str | None, schemas: Path) -> AbstractContextManager[Base | None]:
    """Open the last commit beside another base: its files must not be edited either."""
    return nullcontext() if against is None else open_base(None, schemas)


def _missing(verdict: Verdict, schemas: Path, base: Base | None) -> dict[str, Contract]:
    """Return the newest released version of each contract whose file is missing."""
    folders = [folder for folder in (schemas / "released", base and base.folder) if folder]
    return {
        stem: version
        for folder in folders
        for stem in sorted({path.parent.name for path in folder.glob("*/*.avsc")})
        if not (schemas / f"{stem}.avsc").exists()
        for version in _released(verdict, folder / stem)[-1:]
    }


def _declared(
    verdict: Verdict, bases: list[Base], schemas: Path, missing: Collection[str]
) -> list[Consumer]:
    """Return the declared consumers, then those that only a base declares."""
    stems = {*missing, *(each.stem for each in verdict.contracts)}
    declared: list[Consumer] = []
    for path in consumers.files(schemas.resolve().parent):
        try:
            declared.append(consumers.load(path, stems))
        except InvalidContractError as error:
            verdict.errors.append(error)
    for base in bases:
        declared += consumers.no_longer_declared(base.consumers, declared)
    return declared


def _compare(verdict: Verdict, schemas: Path, base: Base | None) -> int:
    """Add the findings against the released versions and the base; return their number."""
    known = in_base = 0
    every = cache(lambda: list(_every_version(schemas / "released")))
    for contract in verdict.contracts:
        try:
            histories = [
                released(contract, schemas / "released"),
                base.versions(contract) if base else [],
            ]
        except InvalidContractError as error:
            verdict.errors.append(error)
        else:
            known += len(histories[0])
            in_base += len(histories[1])
            histories.append(_former(contract, histories, every))
            verdict.entries += _entries(contract, histories)
    if base and not base.folder and not in_base:
        raise NotJudgedError(f"--against {base.name}: it has no version of these contracts.")
    return known + in_base


def _former(
    contract: Contract, histories: list[list[Contract]], every: Callable[[], list[Contract]]
) -> list[Contract]:
    """Return the versions by which other contracts wrote the topic of one that is new to it."""
    topic = contract.topic.name
    if any(version.topic.name == topic for versions in histories for version in versions):
        return []
    return [version for version in every() if version.topic.name == topic]


def _every_version(released_folder: Path) -> Iterator[Contract]:
    for folder in sorted(released_folder.glob("*/")):
        with suppress(InvalidContractError):  # named by its own contract
            yield from released_in(folder)


def _released(verdict: Verdict, folder: Path) -> list[Contract]:
    try:
        return released_in(folder)
    except InvalidContractError as error:
        verdict.errors.append(error)
        return []


def _entries(contract: Contract, histories: list[list[Contract]]) -> Iterator[Entry]:
    """Yield the findings against each history of released versions, each finding once.

    The first two histories are the contract's own, in the folder and in the base.
    """
    if not any(histories[:2]):
        yield report_entry.of_unreleased(contract.path)
    once: dict[tuple[str, str, str, bool], ContractFinding] = {}
    for versions in histories:
        for each in findings(contract, versions):
            place = (each.finding.rule.id, each.part, each.finding.path)
            once.setdefault((*place, each.writer == contract.path), each)
    yield from map(report_entry.of_contract, once.values())


def _with_readers(verdict: Verdict, declared: list[Consumer], project: Path) -> list[Entry]:
    """Return the entries with those of the project's statements, events and consumers, if any."""
    if not verdict.contracts or not (declared or (project / "flink" / "sql").is_dir()):
        return verdict.entries
    # Imported for these only, as SQLGlot takes as long as everything else.
    from contracts.compatibility import reader_check  # noqa: PLC0415

    return reader_check.with_readers(
        verdict.contracts, verdict.entries, project, declared, verdict.errors
    )
