"""Findings of the job's statements: what they read and write, compared with the contracts."""

import re
from collections.abc import Iterable, Iterator

from contracts import naming
from contracts.compatibility import handled_values_check, insert_check
from contracts.compatibility.released_versions import ContractFinding, Place
from contracts.compatibility.statement_finding import finding
from contracts.contract import Contract
from contracts.readers.statement_file import STAGING, Statement
from contracts.source_location import line_of


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
        if statement.inserts in by_table and statement.followed:
            yield from insert_check.findings(statement, by_table[statement.inserts])
    yield from _written_twice(statements, by_table)
    unused = list(_unused(statements, by_stem.values())) if statements else []
    yield from unused
    # Else the values that a statement handles are not known.
    if not unused and all(statement.followed for statement in statements):
        yield from handled_values_check.findings(statements, by_stem, by_table)


def _reads(statement: Statement, by_stem: dict[str, Contract]) -> Iterator[ContractFinding]:
    if statement.problem:
        what, line = statement.problem
        target = _target(statement, by_stem, what)
        yield finding(Place(statement.file, line), "statement-not-followed", target, None, what)
    for what, line in statement.reads.unfit_calls.items():
        target = _target(statement, by_stem)
        yield finding(Place(statement.file, line), "function-unfit", target, None, what)
    for name, missing in statement.reads.missing.items():
        what = f"the statement reads {name}, which {_of(missing.contracts)}"
        # Of several contracts, none is known to have had it.
        stem = min(missing.contracts) if len(missing.contracts) == 1 else None
        target = by_stem[stem] if stem else _target(statement, by_stem)
        place = Place(statement.file, missing.line)
        yield finding(place, "statement-lacks-field", target, name, what)


def _written_twice(
    statements: list[Statement], by_table: dict[str, Contract]
) -> Iterator[ContractFinding]:
    first: dict[str, Statement] = {}
    for statement in statements:
        table = statement.inserts or ""
        other = first.setdefault(table, statement)
        if table in by_table and other is not statement:
            what = f"the statement writes {table}, as {other.file.name} does"
            place = Place(statement.file, statement.line)
            yield finding(place, "table-written-twice", by_table[table], None, what)


def _target(statement: Statement, by_stem: dict[str, Contract], what: str = "") -> Contract:
    """Return the contract that a statement, or a sentence about it, names; else the first."""
    words = {*re.findall(r"\w+", what), statement.inserts, statement.creates}
    contracts = list(by_stem.values())
    return next((each for each in contracts if _names(each) & words), contracts[0])


def _unused(
    statements: list[Statement], contracts: Iterable[Contract]
) -> Iterator[ContractFinding]:
    read = {ref.contract for statement in statements for ref in statement.reads.fields}
    named = {each.creates for each in statements} | {each.inserts for each in statements}
    contracts = list(contracts)
    tables = {naming.table(each.topic.name) for each in contracts if each.flink == "sink"}
    # A statement whose table is not known may write any contract.
    open_end = any(not each.creates and each.inserts not in tables for each in statements)
    for contract in contracts:
        place = Place(contract.path, line_of(contract.path.read_text("utf-8"), "flink"))
        table = naming.table(contract.topic.name)
        view = naming.STAGING + table
        if contract.flink == "source" and contract.stem not in read and view not in named:
            file = f"{STAGING}/{view}.sql"
            what = f"no statement reads {table}: expected a view {view} in {file}"
            yield finding(place, "contract-not-staged", contract, None, what)
        elif contract.flink == "sink" and table not in named and not open_end:
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
