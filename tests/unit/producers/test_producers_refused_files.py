"""A file that cannot be read is one sentence that names its kind, and nothing is sent."""

import gzip
import io
import os
import shutil
import struct
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.errors import UserError
from producers.replay import reading
from producers.replay.workspace import store
from tests.support.exports import (
    everything,
    run,
)
from tests.support.refused_files import REFUSED
from tests.support.sales_files import BINARIES, zipped
from tests.support.sales_text import CSV, HEADER, mapped


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_named_for_what_it_is(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    file = tmp_path / "export.csv"
    file.write_bytes(content)
    before = len(everything)
    with pytest.raises(UserError, match=message) as raised:
        run(tmp_path, file, mapped(tmp_path))
    assert raised.value.message.isprintable()
    assert len(everything) == before


def far_cell() -> bytes:
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write(1_048_575, 16_383, " ")
    book.close()
    return content.getvalue()


def uncalculated(library: str) -> bytes:
    """Write a formula as a program does that calculates none: without a value, or with 0."""
    content = io.BytesIO()
    if library == "xlsxwriter":
        book = xlsxwriter.Workbook(content)
        book.add_worksheet().write_row(0, 0, [*HEADER, "=1+1"])
        book.close()
    else:
        other = openpyxl.Workbook()
        assert other.active is not None
        other.active.append([*HEADER, "=1+1"])
        other.save(content)
    if library != "another":
        return content.getvalue()
    members = {}
    with zipfile.ZipFile(content) as archive:
        for name in archive.namelist():
            members[name] = archive.read(name).replace(b' fullCalcOnLoad="1"', b"")
    return zipped(members)


def parquet_with_names(*names: str) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table({name: ["1"] for name in names}), cast(Any, content))
    return content.getvalue()


HOSTILE: dict[str, tuple[bytes, str]] = {
    "a cell far away": (far_cell(), "reaches to cell XFD1048576: delete the empty rows and"),
    "a formula with 0": (uncalculated("xlsxwriter"), "formulas that no spreadsheet has calculated"),
    "a formula without a value": (uncalculated("openpyxl"), "open it in one, save it, and replay"),
    "a formula of another program": (uncalculated("another"), "formulas that no spreadsheet has"),
    "a line without an end": (b"Store,SKU\n" + b"0" * 2_000_000, "more than .* in line 2: it is"),
    "parquet with a name twice": (parquet_with_names("SKU", "sku"), r"SKU \(1\), sku \(2\)"),
    "json with names twice": (b'{"SKU": "A", "sku": "B"}', r"SKU \(1\), sku \(2\)"),
    "NUL in a name": (CSV.replace(b"SKU", b"S\0KU"), "'SKU' is neither a column"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_would_break_a_reader_is_one_sentence(tmp_path: Path, name: str) -> None:
    content, message = HOSTILE[name]
    (tmp_path / "export").write_bytes(content)
    with pytest.raises(UserError, match=message):
        run(tmp_path, tmp_path / "export", mapped(tmp_path))


ZONE = b"TZif" + bytes(16) + struct.pack(">6l", 0, 0, 0, 0, 1, 4) + bytes(6) + b"UTC\0"


def test_a_zone_that_the_database_lacks_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(CSV)
    zone = ZoneInfo.from_file(io.BytesIO(ZONE), key="Nowhere/City")
    mapping = replace(mapped(tmp_path), zone=zone)
    with pytest.raises(UserError, match="does not know 'Nowhere/City': name the zone by a city"):
        run(tmp_path, tmp_path / "sales.csv", mapping)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UserError, match="is a pipe, which cannot be read twice: save it as a"):
        run(tmp_path, tmp_path / "pipe", mapped(tmp_path))


def test_a_file_that_changes_while_it_is_read_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, mapping = tmp_path / "sales.csv", mapped(tmp_path)
    file.write_bytes(CSV)

    def reads(*arguments: Any) -> None:
        store(*arguments)
        file.write_bytes(CSV + CSV.splitlines(keepends=True)[-1])

    monkeypatch.setattr(reading, "store", reads)
    before = len(everything)
    with pytest.raises(UserError, match="was changed while it was read: wait until"):
        run(tmp_path, file, mapping)
    assert len(everything) == before


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped({"sales.csv": data})])
def test_what_would_fill_the_disk_is_not_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / "bomb").write_bytes(pack(CSV + bytes(5_000_000)))
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=4_000_000))
    with pytest.raises(UserError, match=r"bomb.* unpacks to 1,048,576 bytes and more, half of"):
        run(tmp_path, tmp_path / "bomb", mapped(tmp_path))


def test_an_archive_that_needs_a_password_is_named(tmp_path: Path) -> None:
    content = bytearray(zipped({"sales.csv": CSV}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    (tmp_path / "secret.zip").write_bytes(content)
    with pytest.raises(UserError, match="a zip archive that is password-protected"):
        run(tmp_path, tmp_path / "secret.zip", mapped(tmp_path))


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UserError, match=r"cannot be read: (No such file|Is a directory)"):
            run(tmp_path, path)


@settings(max_examples=15)
@given(
    start=st.sampled_from(
        [b"", *(binary[:40] for binary in BINARIES.values()), CSV, b"[{", b"PK\3\4"]
    ),
    rest=st.binary(max_size=400),
)
def test_random_bytes_are_one_sentence_or_rejected_lines(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "file").write_bytes(start + rest)
    try:
        run(folder, folder / "file", mapped(folder))
    except UserError as error:
        message = error.format_message()
        if not message.isprintable():
            raise
