"""python -m dashboard.export: the current levels as CSV, and its error messages."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import update

from connect.settings import Settings
from dashboard import export
from dashboard.queries import exported_levels
from dashboard.queries.exported_levels import ExportedLevel
from dashboard.text import spreadsheet
from schemas.generated import InventoryLevel, OpenOrder, OpenTransfer, Product, SalesByDay
from schemas.record import Record
from tests.support.page_database import write
from tests.support.store_records import AT, level, product
from views.database.engine import open_database, writing
from views.database.tables import OFFSETS

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    def invoke(
        records: Sequence[Record],
        *arguments: str,
        broken: int = 0,
        absent: tuple[type[Record], ...] = (),
    ) -> Result:
        engine = open_database(Settings(state=tmp_path))
        write(engine, records, None, absent)
        with writing(engine) as connection:
            levels = OFFSETS.c.topic == InventoryLevel.TOPIC
            connection.execute(update(OFFSETS).where(levels).values(undecodable=broken))
        monkeypatch.setenv("INVENTORY_STATE", str(tmp_path))
        return CliRunner().invoke(export.main, arguments)

    return invoke


def rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_rows_are_joined_and_sorted_by_store_and_sku(run: Run) -> None:
    csv_rows = rows(
        run(
            [
                level("b", 0),
                level("a", 99),
                product("a", 10, "Milk, 1 l", "Dairy"),
                level("b", 4, store="S2", version=2),
            ]
        )
    )
    assert [(row["store_id"], row["sku"]) for row in csv_rows] == [
        ("S1", "a"),
        ("S1", "b"),
        ("S2", "b"),
    ]
    assert csv_rows[0] == {
        "store_id": "S1",
        "sku": "a",
        "name": "Milk, 1 l",
        "category": "Dairy",
        "status": "over",
        "on_hand": "99",
        "reorder_point": "10",
        "sold": "3",
        "returned": "1",
        "received": "2",
        "version": "1",
        "last_movement_at": "2026-01-31T09:00:00.000Z",
        "adjusted": "0",
        "transferred_in": "0",
        "transferred_out": "0",
        "counted_at": "",
        "on_order": "0",
        "due": "",
        "in_transit": "0",
        "sold_per_day": "0.0",
        "days_in_stock": "42",
        "thin": "false",
        "days_of_cover": "",
        "suggested_order": "0",
        "unit": "each",
    }
    assert (csv_rows[2]["on_hand"], csv_rows[2]["reorder_point"], csv_rows[2]["name"]) == (
        "4",
        "",
        "",
    )


def test_without_levels_there_is_the_header_alone(run: Run) -> None:
    result = run([product("a")])
    assert (result.exit_code, result.stdout) == (0, ",".join(spreadsheet.HEADER) + "\n")


def test_one_store_can_be_selected(run: Run) -> None:
    csv_rows = rows(run([level("a", 1), level("a", 2, store="S2")], "--store", "S2"))
    assert [row["on_hand"] for row in csv_rows] == ["2"]


def test_an_unknown_store_is_an_error_that_lists_the_stores(run: Run) -> None:
    result = run([level("a", 1)], "--store", "S9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: --store: no levels of store 'S9'; choose one of S1.\n"


def test_undecodable_records_are_reported_and_the_others_printed(run: Run) -> None:
    result = run([level("a", 1)], broken=3)
    assert len(rows(result)) == 1
    assert "Skipped 3 records of inventory-levels that cannot be decoded." in result.stderr


def test_a_database_that_cannot_be_opened_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "read-model.sqlite").write_bytes(b"no database, and long enough" * 100)
    monkeypatch.setenv("INVENTORY_STATE", str(tmp_path))
    result = CliRunner().invoke(export.main)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "read-model.sqlite fails: file is not a database" in result.stderr


def test_levels_that_are_not_all_read_are_an_error_and_no_short_list(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_database(Settings(state=tmp_path))
    write(engine, [level("a", 1)])
    with writing(engine) as connection:
        connection.execute(update(OFFSETS).values(complete=False))
    monkeypatch.setenv("INVENTORY_STATE", str(tmp_path))
    result = CliRunner().invoke(export.main)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "has not yet read all levels and products" in result.stderr


def test_more_levels_than_are_in_memory_at_once_are_all_printed(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exported_levels, "FETCHED", 2)
    csv_rows = rows(run([level(str(number), number) for number in range(1, 8)]))
    assert [row["on_hand"] for row in csv_rows] == ["1", "2", "3", "4", "5", "6", "7"]


@pytest.mark.parametrize("start", "=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
def test_no_text_is_run_as_a_formula(run: Run, start: str) -> None:
    records = [
        level(f"{start}1", -7),
        product(f"{start}1", name=f"{start}1+1", category=f"{start}c"),
    ]
    (row,) = rows(run(records))
    assert row["sku"] == f"'{start}1"
    assert row["name"] == f"'{start}1+1"
    assert row["category"] == f"'{start}c"
    assert row["on_hand"] == "-7"
    (row,) = rows(run([], "--raw"))
    assert (row["sku"], row["name"]) == (f"{start}1", f"{start}1+1")


@given(some.text(min_size=1), some.text(min_size=1))
def test_any_text_is_quoted_correctly(sku: str, name: str) -> None:
    file = io.StringIO(newline="")
    spreadsheet.write([ExportedLevel(level(sku, 1), product(sku, name=name))], file, raw=True)
    file.seek(0)
    (row,) = csv.DictReader(file)
    assert (row["sku"], row["name"]) == (sku, name)


def test_the_header_names_fields_of_the_contracts() -> None:
    fields = InventoryLevel.__slots__ + Product.__slots__
    joined = {"status", "on_order", "due", "in_transit"}
    computed = {"sold_per_day", "days_in_stock", "thin", "days_of_cover", "suggested_order"}
    assert set(spreadsheet.HEADER) - set(fields) == joined | computed


def test_missing_topics_are_reported_and_their_cells_empty(run: Run) -> None:
    record_types = (OpenOrder, OpenTransfer, SalesByDay)
    result = run([level("a", 1), product("a")], absent=record_types)
    (row,) = rows(result)
    unknown = ["on_order", "due", "in_transit", "sold_per_day", "days_in_stock", "thin"]
    assert [row[name] for name in [*unknown, "days_of_cover", "suggested_order"]] == [""] * 8
    assert row["on_hand"] == "1"
    assert all(
        f"Missing topic {each.TOPIC}: its columns are empty." in result.stderr
        for each in record_types
    )


def test_levels_that_are_not_brought_up_to_date_are_named_as_old(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(open_database(Settings(state=tmp_path)), [level("a", 1)], AT)
    monkeypatch.setenv("INVENTORY_STATE", str(tmp_path))
    result = CliRunner().invoke(export.main)
    assert len(rows(result)) == 1
    assert "has read nothing since 2026-01-31 09:00:00 UTC: these levels are from" in result.stderr
