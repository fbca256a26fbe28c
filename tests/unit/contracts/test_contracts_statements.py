"""`check` reads the job's statements: each finding names the statement's file and line."""

import json
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from contracts.contract_file import load_all
from contracts.readers import sql_statements
from tests.support.copied_statements import ROOT, SQL, copy, edit, line, reported

SHIPMENTS = SQL / "staging" / "stg_shipments.sql"
TRANSFERS = SQL / "staging" / "stg_transfers.sql"
LEVELS = SQL / "4_inventory_levels.sql"
LEDGER = SQL / "5_stock_ledger.sql"
ORDERS = SQL / "8_open_orders.sql"
DAYS = SQL / "7_sales_by_day.sql"
QUARANTINE = SQL / "10_quarantine.sql"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the contracts and statements."""
    return copy(tmp_path)


def test_the_statements_of_this_tree_fit_the_contracts(tree: Path) -> None:
    assert reported(tree) == set()


@pytest.mark.parametrize("change", ["removed", "renamed"])
def test_a_field_that_a_statement_reads_is_missed_at_its_line(tree: Path, change: str) -> None:
    path = tree / "schemas" / "shipment.avsc"
    document = json.loads(path.read_text("utf-8"))
    for field in [*document["fields"]]:
        if field["name"] == "order_id":
            field["name"] = "order_number"
            if change == "removed":
                document["fields"].remove(field)
    path.write_text(json.dumps(document, indent=1), "utf-8")
    place = line(tree, SHIPMENTS, "order_id")
    assert reported(tree) == {("statement-lacks-field", str(SHIPMENTS), place)}


def test_a_new_column_of_a_written_contract_is_missed_in_its_insert(tree: Path) -> None:
    edit(
        tree,
        "schemas/inventory_level.avsc",
        '"fields": [',
        '"fields": [{"name": "sold_at", "type": ["null", "int"], "default": null, "doc": "x"},',
    )
    place = line(tree, LEVELS, "INSERT INTO")
    assert reported(tree) == {("insert-lacks-column", str(LEVELS), place)}


def test_an_insert_that_lists_its_columns_may_omit_those_that_can_be_null(tree: Path) -> None:
    listed = "store_id, sku, order_id, ordered, received, remaining, cancelled, version, generation"
    edit(tree, ORDERS, "INSERT INTO open_orders", f"INSERT INTO open_orders ({listed})")
    text = (tree / ORDERS).read_text("utf-8")
    head, final = text.rsplit("SELECT\n", 1)
    final = final[final.index("FROM") :]
    (tree / ORDERS).write_text(
        f"{head}SELECT {listed.replace('generation', '1')}\n{final}", "utf-8"
    )
    assert reported(tree) == set()
    edit(
        tree, ORDERS, "remaining, cancelled, version, generation", "cancelled, version, generation"
    )
    place = line(tree, ORDERS, "INSERT INTO")
    assert ("insert-lacks-column", str(ORDERS), place) in reported(tree)


def test_a_column_that_the_contract_lacks_is_reported(tree: Path) -> None:
    edit(tree, LEDGER, "  reference,", "  reference,\n  counterpart,")
    place = line(tree, LEDGER, "INSERT INTO")
    assert reported(tree) == {("insert-column-unknown", str(LEDGER), place)}


def test_columns_in_another_order_are_reported(tree: Path) -> None:
    edit(tree, LEDGER, "  store_id,\n  sku,", "  sku,\n  store_id,")
    place = line(tree, LEDGER, "INSERT INTO")
    assert reported(tree) == {("insert-column-order", str(LEDGER), place)}


def test_a_column_without_a_name_is_taken_by_its_place(tree: Path) -> None:
    edit(tree, LEVELS, "GENERATION() AS generation", "GENERATION()")
    assert reported(tree) == set()


def test_a_value_of_a_pattern_that_no_statement_handles_is_reported(tree: Path) -> None:
    edit(tree, "schemas/transfer.avsc", "shipped|received|lost", "shipped|received|lost|stolen")
    place = line(tree, TRANSFERS, "CASE phase")
    assert reported(tree) == {("value-not-handled", str(TRANSFERS), place)}
    edit(
        tree,
        TRANSFERS,
        "    ELSE CONCAT",
        "    WHEN 'stolen' THEN 'transfer_lost'\n    ELSE CONCAT",
    )
    assert reported(tree) == set()


def test_a_value_that_a_statement_no_more_names_is_reported(tree: Path) -> None:
    edit(tree, "flink/sql/9_open_transfers.sql", ", 'transfer_lost')\n)", ")\n)")
    rules = {rule for rule, file, _ in reported(tree) if file == str(TRANSFERS)}
    assert rules == {"value-not-handled"}


def test_a_value_of_a_pattern_that_all_statements_treat_alike_needs_no_statement(
    tree: Path,
) -> None:
    edit(tree, "schemas/adjustment.avsc", "damage|theft", "damage|gift|theft")
    assert reported(tree) == set()


def test_a_kind_of_event_that_no_statement_counts_is_reported(tree: Path) -> None:
    edit(tree, SHIPMENTS, "'shipment' AS kind", "'donation' AS kind")
    place = line(tree, SHIPMENTS, "CREATE TEMPORARY VIEW")
    assert reported(tree) == {("value-not-handled", str(SHIPMENTS), place)}
    # The statement that quarantines all other kinds counts none of them.
    edit(tree, QUARANTINE, "'sale', 'return'", "'donation', 'sale', 'return'")
    assert reported(tree) == {("value-not-handled", str(SHIPMENTS), place)}
    edit(tree, "flink/sql/4_inventory_levels.sql", "'sale', 'return'", "'donation', 'sale'")
    assert ("value-not-handled", str(SHIPMENTS), place) not in reported(tree)


def test_a_literal_outside_the_pattern_of_a_written_field_is_reported(tree: Path) -> None:
    edit(tree, "schemas/ledger_entry.avsc", "|refused_count", "")
    place = line(tree, LEDGER, "INSERT INTO")
    assert reported(tree) == {("value-not-listed", str(LEDGER), place)}


def test_an_event_without_a_staging_view_is_reported(tree: Path) -> None:
    (tree / SHIPMENTS).unlink()
    contract = "schemas/shipment.avsc"
    place = line(tree, contract, '"flink"')
    assert reported(tree) == {("contract-not-staged", contract, place)}


def test_a_contract_that_no_statement_writes_is_reported(tree: Path) -> None:
    (tree / LEDGER).unlink()
    assert ("contract-not-written", "schemas/ledger_entry.avsc") in {
        (rule, file) for rule, file, _ in reported(tree)
    }


def test_a_statement_that_is_no_sql_is_reported(tree: Path) -> None:
    edit(tree, LEDGER, "FROM deduplicated_events", "FROM FROM deduplicated_events")
    assert ("statement-not-followed", str(LEDGER)) in {
        (rule, file) for rule, file, _ in reported(tree)
    }


READS = {
    "flink/sql/staging/stg_stock_counts.sql": {
        "stock_count": "event_id store_id sku quantity counted_at recorded_at"
    },
    "flink/sql/6_sales_per_minute.sql": {
        "transaction": "store_id sku currency quantity line_amount occurred_at"
    },
    "flink/sql/7_sales_by_day.sql": {
        "transaction": "store_id sku currency quantity line_amount occurred_at"
    },
    "flink/sql/8_open_orders.sql": {
        "replenishment_order": "order_id store_id sku status quantity expected_at",
        "shipment": "order_id store_id sku quantity",
    },
    "flink/sql/9_open_transfers.sql": {
        "transfer": "transfer_id from_store to_store sku phase quantity"
    },
}
"""File -> contract -> fields, by reading the statements and the staging views before them."""


@pytest.mark.parametrize("file", READS)
def test_a_statement_reads_the_fields_that_a_person_finds_in_it(file: str) -> None:
    (statement,) = (
        each for each in sql_statements.read(load_all(), ROOT) if each.file == ROOT / file
    )
    expected = {(stem, name) for stem, names in READS[file].items() for name in names.split()}
    assert set(statement.reads.fields) == expected


QUERIES = {
    "SELECT t.sku FROM transactions AS t": "sku",
    "SELECT sku FROM transactions WHERE quantity > 0 ORDER BY line_no": "sku quantity line_no",
    "SELECT a.sku FROM (SELECT sku, store_id FROM transactions) AS a": "sku store_id",
    "SELECT `sku` FROM transactions GROUP BY `sku` HAVING MAX(line_no) > 1": "sku line_no",
    "SELECT ROW_NUMBER() OVER (PARTITION BY sku ORDER BY line_no) FROM transactions": "sku line_no",
    "SELECT t.sku FROM transactions t JOIN transactions o ON t.receipt_id = o.receipt_id":
        "sku receipt_id",
    "SELECT sku FROM transactions WHERE EXISTS (SELECT 1 FROM shipments s WHERE currency = 'EUR')":
        "sku currency",
    "SELECT sku FROM TUMBLE(TABLE transactions, DESCRIPTOR(line_no), INTERVAL '1' DAY)":
        "sku line_no",
    "SELECT MAP['a', sku] FROM transactions UNION SELECT MAP['a', store_id] FROM transactions":
        "sku store_id",
    "SELECT CAST(unit_price AS STRING) || 'x', TIMESTAMPADD(DAY, 1, recorded_at) FROM transactions":
        "unit_price recorded_at",
    "SELECT UPPER(sku), LAST_VALUE(currency), LISTAGG(receipt_id), 1 FROM transactions "
    "GROUP BY UPPER(sku) HAVING COUNT(*) > 1": "sku currency receipt_id",
    "SELECT store_id, sku, COUNT(*) FROM transactions GROUP BY GROUPING SETS ((store_id), (sku))":
        "store_id sku",
    "SELECT COUNT(*), (SELECT MAX(line_no) FROM transactions) FROM transactions": "line_no",
    "SELECT t.sku, SUM(t.quantity) OVER (ORDER BY t.recorded_at) FROM transactions t":
        "sku quantity recorded_at",
    "SELECT gone FROM transactions": "",
}  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_the_fields_of_a_query_are_found(tmp_path: Path, query: str) -> None:
    view = tmp_path / SQL / "staging" / "stg_v.sql"
    view.parent.mkdir(parents=True)
    view.write_text(f"CREATE TEMPORARY VIEW stg_v AS\n{query}", "utf-8")
    (statement,) = sql_statements.read(load_all(), tmp_path)
    assert statement.problem is None
    names = {ref.field for ref in statement.reads.fields if ref.contract == "transaction"}
    assert names == {*QUERIES[query].split()}
    assert set(statement.reads.missing) == ({"gone"} if "gone" in query else set())


def test_the_view_that_the_job_registers_from_python_has_the_name_used_here() -> None:
    text = (ROOT / "flink" / "graph.py").read_text("utf-8")
    names = dict(re.findall(r'^(VIEW|EVENTS) = "(\w+)"', text, re.MULTILINE))
    assert {names["VIEW"]: names["EVENTS"]} == sql_statements.BOUNDARY


def test_a_check_with_statements_takes_less_than_three_seconds(tree: Path) -> None:
    started = time.process_time()
    reported(tree)
    assert time.process_time() - started < 3


def test_a_folder_of_contracts_alone_is_checked_without_the_parser(tree: Path) -> None:
    program = (
        "import sys; from contracts.__main__ import main; "
        "main(['check', '--schemas', sys.argv[1]], standalone_mode=False); "
        "print('sqlglot' in sys.modules)"
    )

    def loads_parser() -> str:
        command = [sys.executable, "-c", program, str(tree / "schemas")]
        ran = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        return ran.stdout.splitlines()[-1]

    assert loads_parser() == "True"
    shutil.rmtree(tree / SQL)
    assert loads_parser() == "False"
