"""Every field of every contract, removed, renamed or added: each statement is named by its line.

The statements are read here as words: the first line of a view's file that has a field's name,
other than as the name that the view gives a column, is the line that a removed field is missed at.
"""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contracts import naming
from contracts.compatibility import statement_check
from contracts.contract import Contract, Field
from contracts.contract_file import load_all
from contracts.readers import sql_statements
from contracts.readers.statement_file import Statement
from tests.support.copied_statements import ROOT, SQL

CONTRACTS = load_all()
SOURCES = [each for each in CONTRACTS if each.flink == "source"]
SINKS = [each for each in CONTRACTS if each.flink == "sink"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The statements alone."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / SQL, folder / SQL)
    return folder


Findings = list[tuple[str, Path, int]]


@pytest.fixture(scope="module")
def statements(project: Path) -> list[Statement]:
    """The statements as they fit the contracts."""
    return sql_statements.read(CONTRACTS, project)


def changed(contract: Contract, fields: list[Field]) -> list[Contract]:
    """Return all contracts, one of them with other fields."""
    other = replace(contract, fields=tuple(fields))
    return [other if each is contract else each for each in CONTRACTS]


def about(project: Path, statements: list[Statement], contracts: list[Contract]) -> Findings:
    """Return (rule, file, line) of the findings."""
    return [
        (each.finding.rule.id, each.place.file.relative_to(project), each.place.line)
        for each in statement_check.findings(statements, contracts)
        if each.place
    ]


def after(project: Path, contract: Contract, fields: list[Field]) -> Findings:
    """Return the findings when a contract that statements read has other fields."""
    contracts = changed(contract, fields)
    return about(project, sql_statements.read(contracts, project), contracts)


def words(text: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) without comments, quoted text and the names after AS."""
    for number, each in enumerate(text.splitlines(), 1):
        yield number, re.sub(r"--.*|'[^']*'|\bAS \w+", "", each)


def line_of_use(file: Path, name: str) -> int | None:
    lines = (n for n, text in words(file.read_text("utf-8")) if re.search(rf"\b{name}\b", text))
    return next(lines, None)


def view_of(contract: Contract) -> Path:
    return SQL / "staging" / f"stg_{naming.table(contract.topic.name)}.sql"


def insert_of(project: Path, contract: Contract) -> tuple[Path, int]:
    head = f"INSERT INTO {naming.table(contract.topic.name)}"
    for file in (project / SQL).glob("*.sql"):
        for number, each in enumerate(file.read_text("utf-8").splitlines(), 1):
            if each == head:
                return file.relative_to(project), number
    raise AssertionError(head)


def without(contract: Contract, field: Field) -> list[Field]:
    return [each for each in contract.fields if each is not field]


def renamed(contract: Contract, field: Field) -> list[Field]:
    return [
        replace(each, name=f"{each.name}_2") if each is field else each for each in contract.fields
    ]


@pytest.mark.parametrize("contract", SOURCES, ids=lambda each: each.stem)
def test_each_field_that_a_statement_reads_is_missed_where_it_is_read(
    project: Path, contract: Contract
) -> None:
    view = view_of(contract)
    for number, field in enumerate(contract.fields):
        line = line_of_use(project / view, field.name)
        expected = [("statement-lacks-field", view, line)] if line else []
        for change in (without, renamed)[: 1 if number else 2]:
            assert after(project, contract, change(contract, field)) == expected, field.name


@pytest.mark.parametrize("contract", SINKS, ids=lambda each: each.stem)
def test_each_field_of_a_written_contract_is_missed_in_its_insert(
    project: Path, statements: list[Statement], contract: Contract
) -> None:
    place = insert_of(project, contract)

    def findings(fields: list[Field]) -> Findings:
        return about(project, statements, changed(contract, fields))

    for number, field in enumerate(contract.fields):
        removed = findings(without(contract, field))
        assert removed == [("insert-column-unknown", *place)], field.name
        other = findings(renamed(contract, field))
        assert other == [("insert-column-order", *place)], field.name
        added = [*contract.fields[:number], replace(field, name="new"), *contract.fields[number:]]
        assert findings(added) == [("insert-lacks-column", *place)], field.name
        moved = [*without(contract, field), field]
        in_order = number == len(moved) - 1
        assert findings(moved) == [("insert-column-order", *place)][in_order:], field.name


def test_a_contract_without_its_table_is_missed_by_its_statement(project: Path) -> None:
    for contract in SOURCES:
        contracts = [each for each in CONTRACTS if each is not contract]
        view = view_of(contract)
        line = line_of_use(project / view, naming.table(contract.topic.name))
        reported = about(project, sql_statements.read(contracts, project), contracts)
        assert reported == [("statement-not-followed", view, line)]


NULLS = {
    "ledger_entry": ["reason", "reference"],
    "quarantined_record": ["schema_id", "sent_at", "raw_key", "raw_value", "raw_headers"],
}
"""Contract -> fields that its statement writes a literal NULL into, by reading it."""


@pytest.mark.parametrize("contract", SINKS, ids=lambda each: each.stem)
def test_a_field_that_is_now_required_is_named_where_null_is_written(
    project: Path, statements: list[Statement], contract: Contract
) -> None:
    place = insert_of(project, contract)
    named = []
    for field in contract.fields:
        fields = [
            replace(each, nullable=False) if each is field else each for each in contract.fields
        ]
        reported = about(project, statements, changed(contract, fields))
        assert reported in ([], [("literal-not-allowed", *place)]), field.name
        named += [field.name] * len(reported)
    assert named == NULLS.get(contract.stem, [])
