"""Files as they come: each kind, written by a library of its own, gives the same events."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.support.exports import (
    JOURNEY,
    journey,
    rejected,
    run,
)
from tests.support.sales_files import BINARIES, objects, typed, xlsx, zipped
from tests.support.sales_text import CSV, HEADER, RIGHT, cells, mapped, values


@pytest.mark.parametrize("name", BINARIES)
def test_every_kind_of_file_gives_the_same_events(tmp_path: Path, name: str) -> None:
    file = tmp_path / "export"
    file.write_bytes(BINARIES[name])
    records = run(tmp_path, file, mapped(tmp_path))
    assert not rejected(tmp_path)
    assert values(records) == RIGHT


@pytest.mark.parametrize("name", ["xlsx", "JSON lines"])
def test_numbers_of_a_workbook_have_no_separators(tmp_path: Path, name: str) -> None:
    file = tmp_path / "export"
    file.write_bytes(BINARIES[name].replace(b"1250.0", b"1.125"))
    records = run(tmp_path, file, mapped(tmp_path, ("[csv]", "decimal_comma = true\n[csv]")))
    amounts = [record.line_amount for record in records]
    assert amounts == [Decimal("2.38"), amounts[1], Decimal("-0.35")]
    assert amounts[1] == (Decimal("1250") if name == "xlsx" else Decimal("1.12"))


@pytest.mark.parametrize("number", ["1e5", "0.0000001", "-0", "1e99999999999999999999"])
def test_a_number_of_json_identifies_its_event_as_it_is_written(
    tmp_path: Path, number: str
) -> None:
    first, *_ = objects()
    file = tmp_path / "export.jsonl"
    file.write_text(json.dumps(first | {"Receipt": "NUMBER"}).replace('"NUMBER"', number))
    (record,) = run(tmp_path, file, mapped(tmp_path))
    assert number in record.event_id.split(":")


BESIDE = {
    "index.xml": b'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE DataSet>\n<DataSet/>',
    "gdpdu.dtd": b"<!ELEMENT DataSet (Version)>",
    "report.pdf": b"%PDF-1.7",
    "vouchers.csv": b"",
}


def test_what_is_no_table_beside_one_in_an_archive_is_named_and_not_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "export.zip").write_bytes(zipped({**BESIDE, "sales.csv": CSV}))
    assert values(run(tmp_path, tmp_path / "export.zip", mapped(tmp_path))) == RIGHT
    output = capsys.readouterr().out
    for name in BESIDE:
        assert f"Not read: {tmp_path / 'export.zip'}: {name} is " in output


OWN = ("file_line", "File_Row", "file_part", "file_problem", "file_place")


@pytest.mark.parametrize("name", ["CSV", "Parquet"])
def test_columns_of_a_file_may_have_the_names_of_the_replays_own(tmp_path: Path, name: str) -> None:
    rows = [dict(zip(HEADER, row, strict=True)) | dict.fromkeys(OWN, "x") for row in cells()]
    file = tmp_path / "export"
    if name == "CSV":
        lines = [list(rows[0]), *(list(row.values()) for row in rows)]
        with file.open("w", encoding="utf-8", newline="") as text:
            csv.writer(text).writerows(lines)
    else:
        pq.write_table(pa.Table.from_pylist(rows), str(file))
    assert values(run(tmp_path, file, mapped(tmp_path))) == RIGHT


def test_a_second_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    (tmp_path / "export").write_bytes(b"\xef\xbb\xbf" * 2 + CSV)
    assert values(run(tmp_path, tmp_path / "export", mapped(tmp_path))) == RIGHT


def test_a_hidden_sheet_is_read_only_by_its_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = openpyxl.load_workbook(io.BytesIO(xlsx(typed())))
    hidden = book.create_sheet("Old")
    hidden.sheet_state = "hidden"
    for row in [HEADER, *typed()[1:2]]:
        hidden.append(row)
    book.save(tmp_path / "book.xlsx")
    assert len(run(tmp_path, tmp_path / "book.xlsx", mapped(tmp_path))) == 3
    assert "book.xlsx, hidden sheet 'Old'." in capsys.readouterr().out
    named = mapped(tmp_path, ("[csv]", 'part = "Old"\n[csv]'))
    assert len(run(tmp_path, tmp_path / "book.xlsx", named)) == 1


def test_an_object_with_two_values_of_one_name_is_rejected(tmp_path: Path) -> None:
    first, *others = map(json.dumps, objects())
    twice = first.replace('"Qty": 2', '"Qty": 2, "Qty": 3')
    (tmp_path / "export").write_text("\n".join([twice, *others]))
    assert values(run(tmp_path, tmp_path / "export", mapped(tmp_path))) == RIGHT[1:]
    ((line, _, reason, *_),) = rejected(tmp_path)
    assert line == "1"
    assert "expected a JSON object" in reason


def test_a_pattern_chooses_the_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    book = openpyxl.Workbook()
    for name in ("May", "June"):
        sheet = book.create_sheet(name)
        for row in [HEADER, *([name, *row[1:]] for row in cells())]:
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    records = run(tmp_path, tmp_path / "book.xlsx", mapped(tmp_path))
    assert [record.store_id for record in records] == ["May"] * 3 + ["June"] * 3
    assert "lacks the mapping's columns: " in capsys.readouterr().out
    only = mapped(tmp_path, ("[csv]", 'part = "Ju*"\n[csv]'))
    assert {r.store_id for r in run(tmp_path, tmp_path / "book.xlsx", only)} == {"June"}


def test_parquet_is_read_to_the_last_row(tmp_path: Path) -> None:
    records = run(tmp_path, journey(tmp_path), JOURNEY)
    assert len(records) == 12_345
    assert [record.line_no for record in records[:6]] == [1, 2, 3, 1, 2, 3]
    last = records[-1]
    assert last.event_id == f"completejourney:{31198570044 + 12344 // 3}:{12344 % 3}"
    assert last.line_amount == Decimal("3.44")
    assert last.occurred_at == datetime.fromtimestamp(1483271606 + 12_344, UTC)
    assert sum(record.quantity for record in records) == sum(n % 4 for n in range(12_345))


def journey_with(
    tmp_path: Path, column: str, values: "pa.Array[Any, Any] | pa.ChunkedArray[Any, Any]"
) -> Path:
    """A journey of as many rows, with other values in one column."""
    assert isinstance(values, pa.Array)
    table = pq.read_table(str(journey(tmp_path, len(values))))
    place = table.schema.get_field_index(column)
    file = tmp_path / "changed"
    pq.write_table(table.set_column(place, column, values), str(file))
    return file


def test_parquet_rows_without_a_number_are_rejected(tmp_path: Path) -> None:
    values = pa.array([None, float("nan"), float("inf"), *[1.0] * 7])
    assert len(run(tmp_path, journey_with(tmp_path, "sales_value", values), JOURNEY)) == 7
    rows = rejected(tmp_path)
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert "expected a value, got nothing" in rows[0][2]
    assert "got nan" in rows[1][2]
    assert rows[1][4] == "31198570044"


@pytest.mark.parametrize("zone", [None, "Asia/Tokyo", "UTC"])
def test_parquet_times_are_what_they_are(tmp_path: Path, zone: str | None) -> None:
    microseconds = pa.array([1483271606123456, None, 2**60], pa.int64())
    times = microseconds.cast(pa.timestamp("us", zone))
    (record,) = run(tmp_path, journey_with(tmp_path, "transaction_timestamp", times), JOURNEY)
    assert record.occurred_at == datetime(2017, 1, 1, 11, 53, 26, 123_000, UTC)
    reasons = [row[2] for row in rejected(tmp_path)]
    assert reasons[0].startswith("occurred_at: expected a value, got nothing")
    assert reasons[1].startswith("occurred_at: expected a time in ISO 8601, got '115292")


OTHER_TYPES = {
    "decimal256": pa.array([Decimal("2.38")] * 3, pa.decimal256(50, 12)),
    "decimal256 in a list": pa.array([[Decimal("2.38")]] * 3, pa.list_(pa.decimal256(50, 2))),
    "float16": pa.array([None] * 3, pa.float16()),
    "": pa.array(["x"] * 3),
}


@pytest.mark.parametrize("name", OTHER_TYPES)
def test_parquet_may_have_columns_of_any_type_and_without_a_name(tmp_path: Path, name: str) -> None:
    columns = dict(zip(HEADER, map(list, zip(*cells(), strict=True)), strict=True))
    pq.write_table(pa.table({**columns, name: OTHER_TYPES[name]}), str(tmp_path / "export"))
    assert values(run(tmp_path, tmp_path / "export", mapped(tmp_path))) == RIGHT


def test_parquet_of_repeated_values_is_read(tmp_path: Path) -> None:
    values = pa.array(["a", "b", "a"] * 4000).dictionary_encode()
    records = run(tmp_path, journey_with(tmp_path, "store_id", values), JOURNEY)
    assert [record.store_id for record in records] == ["a", "b", "a"] * 4000
