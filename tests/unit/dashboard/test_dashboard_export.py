"""python -m dashboard.export: the current levels as CSV, and its error messages."""

import csv
import gc
import io
from collections.abc import Callable, Iterator, Sequence

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as some

from connect.errors import UserError
from dashboard import export
from dashboard.feed.source import Source
from dashboard.model import shelf
from dashboard.text import spreadsheet
from schemas.generated import InventoryLevel, OpenOrder, OpenTransfer, Product, SalesByDay
from schemas.record import Record
from tests.support.store_records import level, product

Run = Callable[..., Result]


class Reader:
    """A fake views.reader.TopicReader of some records."""

    def __init__(self, records: Sequence[Record], broken: int = 0) -> None:
        self._records = list(records)
        self.caught_up = False
        self.undecodable = {"inventory-levels": broken} if broken else {}

    def read(self, limit: int, seconds: float) -> list[Record]:  # noqa: ARG002
        self.caught_up = not self._records
        records, self._records = self._records, []
        return records

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """Enable the garbage collector, which the command disables."""
    yield
    gc.enable()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    def invoke(
        records: Sequence[Record],
        *arguments: str,
        broken: int = 0,
        absent: tuple[type[Record], ...] = (),
    ) -> Result:
        source = Source(Reader(records, broken), lambda: None, absent)
        monkeypatch.setattr(export, "opened", lambda *_: source)
        return CliRunner().invoke(export.main, arguments)

    return invoke


def rows(result: Result) -> list[dict[str, str]]:
    assert result.exit_code == 0, result.output
    return list(csv.DictReader(io.StringIO(result.stdout)))


def test_rows_are_joined_and_sorted_by_store_and_sku(run: Run) -> None:
    csv_rows = rows(
        run(
            [
                level("b", 5, store="S2"),
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
        "days_of_cover": "inf",
        "suggested_order": "0",
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


def test_a_missing_broker_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> None:
        raise UserError("No Kafka broker answers at 127.0.0.1:1.")

    monkeypatch.setattr(export, "opened", absent)
    result = CliRunner().invoke(export.main)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "Error: No Kafka broker answers at 127.0.0.1:1.\n"


def test_a_silent_broker_is_an_error(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(Reader, "read", lambda *_: [])
    result = run([level("a", 1)])
    assert result.exit_code == 1
    assert "has sent nothing" in result.stderr


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
    (row,) = rows(run(records, "--raw"))
    assert (row["sku"], row["name"]) == (f"{start}1", f"{start}1+1")


@given(some.text(min_size=1), some.text(min_size=1))
def test_any_text_is_quoted_correctly(sku: str, name: str) -> None:
    file = io.StringIO(newline="")
    spreadsheet.write([shelf.line(level(sku, 1), product(sku, name=name))], file, raw=True)
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
