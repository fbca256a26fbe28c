"""A known export is recognised by its columns, and read as what it is."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from producers.replay.known_exports import fitting_export, known_exports
from tests.support.conformance_exports import EXPORTS, units
from tests.support.exports import rejected
from tests.support.proposed_mappings import proposed, replayed, written
from tests.support.sales_files import zipped

KNOWN: dict[str, tuple[str, dict[str, int]]] = {
    "square_items.csv": (
        "Square",
        {"Autumn Fair|MUG-1": 1, "Autumn Fair|FERN-1": 1, "Harbor Shop|MUG-1": 1},
    ),
    "shopify_orders.csv": ("Shopify: orders", {"Main Shop|FERN-1": 3, "Main Shop|TOTE-1": 2}),
    "shopify_products.csv": ("Shopify: products", {}),
    "loyverse_cancelled.csv": (
        "Loyverse",
        {"Example Minimart|10221": 4, "Example Minimart|98000001": 6},
    ),
    "lightspeed_sales.csv": ("Lightspeed", {"Main|FERN-1": 1, "Main|TOTE-1": 1}),
    "toast_items.csv": ("Toast", {"Harbor Cafe|501": 2, "Harbor Cafe|COOKIE": 1}),
    "odoo_orders.csv": (
        "Odoo: sales",
        {"San Example|FERN-1": 2, "San Example|TOTE-1": 1, "San Example|Gift wrap": 3},
    ),
    "odoo_moves.csv": ("Odoo: moves", {}),
    "dsfinvk/lines.csv": ("DSFinV-K", {"Main|1001": 1, "Main|1002": 452}),
    "woocommerce_orders.csv": ("WooCommerce", {"Online|FERN-1": 4, "Online|MUG-1": 2}),
    "amazon_orders.txt": ("Amazon", {"Main|FERN-1": 2, "Amazon|MUG-1": 1}),
    "business_central_entries.xlsx": ("Business Central", {}),
    "artikelposten.csv": ("Business Central", {}),
}
"""Files of known exports: what their title begins with, and units sold by store and SKU."""


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_export_is_recognised_and_read(tmp_path: Path, name: str) -> None:
    title, sold = KNOWN[name]
    assert proposed(tmp_path, EXPORTS / name).title.startswith(title)
    records = replayed(tmp_path, EXPORTS / name)
    if sold:
        assert {key: count for key, count in units(records).items() if count} == sold
    assert len(rejected(tmp_path)) == (1 if name == "square_items.csv" else 0)


def test_every_known_export_has_a_file_here() -> None:
    titles = [each.title for each in known_exports()]
    assert len(titles) == len(KNOWN)
    for title, _ in KNOWN.values():
        assert any(each.startswith(title) for each in titles)


def test_moves_of_odoo_are_receipts_sales_corrections_and_transfers(tmp_path: Path) -> None:
    records = replayed(tmp_path, EXPORTS / "odoo_moves.csv")
    words = [f"{type(each).__name__} {each.quantity}" for each in records]
    assert words == [
        "Shipment 20",
        "Transaction 2",
        "Transaction -1",
        "Adjustment -3",
        "Transfer 4",
        "Transfer 4",
    ]
    assert [(each.phase, each.from_store, each.to_store) for each in records[-2:]] == [
        ("shipped", "WH", "EAST"),
        ("received", "WH", "EAST"),
    ]


def test_entries_of_business_central_are_the_same_in_german(tmp_path: Path) -> None:
    entries = replayed(tmp_path, EXPORTS / "artikelposten.csv")
    words = [f"{type(each).__name__} {each.quantity}" for each in entries]
    assert words == [
        "Shipment 1200",
        "Transaction 2",
        "Adjustment 1",
        "Adjustment -3",
        "Transfer 2",
        "Transfer 2",
        "Adjustment -1",
    ]
    assert [(each.from_store, each.to_store) for each in entries[4:6]] == [("BLAU", "ROT")] * 2
    assert entries[0].occurred_at == datetime(2026, 11, 19, 23, 0, tzinfo=UTC)
    assert str(entries[1].line_amount) == "1500.50"


def test_a_kind_of_entry_that_is_not_listed_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (EXPORTS / "artikelposten.csv").read_text("utf-8")
    replayed(tmp_path, written(tmp_path, text.replace(";Abgang;", ";Schwund;")))
    assert "does not list: schwund (lines: 1" in capsys.readouterr().err


def test_a_receipt_that_cancels_another_takes_its_goods_back(tmp_path: Path) -> None:
    for name in ("lines.csv", "transactions.csv"):
        text = (EXPORTS / "dsfinvk" / name).read_text("utf-8")
        written(tmp_path, text.replace("b-2;2;Beleg;", "b-2;2;AVBelegstorno;"), name)
    sold = replayed(tmp_path, tmp_path / "lines.csv")
    assert units(sold)["Main|1001"] == 1


def test_receipts_of_an_archive_find_their_times_in_it(tmp_path: Path) -> None:
    folder = EXPORTS / "dsfinvk"
    members = {path.name: path.read_bytes() for path in folder.iterdir()}
    (tmp_path / "export.zip").write_bytes(zipped(members))
    beside = replayed(tmp_path, folder / "lines.csv")
    inside = replayed(tmp_path, tmp_path / "export.zip")
    assert [each.event_id for each in inside] == [each.event_id for each in beside]
    assert inside[0].occurred_at == datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


def test_a_mapping_that_names_its_zone_keeps_it(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, EXPORTS / "dsfinvk" / "lines.csv", "Asia/Tokyo")
    assert proposal.text.count("time_zone") == 1
    assert 'time_zone = "Europe/Berlin"' in proposal.text


def test_an_assumption_stands_once_however_many_events_need_it(tmp_path: Path) -> None:
    moves = (EXPORTS / "odoo_moves.csv").read_text("utf-8")
    text = re.sub(r"2026-09-0\d", "05/05/2026", moves)
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    assert len([each for each in assumptions if "fits, too" in each]) == 1


def test_a_column_that_an_export_lacks_has_no_value(tmp_path: Path) -> None:
    header, *lines = (EXPORTS / "shopify_orders.csv").read_text("utf-8").splitlines()
    assert header.split(",")[15] == "Location"
    shorter = [",".join(line.split(",")[:15]) for line in (header, *lines)]
    records = replayed(tmp_path, written(tmp_path, "\n".join(shorter)))
    assert {record.store_id for record in records} == {"Online"}
    assert not rejected(tmp_path)


def test_the_most_specific_export_is_chosen() -> None:
    columns = {name for each in known_exports() for name in each.required}
    chosen = fitting_export(columns)
    assert chosen is not None
    assert len(chosen.required) == max(len(each.required) for each in known_exports())
    assert fitting_export(["Date", "Item"]) is None
