"""Three sales in every kind of file, each written by a library of its own."""

import bz2
import gzip
import io
import json
import lzma
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from tests.support.sales_text import (
    CSV,
    HEADER,
    ROWS,
    cells,
    written,
)


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


XLS = Path("tests/conformance/exports/sales.xls").read_bytes()
"""The rows in a workbook of Excel 97, by xlwt."""


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
