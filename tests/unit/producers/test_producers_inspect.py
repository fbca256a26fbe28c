"""A proposed mapping makes of a file what it is, and says what it assumes."""

import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.errors import UserError
from connect.settings import Settings
from producers.replay.command import inspect_command, replay_command
from producers.replay.inspect_file import inspect
from producers.replay.known_exports import fitting_export, known_exports
from producers.replay.mapping_file import parse_mapping
from producers.replay.mapping_proposal import Proposal, propose_mapping
from schemas.clock import utc_now
from schemas.generated import ReplenishmentOrder, Transaction
from tests.support.exports import rejected, run
from tests.support.markdown_files import ROOT, blocks
from tests.support.refused_files import REFUSED
from tests.support.sales_files import BINARIES, zipped
from tests.support.sales_text import CSV, CSV_FORMS, mapped, values
from tests.unit.producers.test_producers_exports import BASE_UNITS, EXPORTS, RIGHT, units

BERLIN = "Europe/Berlin"
KNOWN: dict[str, tuple[str, dict[str, int]]] = {
    "square_items.csv": (
        "Square",
        {"Autumn Fair|MUG-1": 1, "Autumn Fair|FERN-1": 1, "Harbor Shop|MUG-1": 1},
    ),
    "shopify_orders.csv": ("Shopify: orders", {"Main Shop|FERN-1": 3, "Main Shop|TOTE-1": 2}),
    "shopify_products.csv": ("Shopify: products", {}),
    "loyverse_cancelled.csv": (
        "Loyverse",
        {"Example Minimart|10221": 4, "Example Minimart|98000001": 6},
    ),
    "lightspeed_sales.csv": ("Lightspeed", {"Main|FERN-1": 1, "Main|TOTE-1": 1}),
    "toast_items.csv": ("Toast", {"Harbor Cafe|501": 2, "Harbor Cafe|COOKIE": 1}),
    "odoo_orders.csv": (
        "Odoo: sales",
        {"San Example|FERN-1": 2, "San Example|TOTE-1": 1, "San Example|Gift wrap": 3},
    ),
    "odoo_moves.csv": ("Odoo: moves", {}),
    "dsfinvk/lines.csv": ("DSFinV-K", {"Main|1001": 1, "Main|1002": 452}),
}
"""Files of known exports: what their title begins with, and units sold by store and SKU."""
GUESSED = (
    "float_noise.csv",
    "month_to_7th.csv + month_to_14th.csv",
    "movements.csv",
    "scientific_barcodes.csv",
    "spanish_am_pm.csv",
    "weighed_goods.csv",
)
"""Files of no known layout of which names and content say all that their units depend on."""


def proposed(tmp_path: Path, file: Path, zone: str = BERLIN) -> Proposal:
    return propose_mapping(file, tmp_path / "proposed.toml", zone)


def replayed(tmp_path: Path, file: Path, zone: str = BERLIN) -> list[Any]:
    return run(tmp_path, file, proposed(tmp_path, file, zone).mapping)


def written(tmp_path: Path, text: str, name: str = "sales.csv") -> Path:
    file = tmp_path / name
    file.write_text(text, encoding="utf-8")
    return file


def inspected(file: Path, *options: str) -> str:
    result = CliRunner().invoke(inspect_command, [str(file), *options])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_export_is_recognised_and_read(tmp_path: Path, name: str) -> None:
    title, sold = KNOWN[name]
    assert proposed(tmp_path, EXPORTS / name).title.startswith(title)
    records = replayed(tmp_path, EXPORTS / name)
    if sold:
        assert {key: count for key, count in units(records).items() if count} == sold
    assert len(rejected(tmp_path)) == (1 if name == "square_items.csv" else 0)


def test_every_known_export_has_a_file_here() -> None:
    titles = [each.title for each in known_exports()]
    assert len(titles) == len(KNOWN)
    for title, _ in KNOWN.values():
        assert any(each.startswith(title) for each in titles)


def test_moves_of_odoo_are_receipts_sales_corrections_and_transfers(tmp_path: Path) -> None:
    records = replayed(tmp_path, EXPORTS / "odoo_moves.csv")
    words = [f"{type(each).__name__} {each.quantity}" for each in records]
    assert words == [
        "Shipment 20",
        "Transaction 2",
        "Transaction -1",
        "Adjustment -3",
        "Transfer 4",
        "Transfer 4",
    ]
    assert [(each.phase, each.from_store, each.to_store) for each in records[-2:]] == [
        ("shipped", "WH", "EAST"),
        ("received", "WH", "EAST"),
    ]


def test_receipts_of_an_archive_find_their_times_in_it(tmp_path: Path) -> None:
    folder = EXPORTS / "dsfinvk"
    members = {path.name: path.read_bytes() for path in folder.iterdir()}
    (tmp_path / "export.zip").write_bytes(zipped(members))
    beside = replayed(tmp_path, folder / "lines.csv")
    inside = replayed(tmp_path, tmp_path / "export.zip")
    assert [each.event_id for each in inside] == [each.event_id for each in beside]
    assert inside[0].occurred_at == datetime(2026, 10, 1, 8, 0, tzinfo=UTC)


def test_a_mapping_that_names_its_zone_keeps_it(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, EXPORTS / "dsfinvk" / "lines.csv", "Asia/Tokyo")
    assert proposal.text.count("time_zone") == 1
    assert 'time_zone = "Europe/Berlin"' in proposal.text


def test_an_assumption_stands_once_however_many_events_need_it(tmp_path: Path) -> None:
    moves = (EXPORTS / "odoo_moves.csv").read_text("utf-8")
    text = re.sub(r"2026-09-0\d", "05/05/2026", moves)
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    assert len([each for each in assumptions if "fits, too" in each]) == 1


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


def test_an_order_to_a_supplier_is_an_order_unless_it_is_cancelled(tmp_path: Path) -> None:
    orders = replayed(tmp_path, EXPORTS / "replenishment_orders.csv")
    assert all(isinstance(order, ReplenishmentOrder) for order in orders)
    assert [(order.order_id, order.status, order.quantity) for order in orders] == [
        ("PO-0004", "placed", 67),
        ("PO-0008", "placed", 84),
    ]
    assert orders[0].expected_at == datetime(2026, 7, 3, 22, 0, tzinfo=UTC)


def test_a_column_that_an_export_lacks_has_no_value(tmp_path: Path) -> None:
    header, *lines = (EXPORTS / "shopify_orders.csv").read_text("utf-8").splitlines()
    assert header.split(",")[15] == "Location"
    shorter = [",".join(line.split(",")[:15]) for line in (header, *lines)]
    records = replayed(tmp_path, written(tmp_path, "\n".join(shorter)))
    assert {record.store_id for record in records} == {"Online"}
    assert not rejected(tmp_path)


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


def test_a_mapping_is_saved_once_and_fits_its_file(tmp_path: Path) -> None:
    file, mapping = EXPORTS / "square_items.csv", tmp_path / "square.toml"
    assert f"The mapping is saved as {mapping}." in inspected(file, "--save", str(mapping))
    arguments = [str(file), "--mapping", str(mapping), "--dry-run"]
    assert "to send 4 + rejected 1" in CliRunner().invoke(replay_command, arguments).output
    again = CliRunner().invoke(inspect_command, [str(file), "--save", str(mapping)])
    assert "cannot be written (File exists): name another file with --save" in again.output


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
        "Artikelnummer;Bezeichnung;Warengruppe;Preis;Meldebestand;Sollbestand;Lieferzeit",
        "A1;Milch;Molkerei;1,19;6;20;2",
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
    "cp1251": "\u041c\u043e\u0441\u043a\u0432\u0430;\u0447\u0430\u0439",
    "cp932": "\u6771\u4eac;\u304a\u8336",
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


def test_a_line_in_another_encoding_leaves_the_others_in_utf_8(tmp_path: Path) -> None:
    lines = ["Store;SKU;Counted;Date", *(f"K\u00f6ln;M{n};3;2026-05-02" for n in range(200)), ""]
    file = tmp_path / "mixed.csv"
    file.write_bytes("\n".join(lines).encode() + b"M\xfcnchen;X;1;2026-05-02\n")
    assert {count.store_id for count in replayed(tmp_path, file)} == {"K\u00f6ln"}
    assert len(rejected(tmp_path)) == 1


def test_goods_received_beside_those_ordered_are_named(tmp_path: Path) -> None:
    text = "PO,SKU,Ordered,Received,Order date,Expected\nP1,A,3,2,2026-05-01,2026-05-03\n"
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    assert "'Received' is not read: it needs [[events]] of its own" in assumptions


def test_a_header_without_lines_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="has no lines below its header"):
        proposed(tmp_path, written(tmp_path, "Store,SKU,Counted,Date\n"))


def sales(time: str = "Sold at", *times: str, amount: str = "1.00") -> str:
    lines = [f"R{n};1;A{n};1;{amount};{text}" for n, text in enumerate(times, start=1)]
    return "\n".join([f"Receipt;Line;SKU;Qty;Amount;{time}", *lines]) + "\n"


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
        (("46144.5",), "2026-05-02T10:00:00"),
    ],
)
def test_times_are_read_as_they_are_written(
    tmp_path: Path, samples: tuple[str, ...], instant: str
) -> None:
    records = replayed(tmp_path, written(tmp_path, sales("Sold at", *samples)))
    assert not rejected(tmp_path)
    assert records[0].occurred_at.isoformat() == f"{instant}+00:00"


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
    ("amount", "entry"),
    [
        ("1,19", "true"),
        ("1.234,50", "true"),
        ("1,234.50", None),
        ("1.19", None),
        ("1,250", "false"),
    ],
)
def test_the_decimal_sign_is_recognised(tmp_path: Path, amount: str, entry: str | None) -> None:
    proposal = proposed(tmp_path, written(tmp_path, sales("At", "2026-05-02", amount=amount)))
    assert re.findall(r"decimal_comma = (\w+)", proposal.text) == ([entry] if entry else [])
    assert ("separates thousands" in "".join(proposal.assumptions)) == (entry == "false")


@pytest.mark.parametrize(
    ("amount", "code"), [("$1.00", "USD"), ("1.00 \u20ac", "EUR"), ("NGN 1.00", "NGN")]
)
def test_a_currency_beside_amounts_is_taken(tmp_path: Path, amount: str, code: str) -> None:
    file = written(tmp_path, sales("At", "2026-05-02", amount=amount))
    assert replayed(tmp_path, file)[0].currency == code


@pytest.mark.parametrize(
    ("column", "counts", "no_event", "returned"),
    [
        ("Status", "Paid", "Cancelled", "Refund"),
        ("Void?", "false", "true", None),
        ("IsReturn", "0", None, "1"),
        ("Belegtyp", "Verkauf", "Storniert", "Retoure"),
        ("Annul\u00e9", "non", "oui", None),
        ("annullato", "no", "s\u00ec", None),
        ("Annulliert", "nein", "ja", None),
        ("Storno", "nein", "ja", None),
        ("Storno", "", "x", None),
        ("Art", "Verkauf", "annulliert", "Retoure"),
        ("Vorgang", "Verkauf", None, "Retoure"),
        ("Belegart", "Verkauf", None, "Gutschrift"),
        ("Buchungsart", "Verkauf", None, "R\u00fcckgabe"),
    ],
)
def test_cancelled_lines_are_no_events_and_returns_come_back(
    tmp_path: Path, column: str, counts: str, no_event: str | None, returned: str | None
) -> None:
    lines = [f"R{n},A,2,4.00,2026-05-0{n},{value}" for n, value in
             enumerate((counts, no_event, returned), start=1) if value is not None]  # fmt: skip
    text = "\n".join([f"Receipt,SKU,Qty,Amount,Date,{column}", *lines])
    records = replayed(tmp_path, written(tmp_path, text))
    expected = [(2, "4.00")] + ([(-2, "-4.00")] if returned else [])
    assert [(each.quantity, str(each.line_amount)) for each in records] == expected
    assert not rejected(tmp_path)
    assert (f":{returned}" in records[-1].event_id) == bool(returned)
    checks = " ".join(proposed(tmp_path, tmp_path / "sales.csv").assumptions)
    for value, words in ((no_event, "are no events"), (returned, "take goods back")):
        sentence = f"lines whose '{column}' is {(value or '').lower()} {words}"
        assert (sentence in checks) == bool(value)


POS = {
    "beside the till": (
        "Bon;Kasse;Pos;SKU;Menge;Betrag;Datum",
        ("R1;1;1;A;1;1", "R1;1;2;B;1;1", "R1;2;1;A;1;1", "R1;2;2;B;1;1"),
        [("1", 1), ("1", 2), ("2", 1), ("2", 2)],
        "",
    ),
    "as the line": (
        "Bon;Pos;SKU;Menge;Betrag;Datum",
        ("R1;1;A;1;1", "R1;2;B;1;1", "R2;1;A;1;1"),
        [("unknown", 1), ("unknown", 2), ("unknown", 1)],
        "'Pos' is the number of a line in its receipt",
    ),
    "as the till": (
        "Receipt;POS;SKU;Qty;Amount;Date",
        ("R1;7;A;1;1", "R1;7;B;1;1", "R2;8;A;1;1", "R2;8;B;1;1"),
        [("7", 1), ("7", 2), ("8", 1), ("8", 2)],
        "'POS' is the till",
    ),
}


@pytest.mark.parametrize("name", POS)
def test_pos_is_the_line_of_a_receipt_or_the_till_by_its_content(tmp_path: Path, name: str) -> None:
    header, lines, expected, sentence = POS[name]
    text = "\n".join([header, *(f"{line};2026-05-02 08:03" for line in lines)])
    file = written(tmp_path, text)
    records = replayed(tmp_path, file)
    assert [(each.terminal_id, each.line_no) for each in records] == expected
    assert len({each.event_id for each in records}) == len(records)
    assumed = [each for each in proposed(tmp_path, file).assumptions if each.startswith("'P")]
    assert len(assumed) == bool(sentence)
    assert all(each.startswith(sentence) for each in assumed)


def test_lines_are_numbered_within_store_till_and_receipt(tmp_path: Path) -> None:
    lines = ("S1,1,R1,A", "S1,1,R1,B", "S1,2,R1,A", "S2,1,R1,A")
    text = "\n".join(["Store,Till,Receipt,SKU,Qty,Amount,Date",
                      *(f"{line},1,1.00,2026-05-02" for line in lines)])  # fmt: skip
    records = replayed(tmp_path, written(tmp_path, text))
    assert [record.line_no for record in records] == [1, 2, 1, 1]


def test_a_till_that_no_column_names_is_named(tmp_path: Path) -> None:
    assumptions = proposed(tmp_path, written(tmp_path, sales("At", "2026-05-02"))).assumptions
    assert any("till of all lines is 'unknown'" in each for each in assumptions)


def test_a_yes_that_only_a_further_file_has_is_no_event_either(tmp_path: Path) -> None:
    text = "Receipt,SKU,Qty,Amount,Date,Storno\nR1,A,1,1.00,2026-05-01,{}\n"
    mapping = proposed(tmp_path, written(tmp_path, text.format("nein"))).mapping
    assert len(run(tmp_path, written(tmp_path, text.format("nein")), mapping)) == 1
    assert not run(tmp_path, written(tmp_path, text.format("ja"), "further.csv"), mapping)


def test_goods_that_are_named_as_a_return_are_sold(tmp_path: Path) -> None:
    text = "Receipt,SKU,Item,Category,Qty,Amount,Date\nR1,A,Reso,Training,1,1.00,2026-05-01\n"
    assert [sale.quantity for sale in replayed(tmp_path, written(tmp_path, text))] == [1]


def test_columns_that_nothing_is_made_of_are_named_with_their_few_values(tmp_path: Path) -> None:
    lines = [f"R{n},A,1,1.00,2026-05-02,{'swap' if n else 'sale'},{n}" for n in range(30)]
    text = "\n".join(["Receipt,SKU,Qty,Amount,Date,Action,Guest", *lines])
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    (sentence,) = [each for each in assumptions if each.startswith("no field is made of")]
    assert "'Guest'" in sentence
    assert re.search(r"'Action' \((sale 1, swap 29|swap 29, sale 1)\)", sentence)


def test_values_that_may_choose_lines_are_named(tmp_path: Path) -> None:
    text = "Receipt,SKU,Qty,Amount,Date,Status\nR1,A,1,1.00,2026-05-01,open\nR2,A,1,1,2026-05-02,ok"
    assumptions = proposed(tmp_path, written(tmp_path, text)).assumptions
    assert "every line counts, whatever its 'Status' (open 1, ok 1)" in assumptions or (
        "every line counts, whatever its 'Status' (ok 1, open 1)" in assumptions
    )


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


def test_a_code_before_a_name_is_the_sku(tmp_path: Path) -> None:
    text = "Order Ref,Product,Quantity,Subtotal,Created on\nR1,[F-1] Fern,2,4.00,2026-05-02\n"
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert (sale.sku, sale.event_id) == ("F-1", "sales:R1:[F-1] Fern:2026-05-02")


def test_packs_and_kilograms_become_base_units(tmp_path: Path) -> None:
    packs = "Receipt,SKU,Qty,Per UOM,Amount,Date\nR1,A,0.5,10,1.00,2026-05-01\n"
    assert replayed(tmp_path, written(tmp_path, packs))[0].quantity == 5
    weights = "Receipt,SKU,Qty,Unit,Amount,Date\nR1,A,0.5,kg,1.00,2026-05-01\n"
    assert replayed(tmp_path, written(tmp_path, weights))[0].quantity == 500


def test_exports_of_one_origin_have_one_source(tmp_path: Path) -> None:
    sources = {
        proposed(tmp_path, written(tmp_path, sales("At", "2026-05-02"), name))
        .mapping.events[0]
        .source
        for name in ("sales_2026-05.csv", "sales_2026-06.csv")
    }
    assert sources == {"sales"}


def warnings(tmp_path: Path, text: str) -> list[str]:
    output = inspected(written(tmp_path, text))
    return [line for line in output.splitlines() if line.startswith("Warning: ")]


def counted(*skus: str) -> str:
    lines = [f"S1,{sku},3,{utc_now() - timedelta(days=1):%Y-%m-%d}" for sku in skus]
    return "\n".join(["Store,SKU,Counted,Date", *lines]) + "\n"


def test_skus_that_differ_in_their_writing_are_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, counted("A-1", "a-1", "00123", "123", "B 2", "B2", "C"))
    assert "'A-1' and 'a-1', '00123' and '123', 'B 2' and 'B2'. Each has a level" in warning
    assert warnings(tmp_path, counted("A-1", "A-2", "A-1")) == []


def test_skus_that_differ_in_outer_blanks_are_one_product_and_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, counted("A1", "A1 ", " B ", "C"))
    assert "with and without outer blanks: 'A1'. The blanks are removed" in warning
    assert warnings(tmp_path, counted("A1 ", " A1", "B ")) == []


def test_codes_without_their_last_digits_are_a_warning(tmp_path: Path) -> None:
    for code in ("4.00638E+12", "4006380000000"):
        (warning,) = warnings(tmp_path, counted(code, "4006381333931"))
        assert f"spreadsheet has dropped digits: {code}." in warning


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


def test_a_count_that_will_be_refused_for_its_age_is_a_warning_before_it_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "Store,SKU,Counted,Counted at\n" + "".join(
        f"S1,A{days},3,{utc_now() - timedelta(days=days, hours=1):%Y-%m-%dT%H:%M:%SZ}\n"
        for days in (6, 7, 30)
    )
    (warning,) = warnings(tmp_path, text)
    assert "refused (late_count, in quarantine), in lines: 2; first in line 3." in warning
    assert "The oldest is of 30 days ago, and INVENTORY_COUNT_SECONDS is 604800" in warning
    file = tmp_path / "sales.csv"
    seconds = re.findall(r"COUNT_SECONDS above (\d+)", warning)
    replayed(tmp_path, file)
    sent = capsys.readouterr()
    assert warning[:60] in sent.err
    assert "acknowledged 3.\nCounts that are too old" in sent.out
    run(tmp_path, file, proposed(tmp_path, file).mapping, count_seconds=int(seconds[0]) + 60)
    run(tmp_path, file, proposed(tmp_path, file).mapping, count_seconds=0)
    assert "late_count" not in "".join(capsys.readouterr())


def test_sales_without_opening_stock_are_a_warning(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, sales("At", "2026-05-02"))
    assert warning.startswith("Warning: No opening stock:")
    assert warnings(tmp_path, counted("A1")) == []
    assert "Warning" not in inspected(EXPORTS / "odoo_moves.csv")


def test_many_rejected_lines_are_counted_by_their_reason(tmp_path: Path) -> None:
    output = inspected(written(tmp_path, counted(*["A"] * 3, *[""] * 20)))
    assert output.count("rejected, sku: expected a value") == 10
    assert "Rejected lines by their first reason: sku 20." in output


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


def test_the_most_specific_export_is_chosen() -> None:
    columns = {name for each in known_exports() for name in each.required}
    chosen = fitting_export(columns)
    assert chosen is not None
    assert len(chosen.required) == max(len(each.required) for each in known_exports())
    assert fitting_export(["Date", "Item"]) is None
