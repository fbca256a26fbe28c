"""`impact` names every reader of a field: its answers agree with lists made by reading the code."""

import json
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from contracts.__main__ import main

ROOT = Path(__file__).parents[3]

BY_HAND = {
    "transaction.quantity": {
        "statement": "10_quarantine 4_inventory_levels 5_stock_ledger 6_sales_per_minute "
        "7_sales_by_day stg_transactions",
        "generated": "transaction.py transaction.sql",
        "module": "audit/sales_by_day audit/stock_events producers/simulator/history "
        "producers/simulator/incidents producers/simulator/tills",
    },
    "transaction.terminal_id": {
        "statement": "stg_transactions",
        "generated": "transaction.py transaction.sql",
        "module": "producers/simulator/incidents producers/simulator/tills",
    },
    "shipment.order_id": {
        "statement": "5_stock_ledger 8_open_orders stg_shipments",
        "generated": "shipment.py shipment.sql",
        "module": "audit/open_orders audit/stock_events producers/replenisher/known_shelves "
        "producers/replenisher/replenisher producers/simulator/opening_stock "
        "producers/simulator/outstanding_orders producers/supplier_behaviour",
    },
    "transfer.phase": {
        # 10_quarantine names the kind that is made of an unknown phase.
        "statement": "10_quarantine 4_inventory_levels 5_stock_ledger 9_open_transfers "
        "stg_transfers",
        "generated": "transfer.py transfer.sql",
        "module": "audit/handled audit/open_transfers audit/stock_events "
        "producers/replay/event_words producers/simulator/live producers/simulator/transfers",
        "page": "dashboard/booking/unlikely_amounts",
    },
    "adjustment.reason": {
        "statement": "5_stock_ledger stg_adjustments",
        "generated": "adjustment.py adjustment.sql",
        "module": "audit/stock_events producers/replay/event_words producers/simulator/shrinkage",
        "page": "dashboard/booking/unlikely_amounts",
    },
    "product.lead_time": {
        "generated": "product.py",
        "module": "producers/replenisher/known_shelves producers/replenisher/ordering_policy "
        "producers/simulator/catalogue producers/simulator/supplier views/shelf_figures",
    },
    "open_order.remaining": {
        "statement": "8_open_orders",
        "generated": "open_order.py open_order.sql",
        "module": "audit/definitions audit/open_orders producers/replenisher/deliveries "
        "producers/replenisher/replenisher producers/replenisher/shelf_orders "
        "producers/simulator/outstanding_orders views/database/shelf_records views/demand "
        "views/incoming views/open_items",
        "page": "dashboard/booking/verbs dashboard/queries/bookings "
        "dashboard/queries/open_deliveries dashboard/web/booked_product "
        "dashboard/web/pages/deliveries_page",
    },
    "sales_by_day.business_day": {
        "statement": "7_sales_by_day",
        "generated": "sales_by_day.py sales_by_day.sql",
        "module": "audit/sales_by_day views/availability views/database/shelf_records "
        "views/demand views/sales_days views/shelf_figures",
        "page": "dashboard/queries/product_shelves dashboard/queries/store_sales",
    },
    "inventory_level.counted_at": {
        "statement": "4_inventory_levels",
        "generated": "inventory_level.py inventory_level.sql",
        "module": "audit/levels views/availability views/shelf_figures",
        "page": "dashboard/text/spreadsheet",
    },
    "quarantined_record.reason": {
        "statement": "10_quarantine",
        "generated": "quarantined_record.py quarantined_record.sql",
        "module": "audit/known_quarantine gate/envelope gate/quarantine_list gate/redrive "
        "gate/show views/database/quarantine_rows views/quarantine",
        "page": "dashboard/queries/counts_too_late dashboard/text/quarantine_example",
    },
}
"""Field -> kind of reader -> files, by reading statements and modules."""


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@cache
def answer(*arguments: str | Path) -> Any:
    result = run("impact", *arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def named(kind: str, file: str) -> str:
    """Return a file as the list above names it."""
    path = Path(file)
    if kind == "statement":
        return path.stem
    return path.name if kind == "generated" else str(path.with_suffix(""))


@pytest.mark.parametrize("field", BY_HAND)
def test_the_readers_of_a_field_are_those_that_a_person_finds(field: str) -> None:
    direct: dict[str, set[str]] = {}
    for each in answer(field)["direct"]:
        direct.setdefault(each["kind"], set()).add(named(each["kind"], each["file"]))
    assert direct == {kind: set(files.split()) for kind, files in BY_HAND[field].items()}


@pytest.mark.parametrize("field", BY_HAND)
def test_each_line_that_is_named_shows_the_field_or_what_is_made_of_it(field: str) -> None:
    for each in answer(field)["direct"]:
        if each["kind"] in ("module", "page", "generated"):
            lines = (ROOT / each["file"]).read_text("utf-8").splitlines()
            for number in each["lines"]:
                assert field.partition(".")[2] in lines[number - 1], (each, number)


def test_a_page_that_shows_what_the_job_makes_of_the_field_is_named() -> None:
    derived = answer("transaction.quantity")["derived"]
    assert "dashboard/text/spreadsheet.py" in {
        each["file"] for each in derived["inventory_level.on_hand"]
    }
    assert "views/database/shelf_records.py" in {
        each["file"] for each in derived["sales_by_day.units"]
    }
    assert "open_order.remaining" not in derived


def test_results_of_a_java_function_but_its_keys_are_made_of_all_its_input() -> None:
    derived = answer("shipment.quantity")["derived"]
    assert {"open_order.ordered", "open_order.expected_at"} <= derived.keys()
    assert not {"open_order.order_id", "open_order.sku", "open_order.generation"} & derived.keys()


def test_text_names_place_and_what_is_written() -> None:
    text = run("impact", "transaction.currency").stdout
    assert "  flink/sql/staging/stg_transactions.sql:11\n" in text
    assert "sales_by_day.currency" in text
    assert "producers/simulator/tills.py" in text


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("transaction.quantiti", "did you mean quantity?"),
        ("transactions.quantity", "did you mean transaction?"),
        ("transaction.zzz", "expected one of event_id"),
    ],
)
def test_an_unknown_field_is_named_with_the_known_ones(target: str, words: str) -> None:
    result = run("impact", target)
    assert result.exit_code == 2
    assert words in result.output


MODULE = """
from collections.abc import Iterable
from schemas.generated import AnyEvent, OpenOrder, Shipment, Transaction


def annotated(sale: Transaction, other: str) -> int:
    return sale.line_no


def in_a_loop(orders: Iterable[OpenOrder]) -> int:
    return sum(one.ordered for one in orders)


def narrowed(event: AnyEvent) -> object:
    if isinstance(event, Shipment):
        return event.sku
    return event.event_id


def matched(event: AnyEvent) -> object:
    match event:
        case Transaction(unit_price=price):
            return price
        case Shipment() as shipment:
            return event.order_id


class Shelf:
    def __init__(self, reason: str) -> None:
        self.terminal_id = reason


def not_a_record(shelf: Shelf) -> str:
    return shelf.terminal_id


def made() -> Transaction:
    return Transaction(receipt_id="r")
"""


@pytest.mark.parametrize(
    ("field", "reads", "writes"),
    [
        ("transaction.line_no", 1, 0),
        ("open_order.ordered", 1, 0),
        ("shipment.sku", 1, 0),
        ("transaction.sku", 0, 0),
        ("transaction.event_id", 1, 0),
        ("adjustment.event_id", 1, 0),
        ("transaction.unit_price", 1, 0),
        ("shipment.order_id", 1, 0),
        ("replenishment_order.order_id", 0, 0),
        ("transaction.terminal_id", 0, 0),
        ("transaction.receipt_id", 0, 1),
    ],
)
def test_uses_of_a_module_follow_annotations_and_narrowing(
    tmp_path: Path, field: str, reads: int, writes: int
) -> None:
    shutil.copytree(
        ROOT / "schemas", tmp_path / "schemas", ignore=shutil.ignore_patterns("*.py", "*enera*")
    )
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "module.py").write_text(MODULE, "utf-8")
    readers = answer(field, "--schemas", tmp_path / "schemas")["direct"]
    assert sum(each["detail"] != "writes" for each in readers) == reads
    assert sum(each["detail"] == "writes" for each in readers) == writes
