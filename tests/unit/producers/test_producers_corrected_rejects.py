"""The file of rejects, corrected by hand, is replayed with the mapping of its export."""

import csv
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl
import pytest

from producers.replay.csv_lines import Line
from producers.replay.rejects import Rejects, unrejected
from schemas.generated import Transaction
from tests.support.exports import MAPPING, rejected, run, with_layout

EXPORT = """Store;Till;Receipt;Time;Article;Description;Quantity;Price
B01;1;70002;02.05.2026 08:09:02;4006381333931;K\u00e4se 200 g;1;1,19
B01;1;70002;02.05.2026 08:09:02;4006381333931;K\u00e4se 200 g;1x;1,19
B01;1;70002;02.05.2026 08:09:02;4006381333986;Br\u00f6tchen;3;0,49
"""
GERMAN = with_layout(MAPPING, encoding="cp1252")


def corrected(tmp_path: Path, change: Callable[[list[str]], object], name: str = "c.csv") -> Path:
    """Return a corrected copy of the rejects; change: of the columns of each line."""
    with (tmp_path / "rejects.csv").open(encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    for line in lines:
        change(line)
    path = tmp_path / name
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([header, *lines])
    return path


def mend(line: list[str]) -> None:
    line[:] = [cell.replace("1x", "1") for cell in line]


def units(records: list[Transaction]) -> dict[str, int]:
    """Sum the units of the events, each once."""
    events = {record.event_id: record for record in records}
    sums: Counter[str] = Counter()
    for event in events.values():
        sums[event.sku] += event.quantity
    return dict(sums)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    path = tmp_path / "first.csv"
    path.write_text(EXPORT, encoding="cp1252")
    return path


def test_a_corrected_line_counts_beside_the_line_that_it_repeats(
    tmp_path: Path, export: Path
) -> None:
    first = run(tmp_path, export, GERMAN)
    mended = run(tmp_path, corrected(tmp_path, mend), GERMAN)
    assert units(first + mended) == {"4006381333931": 2, "4006381333986": 3}
    again = run(tmp_path, tmp_path / "c.csv", GERMAN)
    whole = tmp_path / "whole.csv"
    whole.write_text(EXPORT.replace("1x", "1"), encoding="cp1252")
    repeats = again + run(tmp_path, whole, GERMAN)
    assert units(first + mended + repeats) == {"4006381333931": 2, "4006381333986": 3}


def test_rejects_that_a_spreadsheet_saved_as_its_own_file_keep_their_places(
    tmp_path: Path, export: Path
) -> None:
    first = run(tmp_path, export, GERMAN)
    book = openpyxl.Workbook()
    assert book.active is not None
    with corrected(tmp_path, mend).open(encoding="utf-8-sig", newline="") as file:
        header, *lines = csv.reader(file)
    book.active.append(header)
    for number, place, *others in lines:
        book.active.append([int(number), int(place), *others])
    book.save(tmp_path / "c.xlsx")
    (tmp_path / "rejects.csv").unlink()
    mended = run(tmp_path, tmp_path / "c.xlsx", GERMAN)
    assert not rejected(tmp_path)
    assert units(first + mended) == {"4006381333931": 2, "4006381333986": 3}


def test_a_place_that_a_spreadsheet_made_a_date_of_is_named(tmp_path: Path, export: Path) -> None:
    run(tmp_path, export, GERMAN)

    def change(line: list[str]) -> None:
        mend(line)
        line[1] = "02. Jan"

    file = corrected(tmp_path, change)
    with file.open("a", encoding="utf-8", newline="") as more:
        still = ["4", "", "x", "B01", "1", "7", "02.05.2026 08:09:02", "40", "x", "1", "1,00"]
        csv.writer(more).writerow(still)
    (good,) = run(tmp_path, file, GERMAN)
    assert good.receipt_id == "7"
    ((_, place, reason, *_),) = rejected(tmp_path)
    assert (place, reason) == ("02. Jan", "place: 02. Jan is no place: write it as it was")


def test_places_for_several_kinds_of_event_are_no_dates(tmp_path: Path) -> None:
    path = tmp_path / "rejects.csv"
    with closing(Rejects(path, ["SKU"])) as rejects:
        rejects.add(3, "1/2", "why", ["A"])
    _, line = csv.reader(path.read_text(encoding="utf-8").splitlines())
    assert line[:2] == ["3", "1|2"]
    for place in (line[1], "1/2"):
        assert unrejected(Line(2, ["3", place, "why", "A"]), 3).place == "1/2"


def test_a_line_that_is_still_bad_is_rejected_with_its_number(tmp_path: Path, export: Path) -> None:
    run(tmp_path, export, GERMAN)
    still = [
        ["4", "", "what was it?", "B01", "1", "7", "02.05.2026 08:09:02", "40", "x", "1", "1,00"]
    ]
    file = corrected(tmp_path, lambda line: line.__setitem__(9, "1y"))
    with file.open("a", encoding="utf-8", newline="") as more:
        csv.writer(more).writerows(still)
    (good,) = run(tmp_path, file, GERMAN)
    assert good.receipt_id == "7"
    ((line, place, reason, *columns),) = rejected(tmp_path)
    assert (line, place, reason[:9], columns[6]) == ("3", "2", "quantity:", "1y")
    (mended,) = run(tmp_path, corrected(tmp_path, lambda row: row.__setitem__(9, "1"), "d.csv"))
    assert mended.event_id.endswith(":2")
