"""Files of an export: compressed, encoded, Parquet or CSV, whole or damaged."""

import bz2
import gzip
import lzma
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.errors import UserError
from producers.replay.csv_lines import CsvLines
from producers.replay.row_batch import SIZE
from tests.support.exports import (
    JOURNEY,
    MAPPING,
    SAMPLE,
    everything,
    journey,
    rejected,
    run,
    sample,
)


@pytest.mark.parametrize(
    "compress",
    [
        gzip.compress,
        bz2.compress,
        lzma.compress,
        lambda data: pa.compress(data, "zstd", asbytes=True),
    ],
    ids=["gz", "bz2", "xz", "zst"],
)
def test_compression_changes_nothing(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    plain = run(tmp_path, SAMPLE)
    packed = tmp_path / "packed"
    packed.write_bytes(compress(SAMPLE.read_bytes()))
    assert run(tmp_path, packed) == plain
    for damaged in (packed.read_bytes()[:-9], packed.read_bytes()[: packed.stat().st_size // 2]):
        cut = tmp_path / "cut"
        cut.write_bytes(damaged)
        before = len(everything)
        with pytest.raises(
            UserError, match=r"(cut off or damaged|cannot be read) after line \d+ \("
        ):
            run(tmp_path, cut)
        assert len(everything) == before


@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "cp1252"), ("utf-16", "utf-16")])
def test_the_mapping_names_the_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("B01", "Bär")
    file = tmp_path / "encoded.csv"
    file.write_bytes(text.encode(encoding))
    records = run(tmp_path, file, replace(MAPPING, encoding=name))
    assert records[0].store_id == "Bär"


def test_bytes_of_another_encoding_spoil_their_lines_only(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes(SAMPLE.read_bytes().replace(b"B02;1;12007", b"B\xe4r;1;12007"))
    assert len(run(tmp_path, file)) == 18
    rows = rejected(tmp_path)
    assert [row[0] for row in rows] == ["12", "13"]
    assert "bytes that are not utf-8" in rows[0][1]
    assert b"B\xe4r" in (tmp_path / "rejects.csv").read_bytes()
    unmapped = tmp_path / "unmapped.csv"
    unmapped.write_bytes(SAMPLE.read_bytes().replace(b"Chocolate", b"Sch\xf6n"))
    assert len(run(tmp_path, unmapped)) == 20


def test_spreadsheets_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "bom.csv"
    file.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes().replace(b"\n", b"\r\n"))
    assert len(run(tmp_path, file)) == 20


def test_a_file_without_header_gets_its_columns_from_the_mapping(tmp_path: Path) -> None:
    names: list[str] = []
    file = sample(tmp_path, lambda lines: names.extend(lines.pop(0).strip().split(";")))
    records = run(tmp_path, file, replace(MAPPING, columns=tuple(names)))
    assert len(records) == 20


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"a;b\n1;2\n", "names column 'Store', which .* lacks; its columns are: a, b"),
        (b"Store,Till\n1,2\n", r"columns are: Store,Till \(is csv.delimiter right\?\)"),
        (b'Sto"re;"x\n', "names column 'Store'|not a CSV header"),
        (b"Store;Store;Till;Receipt;Article;Time;Quantity;Price\n", "more than one column 'Store'"),
        (b"PAR1 no parquet", "Parquet file that cannot be read"),
    ],
)
def test_a_file_that_does_not_fit_is_one_sentence(
    tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    before = len(everything)
    with pytest.raises(UserError, match=message) as raised:
        run(tmp_path, file)
    assert "\n" not in raised.value.message
    assert len(everything) == before


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UserError, match=r"cannot be read: (No such file|Is a directory)"):
            run(tmp_path, path)


def test_parquet_is_read_to_the_last_row(tmp_path: Path) -> None:
    records = run(tmp_path, journey(tmp_path), JOURNEY)
    assert len(records) == 12_345 > 2 * SIZE
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
    assert "expected a value, got nothing" in rows[0][1]
    assert "got nan" in rows[1][1]
    assert rows[1][3] == "31198570044"


def test_parquet_rows_are_numbered_through_the_file(tmp_path: Path) -> None:
    values = pa.array([None if n == 11_999 else 1 for n in range(12_345)])
    run(tmp_path, journey_with(tmp_path, "quantity", values), JOURNEY)
    assert [row[0] for row in rejected(tmp_path)] == ["12000"]


@pytest.mark.parametrize("zone", [None, "Asia/Tokyo", "UTC"])
def test_parquet_times_are_what_they_are(tmp_path: Path, zone: str | None) -> None:
    microseconds = pa.array([1483271606123456, None, 2**60], pa.int64())
    times = microseconds.cast(pa.timestamp("us", zone))
    (record,) = run(tmp_path, journey_with(tmp_path, "transaction_timestamp", times), JOURNEY)
    assert record.occurred_at == datetime(2017, 1, 1, 11, 53, 26, 123_000, UTC)
    reasons = [row[1] for row in rejected(tmp_path)]
    assert reasons[0].startswith("occurred_at: expected a value, got nothing")
    assert reasons[1].startswith("occurred_at: expected a time in ISO 8601, got '115292")


def test_parquet_columns_that_no_field_can_hold_are_refused(tmp_path: Path) -> None:
    file = journey_with(tmp_path, "store_id", pa.array([[1], [2], [3]]))
    with pytest.raises(UserError, match=r"Column 'store_id' of .* is list"):
        run(tmp_path, file, JOURNEY)


@given(
    rows=st.lists(
        st.lists(st.text('ab"; \n', max_size=6), min_size=3, max_size=3).filter(any), max_size=12
    )
)
def test_csv_that_is_right_is_read_right(rows: list[list[str]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows]
    text = "".join(lines).splitlines(keepends=True)
    read = list(CsvLines(text, ";").lines(3))
    assert [line.fields for line in read] == rows
    assert not any(line.reason for line in read)


@given(st.lists(st.text('ab";', max_size=8)))
def test_csv_that_is_wrong_loses_no_line(lines: list[str]) -> None:
    """Each line of text is in exactly one parsed line, which has its number."""
    source = CsvLines([f"{line}\n" for line in lines], ";")
    read = list(source.lines(2))
    assert source.number == len(lines)
    numbers = [line.number for line in read]
    assert numbers == sorted(set(numbers))
    for line in read:
        assert len(line.fields) == 2
    alone = [n for n, line in enumerate(lines, start=1) if line and '"' not in line]
    inside = {line.number for line in read if not line.reason and "\n" in "".join(line.fields)}
    if not inside:
        assert set(alone) <= set(numbers)
