"""A file is shown as the events that it would become, and one that cannot be read is named."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.errors import UserError
from connect.settings import Settings
from producers.replay.command import replay_command
from producers.replay.inspect_file import inspect, inspect_command
from producers.replay.mapping_file import parse_mapping
from schemas.generated import Transaction
from tests.support.conformance_exports import BASE_UNITS, EXPORTS, RIGHT, units
from tests.support.exports import rejected, run
from tests.support.markdown_files import ROOT, blocks
from tests.support.proposed_mappings import BERLIN, inspected, proposed, replayed, sales, written
from tests.support.refused_files import REFUSED
from tests.support.sales_files import BINARIES, zipped
from tests.support.sales_text import CSV, changed, mapped

GUESSED = (
    "float_noise.csv",
    "month_to_7th.csv + month_to_14th.csv",
    "movements.csv",
    "scientific_barcodes.csv",
    "spanish_am_pm.csv",
    "weighed_goods.csv",
)
"""Files of no known layout of which names and content say all that their units depend on."""


@pytest.mark.parametrize("name", GUESSED)
def test_names_and_content_give_the_units_of_the_export(tmp_path: Path, name: str) -> None:
    files = [EXPORTS / file for file in name.split(" + ")]
    mapping = proposed(tmp_path, files[0]).mapping
    records = [record for file in files for record in run(tmp_path, file, mapping)]
    right = {
        key: round(value * BASE_UNITS.get(key.split("|")[1], 1))
        for key, value in RIGHT[name]["units"].items()
    }
    counted = units(records)
    assert {key: count for key, count in counted.items() if count} == right


def test_the_events_are_shown_as_a_store_speaks_of_them() -> None:
    output = inspected(EXPORTS / "shopify_orders.csv")
    assert output.startswith(f"{EXPORTS}/shopify_orders.csv: text in utf-8, separated by ','; Sh")
    line = (
        r"line 2: sold 2 Fern Print at Main Shop, 3 Sep( 2026)? 10:14 local; SKU FERN-1; 32.00 USD"
    )
    assert re.search(f"^{line}$", output, re.MULTILINE)
    assert re.search(r"^line 4: sold 1 Speckled Mug at Harbor Shop, 13 Sep( 2026)? 23:41 local;",
                     inspected(EXPORTS / "square_items.csv"), re.MULTILINE)  # fmt: skip


def test_the_sheet_with_the_lines_is_chosen_and_named(tmp_path: Path) -> None:
    (tmp_path / "book").write_bytes(BINARIES["xlsx of another library"])
    output = inspected(tmp_path / "book")
    assert output.startswith(f"{tmp_path}/book, sheet 'Sales': a sheet of a workbook; an export of")
    assert f"Not read, as it lacks the mapping's columns: {tmp_path}/book, sheet 'Notes'." in output


def workbook(path: Path, header: list[str], sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in [header, *rows]:
            sheet.append(row)
    book.save(path)
    return path


def test_a_sheet_of_counts_is_a_store_if_no_column_is(tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {
        "Leeds": [["A", 12, "2026-05-02 20:00"]],
        "York": [["A", 7, "2026-05-02 20:00"]],
    }
    book = workbook(tmp_path / "stock.xlsx", ["SKU", "Counted", "Date"], sheets)
    counts = replayed(tmp_path, book)
    assert [(each.store_id, each.quantity) for each in counts] == [("Leeds", 12), ("York", 7)]
    assert len({each.event_id for each in counts}) == 2
    assumptions = proposed(tmp_path, book).assumptions
    assert "each sheet or file is a store, by its name: Leeds, York" in assumptions
    assert not any("'Main'" in each for each in assumptions)


def test_sheets_of_sales_are_one_table_and_named(tmp_path: Path) -> None:
    sheets: dict[str, list[list[object]]] = {
        name: [[f"R-{name}", "A", 1, 2, "2026-05-02 20:00"]] for name in ("May", "June")
    }
    header = ["Receipt", "SKU", "Qty", "Amount", "Date"]
    book = workbook(tmp_path / "sales.xlsx", header, sheets)
    assert [each.store_id for each in replayed(tmp_path, book)] == ["Main", "Main"]
    sentence = 'read as one: May, June; if each is a store, that is "file_part", in event_id, too'
    assert sentence in " ".join(proposed(tmp_path, book).assumptions)


@pytest.mark.parametrize("name", ["leeds.csv", "zip"])
def test_the_name_of_a_file_is_a_column(tmp_path: Path, name: str) -> None:
    mapping = mapped(tmp_path, ('store_id = "Store"', 'store_id = "file_part"'))
    (tmp_path / name).write_bytes(zipped({"a/leeds.csv": CSV}) if name == "zip" else CSV)
    assert {sale.store_id for sale in run(tmp_path, tmp_path / name, mapping)} == {"leeds"}


def test_a_mapping_is_saved_once_and_fits_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INVENTORY_STATE", str(tmp_path / "state"))
    file, mapping = EXPORTS / "square_items.csv", tmp_path / "square.toml"
    assert f"The mapping is saved as {mapping}." in inspected(file, "--save", str(mapping))
    arguments = [str(file), "--mapping", str(mapping), "--dry-run"]
    assert "to send 4 + rejected 1" in CliRunner().invoke(replay_command, arguments).output
    again = CliRunner().invoke(inspect_command, [str(file), "--save", str(mapping)])
    assert "cannot be written (File exists): name another file with --save" in again.output


def test_a_book_without_goods_is_no_export_of_them(tmp_path: Path) -> None:
    text = "Umsatz;Soll/Haben-Kennzeichen;Konto;Belegdatum;Buchungstext\n12,50;S;1000;0311;Kasse\n"
    with pytest.raises(UserError, match=r"has no columns of goods .* for .*sku \(known names"):
        proposed(tmp_path, written(tmp_path, text))


def test_columns_of_fixed_widths_are_named_with_the_remedy(tmp_path: Path) -> None:
    text = "FILIALE   ARTIKEL       MENGE\n0001      4006381333931    12\n"
    with pytest.raises(UserError, match="If columns have fixed widths: import them into a spread"):
        proposed(tmp_path, written(tmp_path, text))


def test_a_file_of_unknown_columns_is_named_with_them(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"no columns of goods .* its columns are: Alpha, Beta"):
        proposed(tmp_path, written(tmp_path, "Alpha,Beta\n1,2\n"))


def test_columns_that_a_file_lacks_are_named_with_names_that_are_known(tmp_path: Path) -> None:
    text = "Ticket,Article,Qte,Montant inconnu,Date\nR1,A,1,1.00,2026-05-02\n"
    with pytest.raises(UserError) as refused:
        proposed(tmp_path, written(tmp_path, text))
    assert "Nearest is the contract transaction, which needs a column for line_amount (known" in (
        refused.value.message
    )
    assert "docs/bring-your-own-data.md" in refused.value.message


def test_the_nearest_contract_is_the_one_that_uses_the_most_of_the_columns(tmp_path: Path) -> None:
    text = "Receipt,Article,Quantity,Store,Currency,Cashier\nR1,A,1,S1,EUR,Ann\n"
    with pytest.raises(UserError, match=r"Nearest is the contract transaction, which needs a col"):
        proposed(tmp_path, written(tmp_path, text))


def test_amounts_with_tax_are_sales(tmp_path: Path) -> None:
    header = "Ticket,Article,Qte,Prix unitaire,Montant TTC,Date"
    (sale,) = replayed(tmp_path, written(tmp_path, f"{header}\nR1,A,2,1.50,3.00,2026-05-02\n"))
    assert (str(sale.unit_price), str(sale.line_amount)) == ("1.50", "3.00")


def test_a_list_of_stores_is_read(tmp_path: Path) -> None:
    text = "Filiale;Name;Zeitzone;Ort\nF1;Markt;Europe/Berlin;Ulm\n"
    file = written(tmp_path, text)
    (store,) = replayed(tmp_path, file)
    assert (store.store_id, store.name, store.time_zone) == ("F1", "Markt", BERLIN)
    assert proposed(tmp_path, file).assumptions == ["no field is made of 'Ort' (ulm 1)"]


DOCUMENTED = {
    "product": (
        "Artikelnummer;Bezeichnung;Warengruppe;Preis;Meldebestand;Sollbestand;Lieferzeit;EAN",
        "A1;Milch;Molkerei;1,19;6;20;2;4006381333931",
    ),
    "store": (
        "Filiale;Name;Zeitzone;\u00d6ffnungszeiten",
        "F1;Markt;Europe/Berlin;Mo-Fr 08:00-20:00",
    ),
}


@pytest.mark.parametrize("contract", DOCUMENTED)
def test_the_documented_mapping_of_a_product_or_store_reads_its_file(
    tmp_path: Path, contract: str
) -> None:
    page = (ROOT / "docs" / "bring-your-own-data.md").read_text("utf-8")
    (text,) = [each for each in blocks(page, "toml") if f'contract = "{contract}"' in each]
    mapping = parse_mapping(tmp_path / "mapping.toml", text)
    file = written(tmp_path, "\n".join(DOCUMENTED[contract]))
    (record,) = run(tmp_path, file, mapping)
    assert contract == type(record).__name__.lower()
    assert record == replayed(tmp_path, file)[0]


@pytest.mark.parametrize("name", [name for name in REFUSED if "column" not in name])
def test_a_file_that_cannot_be_read_is_named_for_what_it_is(tmp_path: Path, name: str) -> None:
    content, message = REFUSED[name]
    (tmp_path / "export.csv").write_bytes(content)
    with pytest.raises(UserError, match=message):
        proposed(tmp_path, tmp_path / "export.csv")


@settings(max_examples=10)
@given(
    start=st.sampled_from([b"", CSV, b"Store,SKU,Counted,Date\n", b"[{", b"PK\3\4"]),
    rest=st.binary(max_size=200),
)
def test_random_bytes_are_one_sentence_or_a_proposal(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes
) -> None:
    folder = tmp_path_factory.mktemp("bytes")
    (folder / "file").write_bytes(start + rest)
    try:
        inspect(Settings(), folder / "file", None, "UTC")
    except UserError as error:
        if not error.message.isprintable():
            raise


def test_sales_without_receipts_are_sales_and_no_receipts_of_goods(tmp_path: Path) -> None:
    text = "Date,SKU,Qty,Amount\n2026-05-02 08:03,A1,2,4.00\n2026-05-02 08:03,A2,1,4.00\n"
    records = replayed(tmp_path, written(tmp_path, text))
    assert [(type(each), each.quantity, each.line_no) for each in records] == [
        (Transaction, 2, 1),
        (Transaction, 1, 2),
    ]


def test_a_header_without_lines_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no lines below its header"):
        proposed(tmp_path, written(tmp_path, "Store,SKU,Counted,Date\n"))


def test_a_list_of_stock_is_a_count_at_the_time_of_the_file(tmp_path: Path) -> None:
    file = written(tmp_path, "SKU,Title,On hand\nA1,Mug,3\n")
    os.utime(file, (1777701780, 1777701780))
    (count,) = replayed(tmp_path, file)
    assert (count.store_id, count.quantity) == ("Main", 3)
    assert count.counted_at == datetime(2026, 5, 2, 6, 3, tzinfo=UTC)
    assert proposed(tmp_path, file).assumptions == [
        "the store of all lines is 'Main', as the file has none",
        "the moment of the count is, also in further files, '2026-05-02T06:03:00+00:00', as the "
        "file has none",
    ]
    assert count.event_id == "sales:A1:2026-05-02T06%3A03%3A00+00%3A00"


def test_a_product_has_its_base_unit_and_its_figures_in_it(tmp_path: Path) -> None:
    lines = "A1,Rice,2.50,g,500", "A2,Nuts,9.00,kg,3", "A3,Cup,3.00,each,4", "A4,Milk,1,cl,5"
    file = written(tmp_path, "\n".join(["SKU,Name,Price,Unit,Reorder point", *lines]))
    assert [
        (each.unit, each.reorder_point, each.order_up_to) for each in replayed(tmp_path, file)
    ] == [
        ("g", 500, 1000),
        ("g", 3000, 6000),
        (None, 4, 8),
        ("ml", 50, 100),
    ]
    checks = " ".join(proposed(tmp_path, file).assumptions)
    assert "'Unit' is the unit of a product's stock, so that its price is that of a kilo" in checks
    assert "no field is made of" not in checks
    pieces = written(tmp_path, "SKU,Name,Price,Unit\nA3,Cup,3.00,each\n")
    assert "unit" not in proposed(tmp_path, pieces).entries["fields"]


@pytest.mark.parametrize(
    ("header", "line"),
    [
        ("SKU,Qty counted,Date counted,Time counted", "A1,5,2026-11-26,18:30"),
        ("Artikel;Gez\u00e4hlt;Z\u00e4hldatum;Uhrzeit", "A1;5;26.11.2026;18:30"),
        ("Artikel;Gez\u00e4hlt;Stichtag;Z\u00e4hlzeit", "A1;5;26.11.2026;18:30"),
        ("Codigo;Conteo;Fecha de conteo;Hora de conteo", "A1;5;26/11/2026;18:30"),
        ("R\u00e9f\u00e9rence;Stock r\u00e9el;Date d'inventaire;Heure", "A1;5;26/11/2026;18:30"),
        ("SKU,Counted,Time counted", "A1,5,2026-11-26 18:30"),
    ],
)
def test_the_date_and_the_time_of_a_count_are_its_moment(
    tmp_path: Path, header: str, line: str
) -> None:
    file = written(tmp_path, f"{header}\n{line}\n")
    (count,) = replayed(tmp_path, file)
    assert count.counted_at == datetime(2026, 11, 26, 17, 30, tzinfo=UTC)
    assert "moment of the count" not in " ".join(proposed(tmp_path, file).assumptions)


@pytest.mark.parametrize("date", ["2026-11-26", "26.11.2026", "11/26/2026"])
def test_a_date_that_may_be_that_of_a_count_is_named(tmp_path: Path, date: str) -> None:
    file = written(tmp_path, f"SKU,Counted,Expiry,Shelf\nA1,5,{date},7\n")
    (check,) = [each for each in proposed(tmp_path, file).assumptions if "moment" in each]
    assert "as 'Expiry' may be another date: if it is that of the count, make" in check


@pytest.mark.parametrize(
    ("header", "line", "figures"),
    [
        ("", "", (1, 2, 7)),
        (",Reorder point", ",6", (6, 12, 7)),
        (",Reorder point,Order up to", ",6,20", (6, 20, 7)),
        (",Reorder point,Lead time", ",0,2", (0, 1, 2)),
    ],
)
def test_a_product_without_target_or_lead_time_hides_no_need_and_is_named(
    tmp_path: Path, header: str, line: str, figures: tuple[int, int, int]
) -> None:
    file = written(tmp_path, f"SKU,Name,Category,Price{header}\nA1,Mug,Cups,3.00{line}\n")
    (product,) = replayed(tmp_path, file)
    assert (product.reorder_point, product.order_up_to, product.lead_time) == figures
    assert product.order_up_to > product.reorder_point
    assumed = " ".join(proposed(tmp_path, file).assumptions)
    for name, column in (
        ("reorder_point", "Reorder"), ("order_up_to", "Order up"), ("lead_time", "Lead"),
    ):  # fmt: skip
        assert (name in assumed) == (column not in header)


def test_a_column_without_any_value_is_not_chosen(tmp_path: Path) -> None:
    file = written(tmp_path, "SKU,EAN,Custom SKU,Counted,Date\n,,A1,3,2026-05-02\n")
    assert [count.sku for count in replayed(tmp_path, file)] == ["A1"]


def test_a_code_beside_the_name_of_goods_is_the_sku(tmp_path: Path) -> None:
    text = "Filiale;EAN;Artikel;Bestand;Stand\nB1;4006381333948;Tasse;3;26.11.2026\n"
    (count,) = replayed(tmp_path, written(tmp_path, text))
    assert (count.sku, f"{count.counted_at:%d.%m.}") == ("4006381333948", "25.11.")


def test_a_code_before_a_name_is_the_sku(tmp_path: Path) -> None:
    text = "Order Ref,Product,Quantity,Subtotal,Created on\nR1,[F-1] Fern,2,4.00,2026-05-02\n"
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert (sale.sku, sale.event_id) == ("F-1", "sales:R1:[F-1] Fern:2026-05-02")


def test_a_price_out_of_its_limits_is_rejected_with_its_column_and_the_remedy(
    tmp_path: Path,
) -> None:
    header, lines = "Bon;SKU;Menge;Preis;Betrag;Datum", ("R1;A;1;2,00;2,00", "R2;P;1;-0,25;-0,25")
    text = "\n".join([header, *(f"{line};2026-05-02" for line in lines)])
    assert len(replayed(tmp_path, written(tmp_path, text))) == 1
    (row,) = rejected(tmp_path)
    assert row[2] == (
        "unit_price: expected a number of 0 or more with at most 8 digits before the point, got "
        "-0.25 (column 'Preis'): write an expression in the mapping, or null, for such lines, or "
        "exclude them by where"
    )


def test_a_time_in_utc_is_shown_as_such(tmp_path: Path) -> None:
    for time, shown in (
        ("2026-09-03T10:14:00Z", "3 Sep 10:14 UTC"),
        ("2026-09-03T10:14:00+02:00", "3 Sep 10:14 local"),
    ):
        assert shown in inspected(written(tmp_path, sales("Sold at", time)))


def test_an_instant_is_shown_by_the_clock_of_the_mappings_zone(tmp_path: Path) -> None:
    zone = ('time_zone = "UTC"', 'time_zone = "America/New_York"')
    time = """occurred_at = '''strptime("Sold at", '%d-%b-%Y %I:%M %p %Z')'''"""
    mapping = mapped(tmp_path, zone, ('occurred_at = "Sold at"', time))
    file = written(tmp_path, changed("Sold at", lambda _: "03-Nov-2026 10:14 AM EST"))
    sale = run(tmp_path, file, mapping)[0]
    assert sale.occurred_at == datetime(2026, 11, 3, 15, 14, tzinfo=UTC)
    arguments = [str(file), "--mapping", str(mapping.path), "--dry-run", "--unchecked"]
    output = CliRunner().invoke(replay_command, arguments).output
    assert re.search(r"3 Nov( 2026)? 10:14 local", output)
