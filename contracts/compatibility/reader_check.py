"""Findings of statements, events and declared consumers, and the readers that a finding hurts."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from contracts import conversion_files
from contracts.compatibility import conversion_check, report_entry, statement_check
from contracts.compatibility.finding import Severity
from contracts.compatibility.released_versions import ContractFinding, Place
from contracts.compatibility.report_entry import Entry
from contracts.compatibility.statement_finding import finding
from contracts.contract import Contract
from contracts.errors import InvalidContractError
from contracts.readers import event_meaning, sql_statements
from contracts.readers.consumers import Consumer, suggestion
from contracts.readers.impact import Readers
from contracts.readers.relation import FieldRef
from contracts.readers.statement_file import Statement
from contracts.source_location import line_of


def with_readers(
    contracts: list[Contract],
    entries: list[Entry],
    project: Path,
    declared: list[Consumer],
    errors: list[InvalidContractError],
) -> list[Entry]:
    """Return the entries with the readers that they hurt, then those of readers themselves.

    errors: gets those of statements' files that cannot be read.
    """
    harmful = [each for each in entries if each.rule.severity is not Severity.SAFE]
    removed = {FieldRef(each.contract, each.field) for each in harmful if each.field}
    readers = Readers(contracts, project, declared, removed)
    errors += [each.error for each in readers.statements if each.error]
    own = [*statement_check.findings(readers.statements, contracts)]
    if (project / conversion_files.FOLDER.parent).is_dir():
        own += conversion_check.findings(contracts, declared, project)
    for contract in contracts:
        own += _meaning(contract, project, readers.statements)
    changed = {FieldRef(each.contract, each.field) for each in entries if each.field}
    for consumer in declared:
        if consumer.contract in readers.contracts:
            own += _lacking(consumer, readers.contracts[consumer.contract], changed)
    return [
        *(_affecting(each, readers) if each in harmful else each for each in entries),
        *map(report_entry.of_contract, own),
    ]


def _affecting(entry: Entry, readers: Readers) -> Entry:
    names = [entry.field] if entry.field else readers.fields_of(entry.contract)
    impact = readers.impact(FieldRef(entry.contract, name) for name in names)
    # A statement that cannot be followed is a finding of its own.
    unread = [f"{each} ({each.detail})" for each in impact.not_followed if each.kind == "module"]
    return replace(entry, readers=(*map(str, impact.direct), *unread))


def _meaning(
    contract: Contract, project: Path, statements: list[Statement]
) -> Iterator[ContractFinding]:
    if contract.flink != "source":
        return
    unnamed = [each for each in event_meaning.missing(contract, project) if each.place.required]
    for task in unnamed:
        what = f"{task.place.file} does not name {contract.name}: {task.place.task}"
        place = Place(task.file, task.line)
        yield finding(place, "event-without-meaning", contract, None, what)
    for kind in sorted(sql_statements.kinds_of(contract, statements)):
        for task in event_meaning.missing_kind(kind, project):
            named = task.file not in {each.file for each in unnamed}
            if named and event_meaning.moves_stock(kind, project):
                what = f"{task.place.file} does not name the kind {kind!r}: {task.place.task}"
                place = Place(task.file, task.line)
                yield finding(place, "event-without-meaning", contract, None, what)


def _lacking(
    consumer: Consumer, contract: Contract, changed: set[FieldRef]
) -> Iterator[ContractFinding]:
    """Yield the fields that a consumer reads and its contract lacks.

    changed: fields of which one of two versions differs. Any other one that only the base's
    consumer reads was never there.
    """
    names = [field.name for field in contract.fields]
    for name in consumer.fields:
        if name in names or (consumer.base and FieldRef(contract.stem, name) not in changed):
            continue
        close = suggestion(name, names)
        what = f"{consumer} reads {name}, which {contract.stem} does not have{close}"
        place = Place(consumer.path, consumer.line_of(name))
        if consumer.base:
            place = Place(contract.path, line_of(contract.path.read_text("utf-8"), "fields"))
        yield finding(place, "consumer-lacks-field", contract, name, what)
