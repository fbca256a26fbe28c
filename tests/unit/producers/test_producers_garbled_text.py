"""Text that a program has read or saved in another encoding is mended, rejected or named."""

from pathlib import Path

import openpyxl
import pytest

from producers.replay.twice_encoded import TAKEN_FOR
from tests.support.exports import rejected, run
from tests.support.proposed_mappings import inspected, proposed, replayed, written
from tests.support.sales_text import changed, mapped, setting

TEXT = "Filiale;Artikelnr;Gez\u00e4hlt;Datum\nK\u00f6ln;K\u00c4SE \u201ealt\u201c;3;26.11.2026\n"


def twice(text: str, encoding: str) -> str:
    """Return text in UTF-8 as a program shows it that takes it for another encoding."""
    return "".join(
        bytes([each]).decode(encoding, "ignore") or chr(each) for each in text.encode("utf-8")
    )


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoding", TAKEN_FOR)
def test_text_that_was_encoded_twice_is_read_as_it_was(
    tmp_path: Path, encoding: str, mark: str
) -> None:
    file = written(tmp_path, mark + twice(mark + TEXT, encoding))
    proposal = proposed(tmp_path, file)
    assert proposal.entries["csv"] == {"encoding": f"twice-{encoding}"}
    sentence = "text is encoded twice and is taken as"
    assert any(
        each.startswith(f"{sentence} twice-{encoding}: Gez") for each in proposal.assumptions
    )
    (count,) = run(tmp_path, file, proposal.mapping)
    assert (count.store_id, count.sku) == ("K\u00f6ln", "K\u00c4SE \u201ealt\u201c")


@pytest.mark.parametrize(
    "name",
    [
        "K\u00c4SE",
        "K\u0158\u00cd\u017d",
        "KOS\u00cdK \u00c9\u0160",
        "\u201cTH\u00c9\u201d",
        "TH\u00c9\u2122",
        "TH\u00c9\u00a0250 g",
        "\u00ab\u00a0th\u00e9\u00a0\u00bb",
        "Rohr \u00d8\u00a020",
        "20\u00d7\u00bd",
        "MA\u00c7\u00c3\u00ae",
        "\u039a\u03b1\u03c6\u03ad\u03c2",
        "\u725b\u5976",
    ],
)
def test_text_that_only_looks_so_stays_as_it_is(tmp_path: Path, name: str) -> None:
    file = written(tmp_path, f"Store;SKU;Counted;Date\nS1;{name};3;2026-11-26\n")
    proposal = proposed(tmp_path, file)
    assert "csv" not in proposal.entries
    assert [count.sku for count in run(tmp_path, file, proposal.mapping)] == [name]
    assert name == "MA\u00c7\u00c3\u00ae" or "letters are lost" not in inspected(file)


def test_cells_that_were_saved_once_stay_as_they_are(tmp_path: Path) -> None:
    cheese, town = twice("K\u00c4SE", "cp1252"), twice("K\u00d6LN", "cp1252")
    text = f"SKU;Store;Counted\n{cheese};K\u00d6LN;3\nM\u00dcSLI;{town};4\n"
    file = written(tmp_path, text)
    counted = [(each.sku, each.store_id) for each in replayed(tmp_path, file)]
    assert counted == [("K\u00c4SE", "K\u00d6LN"), ("M\u00dcSLI", "K\u00d6LN")]


@pytest.mark.parametrize("encoding", TAKEN_FOR)
def test_a_mapping_without_the_setting_is_warned_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], encoding: str
) -> None:
    file = written(tmp_path, changed("SKU", lambda sku: twice(sku, encoding)))
    run(tmp_path, file, mapped(tmp_path))
    cheese = twice("K\u00e4se", encoding)
    assert f"letters are lost or became signs: {cheese}. Export" in capsys.readouterr().err
    run(tmp_path, file, mapped(tmp_path, setting(f'encoding = "twice-{encoding}"')))
    assert "letters are lost" not in capsys.readouterr().err


def test_a_workbook_with_such_text_is_warned_of(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (["Store", "SKU", "Counted"], ["S1", twice("K\u00c4SE", "mac_roman"), 3]):
        book.active.append(row)
    book.save(tmp_path / "counts.xlsx")
    output = inspected(tmp_path / "counts.xlsx")
    assert "letters are lost or became signs" in output
    assert "encoding =" not in output


@pytest.mark.parametrize(
    "sku",
    [
        "K?SE",
        "K\u201dSE",
        "K\u2030SE",
        "K\u251cSE",
        "K\x84SE",
        "K&Auml;SE",
        "K&#196;SE",
        "K\\u00c4SE",
        "K%C3%84SE",
        "K=C3=84SE",
    ],
)
def test_signs_in_place_of_letters_are_a_warning(tmp_path: Path, sku: str) -> None:
    file = written(tmp_path, f"Store\tSKU\tCounted\nS1\t{sku}\t3\n")
    assert "letters are lost or became signs: K" in inspected(file)


@pytest.mark.parametrize(
    "sku", ["WHAT?", "A-1?B", 'ROD 5" X', "ROD 5\u201dX", "A\u00b7B", "L\u2019EAU", "A & B", "50%C"]
)
def test_signs_beside_letters_are_no_warning(tmp_path: Path, sku: str) -> None:
    file = written(tmp_path, f"Store\tSKU\tCounted\nS1\t{sku}\t3\n")
    assert "letters are lost" not in inspected(file)


def test_a_code_that_has_lost_a_letter_is_rejected(tmp_path: Path) -> None:
    text = "Store;SKU;Counted\nS1;K\ufffdSE;3\nS1;BROT;4\n"
    assert [each.sku for each in replayed(tmp_path, written(tmp_path, text))] == ["BROT"]
    assert "sku: 'K\ufffdSE' has lost a letter in another encoding" in rejected(tmp_path)[0][2]


def test_a_cell_of_one_very_long_word_is_read(tmp_path: Path) -> None:
    text = f"Store;SKU;Name;Counted\nS1;K\u00c4SE;{'x' * 400_000}\u00e4;3\n"
    assert [each.sku for each in replayed(tmp_path, written(tmp_path, text))] == ["K\u00c4SE"]
