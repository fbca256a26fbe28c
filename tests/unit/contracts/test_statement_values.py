"""The values that statements name, take and write are compared with each other and the limits."""

import gc
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts.contract import Contract, Field
from contracts.contract_file import load_all
from contracts.readers.sql_statements import listed
from tests.support.copied_statements import ROOT, SQL, copy, edit, findings, line, of_statements

LEVELS = str(SQL / "4_inventory_levels.sql")
LEDGER = str(SQL / "5_stock_ledger.sql")
MINUTES = str(SQL / "6_sales_per_minute.sql")
DAYS = str(SQL / "7_sales_by_day.sql")
ORDERS = str(SQL / "8_open_orders.sql")
QUARANTINE = str(SQL / "10_quarantine.sql")
SHIPMENTS = str(SQL / "staging" / "stg_shipments.sql")
TRANSFERS = str(SQL / "staging" / "stg_transfers.sql")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the contracts and statements."""
    return copy(tmp_path)


@pytest.fixture(scope="module")
def contracts() -> list[Contract]:
    return load_all()


def kinds(file: str) -> list[str]:
    """The kinds that a statement lists, by reading it as text."""
    text = (ROOT / file).read_text("utf-8")
    return [each.strip(" \n'") for each in text.split("IN (")[1].split(")")[0].split(",")]


@pytest.mark.parametrize("kind", kinds(QUARANTINE))
def test_a_kind_that_is_handled_and_quarantined_is_reported(
    tree: Path, contracts: list[Contract], kind: str
) -> None:
    edit(tree, QUARANTINE, f"'{kind}'", "'none'")
    reported = of_statements(tree, contracts)
    twice = line(tree, QUARANTINE, "kind NOT IN")
    assert ("value-handled-twice", QUARANTINE, twice) in [each[:3] for each in reported]
    excluded = line(tree, QUARANTINE, "'none'")
    assert ("value-not-handled", QUARANTINE, excluded) in [each[:3] for each in reported]
    assert len(reported) == 2


def test_a_kind_that_no_statement_handles_or_quarantines_is_reported(
    tree: Path, contracts: list[Contract]
) -> None:
    edit(tree, QUARANTINE, "'count',", "'count', 'donation',")
    ((rule, file, number, sentence),) = of_statements(tree, contracts)
    assert (rule, file) == ("value-not-handled", QUARANTINE)
    assert number == line(tree, QUARANTINE, "'donation'")
    assert "'donation'" in sentence


TYPES = {
    "a count as text": (DAYS, "COUNT(*) AS", "CAST(COUNT(*) AS STRING) AS", "STRING into version"),
    "a time as text": (
        LEDGER, "  occurred_at,", "  CAST(occurred_at AS STRING) AS occurred_at,",
        "STRING into occurred_at, which is TIMESTAMP(3)"),
    "a number as text": (LEDGER, "  reason,", "  quantity AS reason,", "BIGINT into reason"),
    "a condition as a number": (
        LEDGER, "  quantity,", "  quantity > 0 AS quantity,", "BOOLEAN into quantity"),
    "a sum of decimals as whole units": (
        DAYS, "-SUM(quantity) AS", "-SUM(line_amount) AS", "DECIMAL into units"),
    "a text in all arms": (
        LEDGER, "  quantity,", "  CASE WHEN kind = 'sale' THEN sku ELSE store_id END AS quantity,",
        "STRING into quantity"),
    "of a staging view": (
        TRANSFERS, "END * CAST(quantity AS BIGINT) AS quantity",
        "END * quantity AS quantity", None),
    "a narrower number": (LEDGER, "  quantity,", "  CAST(quantity AS INT) AS quantity,", None),
    "another scale": (DAYS, "AS DECIMAL(18, 2)) AS revenue", "AS DECIMAL(17, 2)) AS revenue", None),
}  # fmt: skip


@pytest.mark.parametrize("case", TYPES)
def test_a_column_has_a_type_that_its_field_takes(
    tree: Path, contracts: list[Contract], case: str
) -> None:
    file, old, new, sentence = TYPES[case]
    edit(tree, file, old, new)
    reported = of_statements(tree, contracts)
    assert [(rule, named) for rule, named, *_ in reported] == (
        [("insert-column-type", file)] if sentence else []
    )
    assert all(f"the INSERT writes {sentence}" in what for *_, what in reported)


def test_a_field_that_may_be_null_is_named_where_a_required_one_is_made_of_it(
    tree: Path, contracts: list[Contract]
) -> None:
    def optional(field: Field) -> Field:
        return replace(field, nullable=True) if field.name == "currency" else field

    changed = [
        replace(each, fields=tuple(map(optional, each.fields))) if each.stem == "transaction"
        else each
        for each in contracts
    ]  # fmt: skip
    assert [each[:3] for each in of_statements(tree, changed)] == [
        ("literal-not-allowed", file, line(tree, file, "INSERT INTO")) for file in (MINUTES, DAYS)
    ]
    for file in (MINUTES, DAYS):
        edit(tree, file, "('sale', 'return')", "('sale', 'return') AND currency IS NOT NULL")
    assert of_statements(tree, changed) == []


@pytest.mark.parametrize("file", [LEVELS, LEDGER, ORDERS])
def test_a_misspelt_kind_is_reported_at_its_line(
    tree: Path, contracts: list[Contract], file: str
) -> None:
    edit(tree, file, "kind IN ('placed', 'cancelled')" if file == ORDERS else "'transfer_in'",
         "kind IN ('placed', 'cancelled', 'x')" if file == ORDERS else "'x'")  # fmt: skip
    reported = of_statements(tree, contracts)
    place = line(tree, file, "'x'")
    assert ("value-unknown", file, place) in [each[:3] for each in reported]
    # The ledger writes the kind: its pattern excludes a misspelt one, too.
    assert len(reported) == (2 if file == LEDGER else 1)


def test_a_statement_that_takes_every_kind_is_no_quarantine(
    tree: Path, contracts: list[Contract]
) -> None:
    edit(tree, LEDGER, "WHERE kind IN (", "WHERE kind <> 'conflict' OR kind IN (")
    rules = {rule for rule, _, _, _ in of_statements(tree, contracts)}
    assert "value-handled-twice" not in rules


@pytest.mark.parametrize(
    ("pattern", "values"),
    [
        ("shipped|received|lost", "lost received shipped"),
        ("^(?:shipped|received|lost)$", "lost received shipped"),
        ("shi(p)ped|[r]eceived|lost", "lost received shipped"),
        ("lost|[ab]", "a b lost"),
        ("lost|.+", ""),
    ],
)
def test_the_values_of_a_pattern_are_those_of_its_language(
    tree: Path, pattern: str, values: str
) -> None:
    edit(tree, "schemas/transfer.avsc", "shipped|received|lost", pattern)
    (contract,) = (each for each in load_all(tree / "schemas") if each.stem == "transfer")
    (field,) = (each for each in contract.fields if each.name == "phase")
    assert listed(field) == tuple(values.split())


def test_a_value_that_another_form_of_pattern_adds_is_missed_in_the_statement(tree: Path) -> None:
    edit(tree, "schemas/transfer.avsc", "shipped|received|lost", "(shipp|lift)ed|received|lost")
    ((rule, file, number, sentence),) = findings(tree)
    assert (rule, file, number) == ("value-not-handled", TRANSFERS, line(tree, file, "CASE phase"))
    assert "'lifted'" in sentence


LITERALS = {
    "a text that is too long": (LEDGER, "  sku,", f"  '{'x' * 101}' AS sku,", "sku", "101"),
    "an empty text": (LEDGER, "  store_id,", "  '' AS store_id,", "store_id", "minLength"),
    "a text of another form": (
        DAYS, "  currency,\n  -- Here", "  'eur' AS currency,\n  -- Here",
        "currency", "[A-Z]{3}"),
    "a text for a number": (LEDGER, "  quantity,", "  '7' AS quantity,", "quantity", "BIGINT"),
    "a number for a text": (LEDGER, "  sku,", "  7 AS sku,", "sku", "STRING"),
    "a truth for a text": (LEDGER, "  sku,", "  TRUE AS sku,", "sku", "STRING"),
    "a number below the limit": (
        LEDGER, "  source_offset\n", "  -1 AS source_offset\n", "source_offset", "-1"),
    "a number that is not whole": (
        LEDGER, "  quantity,", "  1.5 AS quantity,", "quantity", "BIGINT"),
    "no value": (LEDGER, "  sku,", "  CAST(NULL AS STRING) AS sku,", "sku", "NULL"),
    "no value in one case": (
        LEDGER, "  sku,", "  CASE WHEN quantity > 1 THEN sku END AS sku,", "sku", "NULL"),
    "one text of several": (
        QUARANTINE, "ELSE 'unhandled' END AS reason", "ELSE '' END AS reason", "reason", "''"),
    "no value from a staging view": (
        SHIPMENTS, "  recorded_at,", "  CAST(NULL AS TIMESTAMP(3)) AS recorded_at,",
        "recorded_at", "NULL"),
    "no value of a table that a join may lack": (
        LEDGER, "  sku,", "  (SELECT t.sku FROM transfers t) AS sku,", "", ""),
}  # fmt: skip
"""Literal -> file, old, new, field and a part of the sentence; no field: it is not known."""


@pytest.mark.parametrize("literal", LITERALS)
def test_a_literal_that_its_field_does_not_allow_is_reported(
    tree: Path, contracts: list[Contract], literal: str
) -> None:
    file, old, new, field, words = LITERALS[literal]
    edit(tree, file, old, new)
    reported = of_statements(tree, contracts)
    expected = {"literal-not-allowed"} if field else set()
    assert {rule for rule, _, _, _ in reported} == expected
    for _, named, number, sentence in reported:
        assert number == line(tree, named, "INSERT INTO")
        assert field in sentence
        assert words in sentence
    if field and file != SHIPMENTS:
        assert [each[1] for each in reported] == [file]


def test_a_left_join_writes_null(tree: Path, contracts: list[Contract]) -> None:
    edit(tree, LEDGER, "  sku,", "  t.sku,")
    edit(tree, LEDGER, "FROM deduplicated_events", "FROM deduplicated_events AS e "
         "LEFT JOIN transfers AS t ON e.event_id = t.event_id")  # fmt: skip
    reported = of_statements(tree, contracts)
    assert any("NULL into sku" in sentence for _, _, _, sentence in reported)


def listing(names: str, count: int) -> list[dict[str, Any]]:
    return [
        {"name": f"list_{name}", "type": "string", "default": f"{name}0", "doc": "x",
         "pattern": "|".join(f"{name}{number}" for number in range(count))}
        for name in names
    ]  # fmt: skip


@pytest.mark.parametrize(("names", "count"), [("abc", 12), ("abcdefgh", 12), ("abc", 100)])
def test_the_time_of_a_check_grows_with_the_sum_of_the_listed_values(
    tree: Path, names: str, count: int
) -> None:
    path = tree / "schemas" / "transfer.avsc"
    document = json.loads(path.read_text("utf-8"))
    document["fields"] += listing(names, count)
    path.write_text(json.dumps(document), "utf-8")
    arms = " ".join(f"WHEN list_{name} = '{name}1' THEN 'x'" for name in names)
    edit(tree, TRANSFERS, "CAST(NULL AS STRING) AS reason", f"CASE {arms} ELSE 'y' END AS reason")
    contracts = load_all(tree / "schemas")
    gc.disable()  # it looks at what all tests before have left
    try:
        started = time.process_time()
        assert of_statements(tree, contracts) == []
        assert time.process_time() - started < 1
    finally:
        gc.enable()
