"""Three sales as CSV in every form, each with the changes of a mapping that it needs."""

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from producers.replay.mapping import Mapping
from producers.replay.mapping_file import load_mapping

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


CSV = table().encode()
