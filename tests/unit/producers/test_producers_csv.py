"""Text in every form gives the same events, and a bad line spoils no other."""

import csv
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.errors import UserError
from producers.replay import workspace
from producers.replay.csv_lines import CsvLines
from tests.support.exports import (
    SAMPLE,
    rejected,
    run,
)
from tests.support.sales_text import CSV, CSV_FORMS, HEADER, RIGHT, cells, mapped, values, written


@pytest.mark.parametrize("name", CSV_FORMS)
def test_text_in_every_form_gives_the_same_events(tmp_path: Path, name: str) -> None:
    content, changes = CSV_FORMS[name]
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    records = run(tmp_path, file, mapped(tmp_path, *changes))
    assert not rejected(tmp_path)
    assert values(records) == RIGHT


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


def test_a_table_of_many_columns_is_read(tmp_path: Path) -> None:
    more = [f"x{number}" for number in range(1_000)]
    (tmp_path / "wide.csv").write_text(written([[*row, *more] for row in (HEADER, *cells())]))
    assert values(run(tmp_path, tmp_path / "wide.csv", mapped(tmp_path))) == RIGHT


def test_a_line_with_a_very_long_cell_is_not_lost(tmp_path: Path) -> None:
    rows = [list(row) for row in cells()]
    rows[1][HEADER.index("Name")] = "x" * 200_000
    (tmp_path / "long.csv").write_text(written([HEADER, *rows]), encoding="utf-8")
    assert values(run(tmp_path, tmp_path / "long.csv", mapped(tmp_path))) == RIGHT
    rows[1][HEADER.index("Qty")] = "many"
    (tmp_path / "long.csv").write_text(written([HEADER, *rows]), encoding="utf-8")
    run(tmp_path, tmp_path / "long.csv", mapped(tmp_path))
    ((line, *_),) = rejected(tmp_path)
    assert line == "3"


def test_more_columns_than_memory_holds_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workspace, "MEMORY", "20MB")
    more = [f"x{number}" for number in range(1_000)]
    rows = [[*cells()[0], *more]] * 300
    (tmp_path / "wide.csv").write_text(written([[*HEADER, *more], *rows]))
    with pytest.raises(
        UserError, match=r"wide.csv has 1,008 columns, which need more than 20MB of"
    ):
        run(tmp_path, tmp_path / "wide.csv", mapped(tmp_path))


@pytest.mark.nightly
def test_a_table_of_many_columns_takes_less_than_500_mb(tmp_path: Path) -> None:
    more = [f"x{number}" for number in range(2_000)]
    file = tmp_path / "wide.csv"
    with file.open("w", newline="") as lines:
        writer = csv.writer(lines)
        writer.writerow([*HEADER, *more])
        for number in range(3_000):
            sale = [*cells()[0][:1], f"R{number}", *cells()[0][2:]]
            writer.writerow([*sale, *(f"{number} {name}" for name in more)])
    mapped(tmp_path)
    arguments = ["replay", str(file), "--mapping", str(tmp_path / "mapping.toml")]
    shown = subprocess.run(
        [sys.executable, "-c", PEAK, *arguments, "--dry-run", "--unchecked"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "read 3,000 = to send 3,000 + rejected 0; nothing was sent." in shown
    assert int(shown.split()[-1]) < 500


PEAK = """
from resource import RUSAGE_SELF, getrusage
from producers.__main__ import main
main(standalone_mode=False)
print(getrusage(RUSAGE_SELF).ru_maxrss // 1024)
"""
"""A program that runs a command of the producers, and prints its memory in megabytes."""
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


LIST = """
27.11.2026            Material documents            1

-----------------------------------------------------
| Plnt|Doc | Item|Material|    Qty| Time            |
-----------------------------------------------------
| B01 |4711|    1|FERN    |     2 |2026-05-02 10:14 |
| B01 |4711|    2|MUG     |     1-|2026-05-02 10:14 |
-----------------------------------------------------

27.11.2026            Material documents            2

-----------------------------------------------------
| Plnt|Doc | Item|Material|    Qty| Time            |
-----------------------------------------------------
| B01 |4712|    1|FERN    |     3 |2026-05-03 10:14 |
-----------------------------------------------------
123
"""


def test_pages_of_a_printed_list_are_one_table(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(LIST, encoding="utf-8")
    columns = {"Receipt": "Doc", "Line": "Item", "Store": "Plnt", "SKU": "Material",
               "Amount": "'0'", "Sold at": "Time"}  # fmt: skip
    changes = [(f'"{name}"', f'"{column}"') for name, column in columns.items()]
    records = run(tmp_path, tmp_path / "list.txt", mapped(tmp_path, *changes))
    assert [(each.store_id, each.receipt_id, each.sku, each.quantity) for each in records] == [
        ("B01", "4711", "FERN", 2),
        ("B01", "4711", "MUG", -1),
        ("B01", "4712", "FERN", 3),
    ]
    ((line, _, reason, *_),) = rejected(tmp_path)
    assert (line, reason[:20]) == ("18", "expected 7 fields, g")


@pytest.mark.parametrize(
    "more", [["Note", "Note"], ["", "x"], [" Note", "x"], ["Two  words", "\u00a0x"]]
)
def test_a_repeated_header_is_no_line_however_it_is_written(
    tmp_path: Path, more: list[str]
) -> None:
    rows = [[*row, "a", "b"] for row in cells()]
    header = [*HEADER, *more]
    (tmp_path / "pages.csv").write_text(written([header, *rows[:2], header, *rows[2:]]), "utf-8")
    assert values(run(tmp_path, tmp_path / "pages.csv", mapped(tmp_path))) == RIGHT
    assert not rejected(tmp_path)
