"""Findings of the job's statements: what they read and write, compared with the contracts."""

import re
from collections.abc import Iterable, Iterator

from contracts import naming
from contracts.compatibility.finding import Finding
from contracts.compatibility.released_versions import ContractFinding, Place
from contracts.compatibility.statement_rule_table import STATEMENTS
from contracts.contract import Contract
from contracts.readers.query import UNNAMED
from contracts.readers.relation import Branch, FieldRef, Mark
from contracts.readers.sql_statements import BOUNDARY, UNLISTED, Statement, listed
from contracts.source_location import line_of

EVENTS = min(BOUNDARY.values())
PARTS = {"event-without-meaning": "event", "consumer-lacks-field": "consumer"}
"""Rule -> part, of findings that no statement has."""


def findings(
    statements: list[Statement], contracts: Iterable[Contract]
) -> Iterator[ContractFinding]:
    """Yield the findings of all statements; none without statements."""
    by_stem = {contract.stem: contract for contract in contracts}
    by_table = {
        naming.table(contract.topic.name): contract
        for contract in by_stem.values()
        if contract.flink == "sink"
    }
    for statement in statements:
        yield from _reads(statement, by_stem)
        if statement.inserts in by_table and statement.problem is None:
            yield from _insert(statement, by_table[statement.inserts])
    if statements:
        yield from _unused(statements, by_stem.values())
    if not any(statement.problem for statement in statements):
        yield from _unhandled(statements, by_stem)


def _reads(statement: Statement, by_stem: dict[str, Contract]) -> Iterator[ContractFinding]:
    if statement.problem:
        what, line = statement.problem
        words = {*re.findall(r"\w+", what), statement.inserts, statement.creates}
        contracts = list(by_stem.values())
        target = next((each for each in contracts if _names(each) & words), contracts[0])
        yield finding(Place(statement.file, line), "statement-not-followed", target, None, what)
    for name, missing in statement.reads.missing.items():
        for stem in sorted(missing.contracts) or list(by_stem)[:1]:
            what = f"the statement reads {name}, which {_of(missing.contracts)}"
            yield finding(
                Place(statement.file, missing.line),
                "statement-lacks-field",
                by_stem[stem],
                name,
                what,
            )


def _insert(statement: Statement, contract: Contract) -> Iterator[ContractFinding]:
    place, stem, written = Place(statement.file, statement.line), contract.stem, statement.result
    if any(branch.rest for branch in written.branches):
        what = f"SELECT * of a function writes columns of {stem} that are not named"
        yield finding(place, "statement-not-followed", contract, None, what)
        return
    fields = {field.name: field for field in contract.fields}
    names = statement.columns or written.names
    for name, field in fields.items():
        if name not in names and not (statement.columns and field.nullable):
            if statement.columns is None and len(names) == len(fields):
                continue  # the names are compared by position
            what = f"the INSERT lacks the column {name} of {stem}"
            yield finding(place, "insert-lacks-column", contract, name, what)
    if statement.columns is None and len(names) == len(fields):
        for name, other in zip(fields, names, strict=True):
            if other != name and not other.startswith(UNNAMED):
                what = f"the INSERT writes {other} where {stem} has {name}"
                yield finding(place, "insert-column-order", contract, name, what)
                break
    else:
        for name in names:
            if name not in fields:
                what = f"the INSERT writes {name}, which {stem} does not have"
                yield finding(place, "insert-column-unknown", contract, None, what)
    if len(names) == len(written.names):
        yield from _unlisted(place, contract, written.branches, names)
    else:
        what = f"the INSERT lists {len(names)} columns of {stem} and selects {len(written.names)}"
        yield finding(place, "insert-column-unknown", contract, None, what)


def _unlisted(
    place: Place, contract: Contract, branches: list[Branch], names: list[str]
) -> Iterator[ContractFinding]:
    for field in contract.fields:
        allowed = listed(field)
        if allowed and field.name in names:
            for value in sorted(_literals(branches, names.index(field.name)) - {*allowed}):
                what = f"the INSERT writes {value!r}, which the pattern of {field.name} excludes"
                yield finding(place, "value-not-listed", contract, field.name, what)


def _literals(branches: list[Branch], place: int) -> set[str]:
    values = (list(branch.columns.values())[place].values for branch in branches)
    return {each for possible in values for each in possible if isinstance(each, str)} - {"\0"}


def _unhandled(
    statements: list[Statement], by_stem: dict[str, Contract]
) -> Iterator[ContractFinding]:
    """Yield the marks that no INSERT handles, other than one that takes every other value."""
    handled: set[Mark] = set()
    for statement in statements:
        marks = {mark for branch in statement.result.branches for mark in branch.marks}
        if statement.inserts and UNLISTED not in marks:
            handled |= marks
    views = {each.creates: each for each in statements if each.creates}
    events = views.get(EVENTS)
    united = (
        {mark for branch in events.result.branches for mark in branch.marks} if events else None
    )
    for stem, contract in by_stem.items():
        view = views.get(f"stg_{naming.table(contract.topic.name)}")
        if contract.flink != "source" or view is None or view.problem:
            continue
        if united is not None and Mark(stem, "", "") not in united:
            what = f"{view.creates} is no part of the view {EVENTS}"
            yield finding(Place(view.file, view.line), "contract-not-staged", contract, None, what)
            continue
        open_fields = False
        for field in contract.fields:
            for value in listed(field):
                if Mark(stem, field.name, value) not in handled:
                    open_fields = True
                    what = f"no statement handles {field.name} = {value!r} of {stem}"
                    line = min(view.reads.fields.get(FieldRef(stem, field.name), {view.line}))
                    yield finding(
                        Place(view.file, line), "value-not-handled", contract, field.name, what
                    )
        if not open_fields:
            yield from _unhandled_literals(view, contract, handled)


def _unhandled_literals(
    view: Statement, contract: Contract, handled: set[Mark]
) -> Iterator[ContractFinding]:
    columns = {mark.column for mark in handled if mark.contract and mark.column}
    for name in view.result.names:
        values = {
            value
            for branch in view.result.branches
            for value in branch.columns[name].values
            if isinstance(value, str)
        }
        if name in columns and name not in {field.name for field in contract.fields}:
            for value in sorted(values):
                if Mark(contract.stem, name, value) not in handled:
                    what = f"no statement handles {name} = {value!r}, which {view.creates} returns"
                    yield finding(
                        Place(view.file, view.line), "value-not-handled", contract, None, what
                    )


def _unused(
    statements: list[Statement], contracts: Iterable[Contract]
) -> Iterator[ContractFinding]:
    read = {ref.contract for statement in statements for ref in statement.reads.fields}
    written = {statement.inserts for statement in statements}
    for contract in contracts:
        place = Place(contract.path, line_of(contract.path.read_text("utf-8"), "flink"))
        table = naming.table(contract.topic.name)
        if contract.flink == "source" and contract.stem not in read:
            what = f"no statement reads {table}: expected a view stg_{table}"
            yield finding(place, "contract-not-staged", contract, None, what)
        elif contract.flink == "sink" and table not in written:
            yield finding(
                place, "contract-not-written", contract, None, f"no statement writes {table}"
            )


def _names(contract: Contract) -> set[str | None]:
    table = naming.table(contract.topic.name)
    return {table, f"stg_{table}"}


def _of(stems: frozenset[str]) -> str:
    if len(stems) == 1:
        return f"{min(stems)} does not have"
    return "none of its tables has"


def finding(
    place: Place, rule: str, contract: Contract, field: str | None, what: str
) -> ContractFinding:
    """Return a finding at a reader's place. rule: a key of STATEMENTS."""
    path = f"/fields/{field}" if field else "/"
    return ContractFinding(
        contract=contract,
        part=PARTS.get(rule, "statement"),
        reader=place.file,
        writer=contract.path,
        finding=Finding(rule=STATEMENTS[rule], path=path, what=what),
        example=None,
        place=place,
    )
