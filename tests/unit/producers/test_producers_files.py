"""Files as they come: each kind, written by a library of its own, gives the same events."""

import bz2
import csv
import gzip
import io
import json
import lzma
import os
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from unicodedata import normalize
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.errors import UserError
from producers.replay import reading
from producers.replay.csv_lines import CsvLines
from producers.replay.mapping import Mapping
from producers.replay.mapping_file import load_mapping
from producers.replay.workspace import store
from tests.support.exports import (
    JOURNEY,
    SAMPLE,
    everything,
    journey,
    rejected,
    run,
)

HEADER = ["Store", "Receipt", "Line", "SKU", "Name", "Qty", "Amount", "Sold at"]
Row = tuple[str, str, int, str, str, int, Decimal, datetime]
ROWS: list[Row] = [
    ("S1", "R1", 1, "00123", "Milk, 1 l", 2, Decimal("2.38"), datetime(2026, 5, 2, 8, 3, 11)),
    (
        "S1",
        "R1",
        2,
        "4006381333931",
        'Pipe 5" "x"',
        1,
        Decimal("1250.00"),
        datetime(2026, 5, 2, 8, 4),
    ),
    (
        "S2",
        "R2",
        1,
        "K\u00e4se",
        "\u20ac-Br\u00f6tchen",
        -1,
        Decimal("-0.35"),
        datetime(2026, 12, 31, 23, 59),
    ),
]
TOML = """
contract = "transaction"
source = "file"
event_id = ["Receipt", "Line"]
identical_lines = "repeats"
time_zone = "UTC"
[csv]
[fields]
receipt_id = "Receipt"
line_no = "Line"
store_id = "Store"
terminal_id = "'1'"
sku = "SKU"
quantity = "Qty"
line_amount = "Amount"
currency = "'EUR'"
occurred_at = "Sold at"
"""
Cells = list[list[str]]


def mapped(tmp_path: Path, *changes: tuple[str, str]) -> Mapping:
    text = TOML
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (tmp_path / "mapping.toml").write_text(text, encoding="utf-8")
    return load_mapping(tmp_path / "mapping.toml")


def setting(entry: str) -> tuple[str, str]:
    return "[csv]", f"[csv]\n{entry}"


def cells() -> Cells:
    return [
        [
            store,
            receipt,
            str(line),
            sku,
            name,
            str(quantity),
            f"{amount}",
            f"{time:%Y-%m-%d %H:%M:%S}",
        ]
        for store, receipt, line, sku, name, quantity, amount, time in ROWS
    ]


def written(rows: Cells, **options: Any) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, **options).writerows(rows)
    return text.getvalue()


def table(**options: Any) -> str:
    return written([HEADER, *cells()], **options)


def values(records: list[Any]) -> list[tuple[Any, ...]]:
    return [
        (r.store_id, r.receipt_id, r.line_no, r.sku, r.quantity, r.line_amount, r.occurred_at)
        for r in records
    ]


RIGHT = [
    (store, receipt, line, sku, quantity, amount, time.replace(tzinfo=UTC))
    for store, receipt, line, sku, _, quantity, amount, time in ROWS
]


def changed(column: str, change: Callable[[str], str]) -> str:
    place = HEADER.index(column)
    rows = [[*row[:place], change(row[place]), *row[place + 1 :]] for row in cells()]
    return written([HEADER, *rows])


def last_comma(text: str) -> str:
    return text.replace(".", ",")


def german(amount: str) -> str:
    return f"{Decimal(amount):,.2f}".translate(str.maketrans(",.", ".,"))


def times(pattern: str) -> str:
    return changed("Sold at", lambda text: datetime.fromisoformat(text).strftime(pattern))


def as_time(sql: str) -> tuple[str, str]:
    return 'occurred_at = "Sold at"', f'occurred_at = """{sql}"""'


TITLE = "Sales report\r\nFrom,1 May\r\n\r\n"
CSV_FORMS: dict[str, tuple[bytes, tuple[tuple[str, str], ...]]] = {
    "utf-8": (table().encode(), ()),
    "utf-8 with a mark": (table().encode("utf-8-sig"), ()),
    "utf-16 with a mark": (table().encode("utf-16"), ()),
    "utf-16-be with a mark": (b"\xfe\xff" + table().encode("utf-16-be"), ()),
    "utf-32": (table().encode("utf-32"), ()),
    "utf-16-le": (table().encode("utf-16-le"), ()),
    "utf-16-be": (table().encode("utf-16-be"), ()),
    "utf-16 that is named": (table().encode("utf-16-le"), (setting('encoding = "utf-16"'),)),
    "windows-1252": (table().encode("cp1252"), (setting('encoding = "cp1252"'),)),
    "cp850": (table().replace("\u20ac", "E").encode("cp850"), (setting('encoding = "cp850"'),)),
    "semicolons": (table(delimiter=";").encode(), ()),
    "tabs": (table(delimiter="\t").encode(), ()),
    "bars": (table(delimiter="|").encode(), ()),
    "a separator that is named": (table(delimiter="^").encode(), (setting('delimiter = "^"'),)),
    "sep=": (b"sep=;\r\n" + table(delimiter=";").encode(), ()),
    "sep= against the mapping": (
        b'"sep=^"\r\n' + table(delimiter="^").encode(),
        (setting('delimiter = ";"'),),
    ),
    "all quoted": (table(quoting=csv.QUOTE_ALL).encode(), ()),
    "line feeds": (table(lineterminator="\n").encode(), ()),
    "carriage returns": (table(lineterminator="\r").encode(), ()),
    "backslash quotes": (table(doublequote=False, escapechar="\\").encode(), ()),
    "a title": ((TITLE + table()).encode(), ()),
    "a title to skip": ((TITLE + table()).encode(), (setting("skip = 3"),)),
    "repeated headers": (written([HEADER, cells()[0], HEADER, *cells()[1:]]).encode(), ()),
    "blank lines": (table().replace("\r\n", "\r\n\r\n,,,,,,,\r\n").encode(), ()),
    "trailing separators": (table().replace("\r\n", ",\r\n").encode(), ()),
    "trailing separators below the header": (
        written([HEADER, *([*row, "", ""] for row in cells())]).encode(),
        (),
    ),
    "blanks around": (
        written([[f" {c} " for c in row] for row in [HEADER, *cells()]]).encode(),
        (),
    ),
    "a header in capitals": (table().replace("Store", "STORE").encode(), ()),
    "no header": (written(cells()).encode(), (setting(f"columns = {json.dumps(HEADER)}"),)),
    "excel's text": (changed("SKU", lambda sku: f'="{sku}"').encode(), ()),
    "apostrophes": (
        changed("SKU", lambda sku: f"'{sku}" if sku[0].isdigit() else sku).encode(),
        (),
    ),
    "currency": (
        changed("Amount", lambda a: f"${Decimal(a):,.2f}".replace("$-", "-$")).encode(),
        (),
    ),
    "parentheses": (changed("Amount", lambda a: f"({a[1:]})" if a[0] == "-" else a).encode(), ()),
    "minus behind": (changed("Amount", lambda a: f"{a[1:]}-" if a[0] == "-" else a).encode(), ()),
    "decimal comma": (
        changed("Amount", last_comma).encode(),
        (("[csv]", "decimal_comma = true\n[csv]"),),
    ),
    "thousands with points": (
        changed("Amount", lambda a: f"{german(a)} \u20ac").encode(),
        (("[csv]", "decimal_comma = true\n[csv]"),),
    ),
    "thousands with blanks": (
        changed("Amount", lambda a: f"{Decimal(a):,}".replace(",", "\u202f")).encode(),
        (),
    ),
    "float noise": (changed("Amount", lambda a: repr(float(a) * 3 / 3 + 4e-16)).encode(), ()),
    "whole numbers with zeros": (changed("Qty", lambda q: f"{q}.000").encode(), ()),
    "german times": (
        times("%d.%m.%Y %H:%M:%S").encode(),
        (as_time("strptime(\"Sold at\", '%d.%m.%Y %H:%M:%S')"),),
    ),
    "am and pm": (
        times("%m/%d/%Y %I:%M:%S %p").encode(),
        (as_time("strptime(\"Sold at\", '%m/%d/%Y %I:%M:%S %p')"),),
    ),
    "spanish am and pm": (
        times("%d/%m/%Y %I:%M:%S %p")
        .replace("AM", "a.\u00a0m.")
        .replace("PM", "p.\u00a0m.")
        .encode(),
        (as_time("strptime(am_pm(\"Sold at\"), '%d/%m/%Y %I:%M:%S %p')"),),
    ),
    "chinese am and pm": (
        times("%Y/%m/%d %p%I:%M:%S")
        .replace("AM", "\u4e0a\u5348")
        .replace("PM", "\u4e0b\u5348")
        .encode(),
        (as_time("strptime(am_pm(\"Sold at\"), '%Y/%m/%d %p%I:%M:%S')"),),
    ),
    "greek am and pm": (
        times("%d/%m/%Y %I:%M:%S %p")
        .replace("AM", "\u03c0.\u03bc.")
        .replace("PM", "\u03bc.\u03bc.")
        .encode(),
        (as_time("strptime(am_pm(\"Sold at\"), '%d/%m/%Y %I:%M:%S %p')"),),
    ),
    "an offset after a blank": (times("%Y-%m-%d %H:%M:%S +0000").encode(), ()),
    "seconds since 1970": (
        changed(
            "Sold at", lambda t: str(datetime.fromisoformat(f"{t}+00:00").timestamp())
        ).encode(),
        (as_time('to_timestamp(number("Sold at"))'),),
    ),
    "days of excel": (
        changed(
            "Sold at",
            lambda t: repr(
                (datetime.fromisoformat(t) - datetime(1899, 12, 30)).total_seconds() / 86400
            ),
        ).encode(),
        (as_time('excel_time("Sold at")'),),
    ),
    "thai years": (
        changed("Sold at", lambda t: f"{int(t[:4]) + 543}{t[4:]}").encode(),
        (as_time('"Sold at"::TIMESTAMP - INTERVAL 543 YEAR'),),
    ),
}


@pytest.mark.parametrize("name", CSV_FORMS)
def test_text_in_every_form_gives_the_same_events(tmp_path: Path, name: str) -> None:
    content, changes = CSV_FORMS[name]
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    records = run(tmp_path, file, mapped(tmp_path, *changes))
    assert not rejected(tmp_path)
    assert values(records) == RIGHT


def zipped(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return content.getvalue()


def zstd(data: bytes) -> bytes:
    return bytes(pa.compress(data, "zstd", asbytes=True))


def xlsx(rows: list[list[Any]], before: list[list[Any]] | None = None) -> bytes:
    content = io.BytesIO()
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [*(before or []), *rows]:
        sheet.append(row)
    book.save(content)
    return content.getvalue()


def typed() -> list[list[Any]]:
    return [HEADER, *([*row[:6], float(row[6]), row[7]] for row in ROWS)]


def another_xlsx() -> bytes:
    """Write a notes sheet before that with the lines, with another library."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"default_date_format": "dd.mm.yyyy hh:mm:ss"})
    book.add_worksheet("Notes").write(0, 0, "Made by hand")
    sheet = book.add_worksheet("Sales")
    for number, row in enumerate(typed()):
        sheet.write_row(number, 0, row)
    book.close()
    return content.getvalue()


def parquet() -> bytes:
    content = io.BytesIO()
    columns = list(zip(*ROWS, strict=True))
    pq.write_table(pa.table(dict(zip(HEADER, map(list, columns), strict=True))), cast(Any, content))
    return content.getvalue()


def objects() -> list[dict[str, Any]]:
    rows = [dict(zip(HEADER, row, strict=True)) for row in ROWS]
    return [{**row, "Amount": float(row["Amount"]), "Sold at": str(row["Sold at"])} for row in rows]  # type: ignore[arg-type]


def ods() -> bytes:
    """Write a sheet of LibreOffice, of the parts that a reader needs."""
    kinds = {int: "float", float: "float", datetime: "date"}
    rows = ""
    for row in typed():
        rows += "<table:table-row>"
        for value in row:
            kind = kinds.get(type(value), "string")
            name = {"float": "value", "date": "date-value"}.get(kind, "string-value")
            held = escape(value.isoformat() if isinstance(value, datetime) else str(value))
            rows += (
                f'<table:table-cell office:value-type="{kind}" office:{name}={quoteattr(held)}>'
                f"<text:p>{held}</text:p></table:table-cell>"
            )
        rows += "</table:table-row>"
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"<office:document-content{names}><office:body><office:spreadsheet>"
        f'<table:table table:name="Sales">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    mime = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = b'<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return zipped(
        {"mimetype": mime, "META-INF/manifest.xml": manifest, "content.xml": content.encode()}
    )


CSV = table().encode()
XLS = Path("tests/conformance/exports/sales.xls").read_bytes()
"""The rows in a workbook of Excel 97, by xlwt."""
PRICE = """[fields]
unit_price = '''CASE WHEN "SKU" = '00123' THEN number("Name") END'''
"""
HALVES = [written([HEADER, *rows]).encode() for rows in (cells()[:1], cells()[1:])]
BINARIES: dict[str, bytes] = {
    "gzip": gzip.compress(CSV),
    "bzip2": bz2.compress(CSV),
    "xz": lzma.compress(CSV),
    "zstd": zstd(CSV),
    "zip of one": zipped({"sales.csv": CSV}),
    "zip of several": zipped({"b.csv": HALVES[1], "a.csv": HALVES[0], "read me.txt": b"Hello\n"}),
    "zip of macOS": zipped(
        {"sales.csv": CSV, "__MACOSX/._sales.csv": b"\0\5\x16\7", "folder/": b""}
    ),
    "zip of gzip": zipped({"sales.csv.gz": gzip.compress(CSV)}),
    "gzip of gzip": gzip.compress(gzip.compress(CSV)),
    "xlsx": xlsx(typed()),
    "xlsx of text": xlsx([HEADER, *cells()]),
    "xlsx with a title": xlsx(typed(), [["Sales"], [], ["From", datetime(2026, 5, 1)]]),
    "xlsx of another library": another_xlsx(),
    "xls": XLS,
    "zip of xls": zipped({"sales.xls": XLS}),
    "ods": ods(),
    "zip of xlsx": zipped({"sales.xlsx": xlsx(typed())}),
    "parquet": parquet(),
    "gzip of parquet": gzip.compress(parquet()),
    "JSON lines": "\n".join(json.dumps(row) for row in objects()).encode(),
    "JSON list": json.dumps(objects(), indent=2, ensure_ascii=False).encode("utf-8-sig"),
    "JSON list in utf-16": json.dumps(objects()).encode("utf-16"),
    "gzip of JSON lines": gzip.compress("\n".join(map(json.dumps, objects())).encode()),
}


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


def ole(*names: str) -> bytes:
    streams = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in names)
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + streams


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "html": (b"<!DOCTYPE html><html><body><table><tr><td>Store", "an HTML page: open it in"),
    "html as xls": (b"\xef\xbb\xbf \n<TABLE border=1><tr>", "an HTML page"),
    "xml": (b'<?xml version="1.0"?><sales><line/></sales>', "an XML document"),
    "excel xml": (
        b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>',
        "an Excel 2003",
    ),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "a PDF document"),
    "png": (b"\x89PNG\r\n\x1a\n\0\0", "an image"),
    "jpeg": (b"\xff\xd8\xff\xe0\0\x10JFIF", "an image"),
    "sqlite": (b"SQLite format 3\0" + bytes(84), "a SQLite database"),
    "rar": (b"Rar!\x1a\x07\0", "a RAR archive: unpack it"),
    "7z": (b"7z\xbc\xaf\x27\x1c\0\4", "a 7-Zip archive"),
    "tar": (b"sales.csv".ljust(257, b"\0") + b"ustar\x0000" + bytes(200), "a tar archive"),
    "word": (zipped({"word/document.xml": b"<w/>"}), "a Word document"),
    "protected": (
        ole("Root Entry", "EncryptedPackage"),
        "Excel workbook that is password-protected",
    ),
    "old word": (ole("Root Entry", "WordDocument"), "document of Microsoft Office"),
    "binary": (bytes(range(256)) * 4, "a binary file of an unknown kind"),
    "no parquet": (b"PAR1 no parquet", "a Parquet file that cannot be read"),
    "a cut gzip": (gzip.compress(CSV)[:-9], "cut off or damaged"),
    "a cut xz": (lzma.compress(CSV)[:-20], "cut off or damaged"),
    "a cut zip": (zipped({"a.csv": CSV})[:-30], "cut off or damaged"),
    "an empty zip": (zipped({}), "holds no file or sheet"),
    "json of one object": (b'{\n "orders": [\n {"a":\n 1}\n]}', "neither JSON Lines"),
    "a cut JSON list": (json.dumps(objects())[:-5].encode(), "JSON that is cut off or damaged"),
    "other columns": (b"a;b\n1;2\n", "has no column of the mapping .* its columns are: a, b"),
    "a column too few": (
        CSV.replace(b"SKU", b"Article"),
        "fields.sku .* 'SKU' is neither a column",
    ),
    "a column twice": (CSV.replace(b"Name", b"SKU"), r"its columns are: .*SKU \(1\), SKU \(2\)"),
}


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


def parquet_with_names(*names: str) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table({name: ["1"] for name in names}), cast(Any, content))
    return content.getvalue()


HOSTILE: dict[str, tuple[bytes, str]] = {
    "a cell far away": (far_cell(), "reaches to cell XFD1048576: delete the empty rows and"),
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


def test_a_table_of_many_columns_is_read(tmp_path: Path) -> None:
    more = [f"x{number}" for number in range(1_000)]
    (tmp_path / "wide.csv").write_text(written([[*row, *more] for row in (HEADER, *cells())]))
    assert values(run(tmp_path, tmp_path / "wide.csv", mapped(tmp_path))) == RIGHT


def test_an_archive_that_needs_a_password_is_named(tmp_path: Path) -> None:
    content = bytearray(zipped({"sales.csv": CSV}))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    (tmp_path / "secret.zip").write_bytes(content)
    with pytest.raises(UserError, match="a zip archive that is password-protected"):
        run(tmp_path, tmp_path / "secret.zip", mapped(tmp_path))


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


def test_a_second_file_is_joined(tmp_path: Path) -> None:
    (tmp_path / "articles.csv").write_text("Code;SKU\n00123;MILK\nKäse;CHEESE\n", encoding="utf-8")
    (tmp_path / "sales.csv").write_bytes(CSV)
    join = (
        "[csv]",
        'join = """LEFT JOIN articles ON articles."Code" = file."SKU" """\n'
        '[columns]\narticle = """coalesce(articles."SKU", file."SKU")"""\n'
        '[files]\narticles = { path = "articles.csv" }\n[csv]',
    )
    mapping = mapped(tmp_path, join, ('sku = "SKU"', 'sku = "article"'))
    skus = [record.sku for record in run(tmp_path, tmp_path / "sales.csv", mapping)]
    assert skus == ["MILK", "4006381333931", "CHEESE"]
    with (tmp_path / "articles.csv").open("a", encoding="utf-8") as more:
        more.write("00123;OTHER\n")
    with pytest.raises(UserError, match=r"join in .* makes 4 rows of 3 lines: use LEFT JOIN"):
        run(tmp_path, tmp_path / "sales.csv", mapping)


@pytest.mark.parametrize(
    "sql",
    [
        "(SELECT content FROM read_text('/etc/hostname'))",
        "(SELECT max(name) FROM glob('/*') t(name))",
        "getenv('HOME')",
        "1); DROP TABLE file; SELECT (1",
    ],
)
def test_an_expression_sees_nothing_but_the_lines(tmp_path: Path, sql: str) -> None:
    (tmp_path / "sales.csv").write_bytes(CSV)
    with pytest.raises(UserError, match=r"fields\.sku"):
        run(tmp_path, tmp_path / "sales.csv", mapped(tmp_path, ('sku = "SKU"', f'sku = "{sql}"')))


def test_an_expression_that_fails_for_one_line_rejects_it(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(CSV)
    run(tmp_path, tmp_path / "sales.csv", mapped(tmp_path, ("[fields]", PRICE)))
    (row,) = rejected(tmp_path)
    assert row[0] == "2"
    assert "unit_price: expected a value, got nothing from CASE" in row[2]
    assert "Name is 'Milk, 1 l'" in row[2]


@pytest.mark.parametrize(
    ("entry", "named"),
    [
        ("fields.line_no", "row_number() OVER (PARTITION BY Receipt ORDER BY CAST(Line AS INT))"),
        ("fields.line_no", "CAST(max(Line) OVER (PARTITION BY Receipt) AS INT)"),
        ("fields.line_no", "(SELECT 1 + CAST(Line AS INT))"),
        ("columns.Line", "sum(CAST(Line AS INT)) OVER (PARTITION BY Receipt)"),
        ("columns.Line", "CAST(Line AS INT)"),
    ],
)
def test_an_expression_over_many_lines_that_fails_is_named_with_its_line(
    tmp_path: Path, entry: str, named: str
) -> None:
    (tmp_path / "sales.csv").write_bytes(CSV.replace(b"R1,2", b"R1,two"))
    change = {
        "fields.line_no": ('line_no = "Line"', f'line_no = "{named}"'),
        "columns.Line": ("[fields]", f'[columns]\nLine = "{named}"\n[fields]'),
    }[entry]
    before = len(everything)
    with pytest.raises(UserError) as raised:
        run(tmp_path, tmp_path / "sales.csv", mapped(tmp_path, change))
    message = raised.value.message
    assert message.startswith(f"{entry} = {named} in {tmp_path / 'mapping.toml'} fails in line 3 (")
    assert "Could not convert string 'two' to INT32" in message
    assert message.endswith("which give null; nothing was sent.")
    assert len(everything) == before


def test_lines_that_are_no_event_are_counted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sales.csv").write_bytes(CSV)
    where = mapped(tmp_path, ("[csv]", 'where = """Store = \'S1\'"""\n[csv]'))
    assert len(run(tmp_path, tmp_path / "sales.csv", where)) == 2
    assert "read 3 = sent 2 + rejected 0 + no event 1; ack" in capsys.readouterr().out


def test_a_letter_in_an_expression_equals_that_of_the_file(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        (tmp_path / "sales.csv").write_text(normalize(form, table()), encoding="utf-8")
        where = mapped(tmp_path, ("[csv]", 'where = """SKU = \'K\u00e4se\'"""\n[csv]'))
        (record,) = run(tmp_path, tmp_path / "sales.csv", where)
        assert record.sku == "K\u00e4se"


def test_blank_columns_may_identify_a_line(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(
        CSV.replace(b"S2,R2,1", b"S2,R2,1").replace(b"K\xc3\xa4se", b"")
    )
    identity = ('event_id = ["Receipt", "Line"]', 'event_id = ["Receipt", "Line", "Name"]')
    blank = mapped(tmp_path, identity, ('sku = "SKU"', "sku = \"coalesce(SKU, 'none')\""))
    (tmp_path / "blank.csv").write_bytes(changed("Name", lambda _: "").encode())
    records = run(tmp_path, tmp_path / "blank.csv", blank)
    assert [record.event_id for record in records] == ["file:R1:1:", "file:R1:2:", "file:R2:1:"]


def test_bytes_of_another_encoding_spoil_their_lines_only(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes(SAMPLE.read_bytes().replace(b"B02;1;12007", b"B\xe4r;1;12007"))
    assert len(run(tmp_path, file)) == 18
    rows = rejected(tmp_path)
    assert [row[0] for row in rows] == ["12", "13"]
    assert "bytes that are not utf-8" in rows[0][2]
    assert b"B\xe4r" in (tmp_path / "rejects.csv").read_bytes()
    unmapped = tmp_path / "unmapped.csv"
    unmapped.write_bytes(SAMPLE.read_bytes().replace(b"Chocolate", b"Sch\xf6n"))
    assert len(run(tmp_path, unmapped)) == 20


def test_bytes_of_another_encoding_in_the_header_spoil_no_line(tmp_path: Path) -> None:
    (tmp_path / "latin.csv").write_bytes(CSV.replace(b"Name", b"K\xe4se"))
    assert values(run(tmp_path, tmp_path / "latin.csv", mapped(tmp_path))) == RIGHT


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(UserError, match=r"cannot be read: (No such file|Is a directory)"):
            run(tmp_path, path)


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


def test_parquet_of_repeated_values_is_read(tmp_path: Path) -> None:
    values = pa.array(["a", "b", "a"] * 4000).dictionary_encode()
    records = run(tmp_path, journey_with(tmp_path, "store_id", values), JOURNEY)
    assert [record.store_id for record in records] == ["a", "b", "a"] * 4000


cell_contents = st.text('ab"; \n\\', max_size=6)


@given(rows=st.lists(st.lists(cell_contents, min_size=3, max_size=3).filter(any), max_size=12))
def test_csv_that_is_right_is_read_right(rows: list[list[str]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows]
    text = "".join(lines).splitlines(keepends=True)
    read = list(CsvLines(text, ";").lines(3))
    assert [line.cells for line in read] == rows
    assert not any(line.problem for line in read)


@given(st.lists(st.text('ab";', max_size=8)))
def test_csv_that_is_wrong_loses_no_line(lines: list[str]) -> None:
    """Each line of text is in exactly one parsed line, which has its number."""
    source = CsvLines([f"{line}\n" for line in lines], ";")
    read = list(source.lines(2))
    assert source.number == len(lines)
    numbers = [line.number for line in read]
    assert numbers == sorted(set(numbers))
    alone = [n for n, line in enumerate(lines, start=1) if line and '"' not in line]
    inside = {line.number for line in read if not line.problem and "\n" in "".join(line.cells)}
    if not inside:
        assert set(alone) <= set(numbers)


names = st.text(
    st.characters(codec="cp1252", exclude_categories=["C", "Z"]), min_size=1, max_size=8
)
amounts = st.decimals(-(10**7), 10**7, places=2)
STYLES: dict[str, Callable[[Decimal], str]] = {
    "plain": lambda a: f"{a:.2f}",
    "comma": lambda a: f"{a:.2f}".replace(".", ","),
    "thousands": lambda a: f"{a:,.2f}",
    "german": lambda a: f"{a:,.2f}".translate(str.maketrans(",.", ".,")),
    "french": lambda a: f"{a:,.2f}".translate(str.maketrans(",.", "\u00a0,")),
    "swiss": lambda a: f"{a:,.2f}".replace(",", "'"),
    "dollars": lambda a: f"{'-' if a < 0 else ''}${abs(a):,.2f}",
    "euros": lambda a: f"{a:.2f} \u20ac".replace(".", ","),
    "accounting": lambda a: f"({abs(a):,.2f})" if a < 0 else f"{a:,.2f}",
    "sap": lambda a: f"{abs(a):.2f}-" if a < 0 else f"{a:.2f}",
}
COMMAS = ("comma", "german", "french", "euros")


@settings(max_examples=12)
@given(
    rows=st.lists(
        st.tuples(names, names, st.integers(-999, 999), amounts), min_size=1, max_size=40
    ),
    style=st.sampled_from(sorted(STYLES)),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
    dialect=st.fixed_dictionaries(
        {
            "delimiter": st.sampled_from(",;\t|"),
            "lineterminator": st.sampled_from(["\n", "\r\n", "\r"]),
            "quoting": st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
        }
    ),
)
def test_random_files_come_back_as_the_same_events(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[tuple[str, str, int, Decimal]],
    style: str,
    encoding: str,
    dialect: dict[str, Any],
) -> None:
    folder = tmp_path_factory.mktemp("random")
    lines = [
        [
            "S1",
            f"R{number}",
            "1",
            f"a{sku}",
            name,
            str(quantity),
            STYLES[style](amount),
            "2026-05-02",
        ]
        for number, (sku, name, quantity, amount) in enumerate(rows)
    ]
    file = folder / "file.csv"
    file.write_bytes(written([HEADER, *lines], **dialect).encode(encoding))
    comma = "true" if style in COMMAS else "false"
    mapping = mapped(
        folder,
        ("[csv]", f'decimal_comma = {comma}\n[csv]\nencoding = "{encoding}"'),
    )
    records = run(folder, file, mapping)
    assert not rejected(folder)
    assert [(r.sku, r.quantity, r.line_amount) for r in records] == [
        (f"a{sku}", quantity, amount) for sku, _, quantity, amount in rows
    ]


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
