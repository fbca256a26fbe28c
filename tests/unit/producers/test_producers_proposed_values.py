"""A proposal reads text, times and numbers as a file writes them."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connect.errors import UserError
from tests.support.exports import rejected, run
from tests.support.proposed_mappings import BERLIN, proposed, replayed, sales, written
from tests.support.sales_text import CSV_FORMS, mapped, values


def test_text_in_windows_1252_is_recognised(tmp_path: Path) -> None:
    for text in ("Store,SKU,Counted,Date\nS1,K\u00e4se,3,2026-05-02\n",
                 "Filiale;Artikelnr;Gez\u00e4hlt;Datum\nS1;K1;3;2026-05-02\n"):  # fmt: skip
        file = tmp_path / "latin.csv"
        file.write_bytes(text.encode("cp1252"))
        assert '[csv]\nencoding = "cp1252"' in proposed(tmp_path, file).text
        assert [record.quantity for record in replayed(tmp_path, file)] == [3]


GERMAN_TEXT = "K\u00f6ln;M\u00fcsli f\u00fcr Gro\u00dfe"


ENCODED = {
    "cp1252": GERMAN_TEXT,
    "cp850": GERMAN_TEXT,
    "mac_roman": GERMAN_TEXT,
    "cp1250": "\u0141\u00f3d\u017a;\u017burek",
    "cp1253": "\u0391\u03b8\u03ae\u03bd\u03b1;\u03a6\u03ad\u03c4\u03b1",
    "cp1254": "\u0130stanbul;\u00c7ay barda\u011f\u0131",
    "cp1251": "\u041c\u043e\u0441\u043a\u0432\u0430;\u0447\u0430\u0439",
    "cp932": "\u6771\u4eac;\u304a\u8336",
    "cp949": "\uc11c\uc6b8\uac15\ub0a8\uc810;\uae40\uce58\ub77c\uba74",
    "gb18030": "\u5317\u4eac;\u725b\u5976",
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_the_encoding_of_an_old_till_is_recognised_by_its_words(
    tmp_path: Path, encoding: str
) -> None:
    store, goods = ENCODED[encoding].split(";")
    file = tmp_path / "till.csv"
    file.write_bytes(f"Store;SKU;Counted;Date\n{store};{goods};3;2026-05-02\n".encode(encoding))
    proposal = proposed(tmp_path, file)
    assert f"text is not UTF-8 and is taken as {encoding}: {store}, " in proposal.assumptions[0]
    (count,) = run(tmp_path, file, proposal.mapping)
    assert (count.store_id, count.sku) == (store, goods)


@pytest.mark.parametrize("encoding", ["cp1252", "iso8859-15"])
@pytest.mark.parametrize("goods", ["Brot", "K\u00e4se", "M\u00fcsli und Milch"])
def test_the_sign_of_the_euro_makes_no_text_cyrillic(
    tmp_path: Path, goods: str, encoding: str
) -> None:
    text = sales("Sold at", "2026-05-02", "2026-05-13", amount="4,00 \u20ac").replace("A1", goods)
    file = tmp_path / "till.csv"
    file.write_bytes(text.encode(encoding))
    assert {str(sale.line_amount) for sale in replayed(tmp_path, file)} == {"4.00"}
    assert not rejected(tmp_path)


def test_a_line_in_another_encoding_leaves_the_others_in_utf_8(tmp_path: Path) -> None:
    lines = ["Store;SKU;Counted;Date", *(f"K\u00f6ln;M{n};3;2026-05-02" for n in range(200)), ""]
    file = tmp_path / "mixed.csv"
    file.write_bytes("\n".join(lines).encode() + b"M\xfcnchen;X;1;2026-05-02\n")
    assert {count.store_id for count in replayed(tmp_path, file)} == {"K\u00f6ln"}
    assert len(rejected(tmp_path)) == 1


@pytest.mark.parametrize(
    ("samples", "instant"),
    [
        (("02.05.2026 08:03", "13.05.2026 08:03"), "2026-05-02T06:03:00"),
        (("5/2/26 8:03 AM", "5/13/26 8:03 PM"), "2026-05-02T06:03:00"),
        (("02/05/26", "13/05/26"), "2026-05-01T22:00:00"),
        (("02/05/2026", "03/05/2026"), "2026-05-01T22:00:00"),
        (("2026-05-02T08:03:00Z",), "2026-05-02T08:03:00"),
        (("2 May 2026 08:03", "13 May 2026 09:03"), "2026-05-02T06:03:00"),
        (("1777701780",), "2026-05-02T06:03:00"),
        (("1777701780000",), "2026-05-02T06:03:00"),
        (("1777701780000000",), "2026-05-02T06:03:00"),
        (("2. Mai 2026 08:03", "13. M\u00e4rz 2026 09:03"), "2026-05-02T06:03:00"),
        (("2 mai 2026 08:03", "13 f\u00e9vr. 2026 09:03"), "2026-05-02T06:03:00"),
        (("2 de mayo de 2026 08:03", "1 de enero de 2026 09:03"), "2026-05-02T06:03:00"),
        (("Sa, 2. Mai 2026", "So, 3. Mai 2026"), "2026-05-01T22:00:00"),
        (("46144.5",), "2026-05-02T10:00:00"),
        (("02/05/2026 08h03", "13/05/2026 08h03"), "2026-05-02T06:03:00"),
        (("02-May-26",), "2026-05-01T22:00:00"),
        (("May-02-26",), "2026-05-01T22:00:00"),
        (("5/2/2026 8:03AM", "5/13/2026 11:03PM"), "2026-05-02T06:03:00"),
        (("2026-05-02 8:03 AM", "2026-05-13 11:03 PM"), "2026-05-02T06:03:00"),
    ],
)
def test_times_are_read_as_they_are_written(
    tmp_path: Path, samples: tuple[str, ...], instant: str
) -> None:
    records = replayed(tmp_path, written(tmp_path, sales("Sold at", *samples)))
    assert not rejected(tmp_path)
    assert records[0].occurred_at.isoformat() == f"{instant}+00:00"


@pytest.mark.parametrize(
    ("amounts", "expected"),
    [
        (("2.000", "12", "1.250"), [2000, 12, 1250]),
        (("2.000", "12.000", "3.000"), [2, 12, 3]),
        (("2.000", "12", "4.00"), [2, 12, 4]),
        (("2,000", "12", "1,250.0"), [2000, 12, 1250]),
    ],
)
def test_a_point_beside_whole_numbers_separates_thousands_and_is_named(
    tmp_path: Path, amounts: tuple[str, ...], expected: list[int]
) -> None:
    lines = [f"S1;A{n};{amount};2026-05-02 20:00" for n, amount in enumerate(amounts)]
    file = written(tmp_path, "\n".join(["Store;SKU;Counted;Date", *lines]))
    assert [each.quantity for each in replayed(tmp_path, file)] == expected
    sentence = "a point in numbers separates thousands, as in 1.250"
    assumptions = proposed(tmp_path, file).assumptions
    assert (sentence in assumptions) == (expected[0] == 2000 and "." in amounts[0])


@pytest.mark.parametrize(
    ("header", "expected", "sentence"),
    [
        ("Artikelnummer;Bestand;Datum", [2000, 12000], "a point in numbers separates thousands"),
        ("SKU;Counted;Date", [2, 12], "so that 2.000 is 2: if it separates thousands, set"),
    ],
)
def test_a_point_before_three_digits_in_every_number_is_named(
    tmp_path: Path, header: str, expected: list[int], sentence: str
) -> None:
    text = f"{header}\nA1;2.000;2026-11-20\nA2;12.000;2026-11-20\n"
    file = written(tmp_path, text)
    assert [each.quantity for each in replayed(tmp_path, file)] == expected
    assert sentence in " ".join(proposed(tmp_path, file).assumptions)


def test_weights_beside_whole_numbers_are_no_thousands(tmp_path: Path) -> None:
    lines = ("S1;A;1.204;kg;2026-05-02 20:00", "S1;B;2;kg;2026-05-02 20:00")
    file = written(tmp_path, "\n".join(["Store;SKU;Counted;Unit;Date", *lines]))
    assert [each.quantity for each in replayed(tmp_path, file)] == [1204, 2000]


def test_a_day_that_may_be_a_month_is_named(tmp_path: Path) -> None:
    file = written(tmp_path, sales("Sold at", "05/05/2026 08:03"))
    (sentence,) = [each for each in proposed(tmp_path, file).assumptions if "fits, too" in each]
    assert sentence == "occurred_at is read as %d/%m/%Y %H:%M; %m/%d/%Y %H:%M fits, too"


@pytest.mark.parametrize(
    ("time", "has_clock"),
    [
        ("2026-05-02", False),
        ("02.05.2026", False),
        ("2026-05-02 00:00:00", False),
        ("2026-05-02T00:00:00+02:00", False),
        ("5/2/2026 12:00 AM", False),
        ("46144", False),
        ("46144.5", True),
        ("1777701780", True),
        ("02.05.2026 20:00", True),
        ("2026-05-02T20:00:00Z", True),
    ],
)
def test_a_count_without_a_time_of_day_is_named_with_the_remedy(
    tmp_path: Path, time: str, has_clock: bool
) -> None:
    file = written(tmp_path, f"Store;SKU;Counted;Date\nS1;A;3;{time}\n")
    proposal = proposed(tmp_path, file)
    named = [each for each in proposal.assumptions if "no time of day" in each]
    assert len(named) == (not has_clock)
    for sentence in named:
        remedy = sentence.partition("as in ")[2]
        proposal.entries["fields"]["counted_at"] = remedy
        (later,) = run(tmp_path, file, proposal.mapping)
        assert later.counted_at.astimezone(ZoneInfo(BERLIN)).hour == 20


def test_sales_without_a_time_of_day_are_named(tmp_path: Path) -> None:
    assumptions = proposed(tmp_path, written(tmp_path, sales("At", "2026-05-02"))).assumptions
    assert "occurred_at has no time of day: it is read as 00:00, before any count of that day" in (
        assumptions
    )


def test_a_name_with_a_hyphen_is_a_column_and_no_difference(tmp_path: Path) -> None:
    text = "order-id,sku,qty,amount,sale-date\nR1,A,1,1.00,02.05.2026 08:03\n"
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert sale.occurred_at == datetime(2026, 5, 2, 6, 3, tzinfo=UTC)


def test_a_zone_is_assumed_only_for_times_without_an_offset(tmp_path: Path) -> None:
    without = proposed(tmp_path, written(tmp_path, sales("Sold at", "2026-05-02 08:03")))
    assert f'time_zone = "{BERLIN}"' in without.text
    assert any(f"local in {BERLIN}" in each for each in without.assumptions)
    with_one = proposed(tmp_path, written(tmp_path, sales("Sold at", "2026-05-02 08:03+02:00")))
    assert "time_zone" not in with_one.text


def test_date_and_time_of_day_are_joined(tmp_path: Path) -> None:
    file = written(tmp_path, "Receipt,SKU,Qty,Amount,Date,Time\nR1,A,1,2.00,02.05.2026,08:03\n")
    assert replayed(tmp_path, file)[0].occurred_at == datetime(2026, 5, 2, 6, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    ["2026-05-02 00:00:00", "2026-05-02T00:00:00", "02.05.2026 0:00", "5/2/2026 12:00 AM"],
)
def test_a_time_of_day_is_joined_with_a_date_that_has_none_but_midnight(
    tmp_path: Path, date: str
) -> None:
    other = date.replace("02", "13", 1) if "." in date else date.replace("5/2/", "5/13/")
    text = f"Receipt,SKU,Qty,Amount,Date,Time\nR1,A,1,2.00,{date},08:03\nR2,A,1,2,{other},08:03\n"
    sale, _ = replayed(tmp_path, written(tmp_path, text))
    assert sale.occurred_at == datetime(2026, 5, 2, 6, 3, tzinfo=UTC)


def test_a_point_beside_prices_separates_no_thousands(tmp_path: Path) -> None:
    lines = ("S1;A;12.350;1.50", "S1;B;24;0.99")
    file = written(tmp_path, "\n".join(["Store;SKU;Counted;Price", *lines]))
    assert [each.sku for each in replayed(tmp_path, file)] == ["B"]
    assert "goods by weight or length are counted in whole" in rejected(tmp_path)[0][2]


@pytest.mark.parametrize(
    ("amount", "entry"),
    [
        ("1,19", "true"),
        ("1.234,50", "true"),
        ("1,234.50", None),
        ("1.19", None),
        ("1,250", "true"),
    ],
)
def test_the_decimal_sign_is_recognised(tmp_path: Path, amount: str, entry: str | None) -> None:
    proposal = proposed(tmp_path, written(tmp_path, sales("At", "2026-05-02", amount=amount)))
    assert re.findall(r"decimal_comma = (\w+)", proposal.text) == ([entry] if entry else [])
    assert ("is the decimal sign" in "".join(proposal.assumptions)) == (amount == "1,250")


@pytest.mark.parametrize(
    ("header", "line", "units"),
    [
        ("Artikel;Gez\u00e4hlt;Einheit;Z\u00e4hldatum", "A1;48,000;Stk;26.11.2026", 48),
        ("SKU;Counted;Date", "A1;48,000;2026-11-26", 48),
        ("SKU,Counted,Date", 'A1,"48,000",26.11.2026', 48),
        ("Artikelnummer,Gez\u00e4hlt,Date", 'A1,"48,000",2026-11-26', 48),
        ("SKU,Counted,Date", 'A1,"48,000",2026-11-26', None),
    ],
)
def test_a_comma_before_three_digits_is_decided_by_the_rest_of_the_file_or_left_undecided(
    tmp_path: Path, header: str, line: str, units: int | None
) -> None:
    file = tmp_path / "inventur.csv"
    file.write_bytes(f"{header}\n{line}\n".encode("cp1252"))
    proposal = proposed(tmp_path, file)
    (check,) = [each for each in proposal.assumptions if "a comma in numbers" in each]
    if units is None:
        assert "decimal_comma" not in proposal.entries
        assert "lines with one are rejected: set decimal_comma = true if 48,000 is 48" in check
        with pytest.raises(UserError, match="say in the mapping whether decimal_comma is true"):
            run(tmp_path, file, proposal.mapping)
    else:
        assert proposal.entries["decimal_comma"] is True
        assert "so that 48,000 is 48" in check
        assert [each.quantity for each in run(tmp_path, file, proposal.mapping)] == [units]


@pytest.mark.parametrize(
    ("amount", "code"), [("$1.00", "USD"), ("1.00 \u20ac", "EUR"), ("NGN 1.00", "NGN")]
)
def test_a_currency_beside_amounts_is_taken(tmp_path: Path, amount: str, code: str) -> None:
    file = written(tmp_path, sales("At", "2026-05-02", amount=amount))
    assert replayed(tmp_path, file)[0].currency == code


def test_packs_and_kilograms_become_base_units(tmp_path: Path) -> None:
    packs = "Receipt,SKU,Qty,Per UOM,Amount,Date\nR1,A,0.5,10,1.00,2026-05-01\n"
    assert replayed(tmp_path, written(tmp_path, packs))[0].quantity == 5
    weights = "Receipt,SKU,Qty,Unit,Amount,Date\nR1,A,0.5,kg,1.00,2026-05-01\n"
    assert replayed(tmp_path, written(tmp_path, weights))[0].quantity == 500


FORMS = (
    "utf-16-le", "semicolons", "a title", "excel's text", "am and pm", "spanish am and pm",
    "german times", "days of excel", "sep=", "trailing separators", "decimal comma",
)  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_file_in_another_form_is_proposed_to_be_the_same(tmp_path: Path, name: str) -> None:
    content, changes = CSV_FORMS[name]
    file = tmp_path / "file.csv"
    file.write_bytes(content)
    by_hand = values(run(tmp_path, file, mapped(tmp_path, *changes)))
    assert values(replayed(tmp_path, file, "UTC")) == by_hand


def test_amounts_with_their_units_in_one_cell_become_base_units(tmp_path: Path) -> None:
    amounts = [
        "12,350 kg",
        "0,8 kg",
        "1.204 g",
        "17 Stk.",
        "7,5 l",
        "1,5 m",
        "3",
        "2 x 6",
        "4 Kisten",
    ]
    lines = [f"S1;A{n};{amount};2026-05-02" for n, amount in enumerate(amounts)]
    file = written(tmp_path, "\n".join(["Store;SKU;Counted;Date", *lines]))
    counts = [(count.sku, count.quantity) for count in replayed(tmp_path, file)]
    expected = (12350, 800, 1204, 17, 7500, 1500, 3)
    assert counts == [(f"A{n}", quantity) for n, quantity in enumerate(expected)]
    assert [row[0] for row in rejected(tmp_path)] == ["9", "10"]
    assert any(
        "give each product its unit" in each for each in proposed(tmp_path, file).assumptions
    )


@pytest.mark.parametrize(
    "name", ["Final price (GBP)", "Total GBP", "Amount in GBP", "Amount (\u00a3)"]
)
def test_the_currency_in_a_columns_name_is_taken(tmp_path: Path, name: str) -> None:
    text = f"Receipt,SKU,Qty,{name},Date\nR1,A,2,3.00,2026-05-02\n"
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert (str(sale.line_amount), sale.currency) == ("3.00", "GBP")


def test_amounts_in_several_currencies_are_named(tmp_path: Path) -> None:
    lines = [f"R{n};A;1;{amount};2026-05-02" for n, amount in enumerate(("\u20ac1.00", "$2.00"))]
    file = written(tmp_path, "\n".join(["Receipt;SKU;Qty;Amount;Date", *lines]))
    assumptions = " ".join(proposed(tmp_path, file).assumptions)
    assert re.search("amounts in (EUR, USD are all taken as EUR|USD, EUR are .* USD)", assumptions)


def test_an_amount_that_is_a_product_of_columns_is_named(tmp_path: Path) -> None:
    text = "Receipt,SKU,Qty,Price,Date\nR1,A,2,3.00,2026-05-02\n"
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    assert any("line_amount is" in each and "it has no discounts" in each for each in assumptions)


def test_a_list_with_a_product_in_several_lines_is_named(tmp_path: Path) -> None:
    text = "SKU,Name,Price,When sold\nA1,Mug,3.00,2026-05-02\nA1,Mug,3.00,2026-05-03\n"
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    assert "'SKU' has the value of an earlier line in 1 lines" in " ".join(assumptions)
    single = written(tmp_path, text.rpartition("A1")[0])
    assert "earlier line" not in " ".join(proposed(tmp_path, single).assumptions)


@pytest.mark.parametrize(
    ("name", "source", "is_named"),
    [
        ("i2.csv", "i2", False),
        ("i3.csv", "i3", False),
        ("sales-2026-06.csv", "sales", True),
        ("June2026.csv", "June", True),
        ("export (1).csv", "export", True),
        ("2026-06-01.csv", "export", True),
    ],
)
def test_files_of_two_names_have_two_sources_and_two_exports_of_one_have_one(
    tmp_path: Path, name: str, source: str, is_named: bool
) -> None:
    proposal = proposed(tmp_path, written(tmp_path, sales("At", "2026-05-02"), name))
    assert proposal.entries["source"] == source
    checks = [each for each in proposal.assumptions if each.startswith("source is")]
    assert bool(checks) == is_named
