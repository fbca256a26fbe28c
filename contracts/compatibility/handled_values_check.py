"""Findings of values by which statements tell events apart: each is to be handled exactly once.

A statement handles a value if its WHERE clause can accept rows with it. One statement takes the
rest, such as those to quarantine: it excludes the values that others handle.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from contracts import naming
from contracts.compatibility.released_versions import ContractFinding, Place
from contracts.compatibility.statement_finding import finding
from contracts.contract import Contract
from contracts.readers.compared_literals import compared, line_of_literal
from contracts.readers.relation import FieldRef, Mark
from contracts.readers.sql_statements import BOUNDARY, UNLISTED, listed, literal_columns
from contracts.readers.statement_file import Statement

EVENTS = min(BOUNDARY.values())


def findings(
    statements: list[Statement], by_stem: dict[str, Contract], by_table: dict[str, Contract]
) -> Iterator[ContractFinding]:
    """Yield the findings of all statements, each of which can be followed."""
    inserts = [_Insert(each, _marks(each)) for each in statements if each.inserts]
    handled = {mark for each in inserts if not each.takes_others for mark in each.marks}
    views = {each.creates: each for each in statements if each.creates}
    events = views.get(EVENTS)
    united = _marks(events) if events else None
    columns = literal_columns(events.result) if events else []
    for stem, contract in by_stem.items():
        view = views.get(naming.STAGING + naming.table(contract.topic.name))
        if contract.flink != "source" or view is None:
            continue
        if united is not None and Mark(stem, "", "") not in united:
            what = (
                f"{view.creates} is no part of the view {EVENTS}: `python -m codegen generate` "
                "adds it"
            )
            yield finding(Place(view.file, view.line), "contract-not-staged", contract, None, what)
            continue
        unhandled = list(_unhandled_fields(view, contract, handled))
        yield from unhandled or _unhandled_literals(view, contract, columns, handled)
    returned = _literals(events, columns) if events else set()
    for insert in inserts:
        if insert.takes_others and insert.statement.inserts in by_table:
            yield from _rest(insert, inserts, by_table[insert.statement.inserts], returned)


@dataclass(frozen=True, slots=True)
class _Insert:
    statement: Statement
    marks: set[Mark]

    @property
    def takes_others(self) -> bool:
        return UNLISTED in self.marks

    @property
    def values(self) -> set[tuple[str, str]]:
        """(column, value) of the rows that it writes."""
        return {(mark.column, mark.value) for mark in self.marks}


def _marks(statement: Statement) -> set[Mark]:
    return {mark for branch in statement.result.branches for mark in branch.marks}


def _literals(view: Statement, columns: list[str]) -> set[tuple[str, str]]:
    """Return (column, value) of the literal strings that a view returns in some columns."""
    return {
        (name, value)
        for branch in view.result.branches
        for name in columns
        for value in branch.columns[name].values
        if isinstance(value, str)
    }


def _unhandled_fields(
    view: Statement, contract: Contract, handled: set[Mark]
) -> Iterator[ContractFinding]:
    for field in contract.fields:
        for value in listed(field):
            if Mark(contract.stem, field.name, value) not in handled:
                what = f"no statement handles {field.name} = {value!r} of {contract.stem}"
                ref = FieldRef(contract.stem, field.name)
                place = Place(view.file, min(view.reads.fields.get(ref, {view.line})))
                yield finding(place, "value-not-handled", contract, field.name, what)


def _unhandled_literals(
    view: Statement, contract: Contract, columns: list[str], handled: set[Mark]
) -> Iterator[ContractFinding]:
    for name, value in sorted(_literals(view, columns)):
        if Mark(contract.stem, name, value) not in handled:
            what = f"no statement handles {name} = {value!r}, which {view.creates} returns"
            place = Place(view.file, view.line)
            yield finding(place, "value-not-handled", contract, None, what)


def _rest(
    rest: _Insert, inserts: list[_Insert], contract: Contract, returned: set[tuple[str, str]]
) -> Iterator[ContractFinding]:
    """Compare what the statement of all other values excludes with what the others handle.

    returned: (column, value) of the staging views, of which each value that none handles is
    reported there.
    """
    handlers = {value: each for each in inserts if not each.takes_others for value in each.values}
    lines = compared(rest.statement)
    columns = {column for column, _ in lines}
    excluded = lines.keys() - rest.values
    twice = {each for each in rest.values & handlers.keys() if each[0] in columns}
    if len(excluded) <= len(twice):
        return  # no statement of the rest: it takes also what others handle
    file = rest.statement.file
    for column, value in sorted(excluded - handlers.keys() - returned):
        what = f"the statement excludes {column} = {value!r}, which no other statement handles"
        line = line_of_literal(rest.statement, column, value)
        yield finding(Place(file, line), "value-not-handled", contract, None, what)
    for column, value in sorted(twice):
        handler = handlers[column, value].statement
        if (column, value) in returned:
            what = f"the statement takes {column} = {value!r}, which {handler.file.name} handles"
            line = min(line for each, line in lines.items() if each[0] == column)
            yield finding(Place(file, line), "value-handled-twice", contract, None, what)
        else:
            what = f"the statement names {column} = {value!r}, which no staging view returns"
            line = line_of_literal(handler, column, value)
            yield finding(Place(handler.file, line), "value-unknown", contract, None, what)
