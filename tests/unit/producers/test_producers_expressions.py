"""An expression sees the lines of its files, and one that fails is named."""

import re
from pathlib import Path
from unicodedata import normalize

import pytest

from connect.errors import UserError
from producers.replay.workspace import SQL
from tests.support.exports import (
    everything,
    rejected,
    run,
)
from tests.support.sales_text import CSV, changed, mapped, table

PRICE = """[fields]
unit_price = '''CASE WHEN "SKU" = '00123' THEN number("Name") END'''
"""


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


def _renamed(sku: str) -> str:
    return changed("SKU", lambda held: held.replace("00123", sku))


@pytest.mark.parametrize("sku", ["00123\u200b", "\ufeff00123", "\u00a000123\u200e ", "\u206000123"])
def test_what_no_one_sees_around_a_text_is_no_part_of_it(tmp_path: Path, sku: str) -> None:
    (tmp_path / "sales.csv").write_text(_renamed(sku), encoding="utf-8")
    records = run(tmp_path, tmp_path / "sales.csv", mapped(tmp_path))
    assert records[0].sku == "00123"


@pytest.mark.parametrize(
    "sql",
    [
        "(SELECT content FROM read_text('/etc/hostname'))",
        "(SELECT max(name) FROM glob('/*') t(name))",
        "getenv('HOME')",
        "1); DROP TABLE file; SELECT (1",
        "SKU), (Qty",
        "*",
        "COLUMNS(*)",
    ],
)
def test_an_expression_sees_nothing_but_the_lines(tmp_path: Path, sql: str) -> None:
    (tmp_path / "sales.csv").write_bytes(CSV)
    with pytest.raises(UserError, match=r"fields\.sku"):
        run(tmp_path, tmp_path / "sales.csv", mapped(tmp_path, ('sku = "SKU"', f'sku = "{sql}"')))


def test_a_column_of_a_second_file_that_has_no_name_is_named_with_the_remedy(
    tmp_path: Path,
) -> None:
    (tmp_path / "articles.csv").write_text("SKU;Pack\n00123;6\n", encoding="utf-8")
    (tmp_path / "sales.csv").write_bytes(CSV)
    join = 'join = "LEFT JOIN packs ON packs.SKU = file.SKU"\n'
    files = '[files]\npacks = { path = "articles.csv" }\n[csv]'
    mapping = mapped(tmp_path, ("[csv]", join + files), ('"Qty"', '"number(Qty) * number(Pack)"'))
    with pytest.raises(UserError, match=r"name those of second files in \[columns\]"):
        run(tmp_path, tmp_path / "sales.csv", mapping)


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


def test_each_file_of_sql_is_one_statement() -> None:
    files = sorted(SQL.rglob("*.sql"))
    assert len(files) > 10
    for file in files:
        plain = re.sub(r"--.*|'[^']*'", "", file.read_text(encoding="utf-8"))
        assert ";" not in plain.strip().removesuffix(";"), file
