"""A list of movements is never taken for sales: it is refused, with mappings to copy."""

import re
from pathlib import Path

import pytest

from connect.errors import UserError
from producers.replay.mapping_file import parse_mapping
from schemas.generated import Adjustment, Shipment
from tests.support.exports import rejected, run
from tests.support.proposed_mappings import proposed, written

DOCS = Path("docs/bring-your-own-data.md")
MOVEMENTS = {
    "English": ("Date;Warehouse;Item;Type;Qty;Unit price", "Receipt", "Issue"),
    "German": ("Datum;Lager;Artikel;Belegart;Menge;Preis", "Wareneingang", "Warenausgang"),
    "German by code": ("Datum;Lager;Artikel;Bewegungsart;Menge;Preis", "101", "261"),
    "Spanish": ("Fecha;Almacen;Codigo;Tipo;Cantidad;Precio", "Entrada", "Salida"),
    "French": ("Date;Entrepot;Code article;Sens;Qte;Prix", "Entr\u00e9e", "Sortie"),
    "Italian": ("Data;Negozio;Codice;Causale;Qte;Prezzo", "Carico", "Scarico"),
    "a ledger": ("Date;Warehouse;Item;Kind;Qty;Unit price", "Purchase", "Sale"),
    "of receipts only": ("Date;Warehouse;Item;Type;Qty;Unit price", "Receipt", "Receipt"),
    "of issues only": ("Date;Warehouse;Item;Type;Qty;Unit price", "Issue", "Issue"),
    "of NetSuite": (
        "Date;Location;Item;Type;Quantity;Price",
        "Item Receipt",
        "Inventory Adjustment",
    ),
    "of an order": ("Order;Date;Warehouse;Item;Type;Qty", "Receipt", "Issue"),
}


@pytest.mark.parametrize("name", MOVEMENTS)
def test_movements_are_no_sales(tmp_path: Path, name: str) -> None:
    header, first, second = MOVEMENTS[name]
    kind = header.split(";")[-3 if name != "of an order" else -2]
    ends = ("10;4.00", "-3;4.00") if name != "of an order" else ("10", "-3")
    start = "O1;" if name == "of an order" else ""
    lines = (
        f"{start}2026-11-20;W1;A1;{first};{ends[0]}",
        f"{start}2026-11-21;W1;A1;{second};{ends[1]}",
    )
    with pytest.raises(UserError, match=f"lists movements of goods.*: '{kind}' is ") as raised:
        proposed(tmp_path, written(tmp_path, "\n".join((header, *lines))))
    section = re.findall(r'data.md, "(.+)", has mappings', raised.value.message)[0]
    assert f"## {section}\n" in DOCS.read_text("utf-8")


@pytest.mark.parametrize(
    ("column", "first", "second"), [("Reason", "Sale,-2", "Damage,-1"), ("Type", "IN,5", "OUT,2")]
)
def test_changes_of_which_some_are_sales_or_have_no_sign_are_movements(
    tmp_path: Path, column: str, first: str, second: str
) -> None:
    text = (
        f"Date,Store,SKU,{column},Adjustment\n2026-11-20,S1,A,{first}\n2026-11-20,S1,A,{second}\n"
    )
    with pytest.raises(UserError, match=f"lists movements of goods.*: '{column}' is "):
        proposed(tmp_path, written(tmp_path, text))


def test_changes_without_a_sign_are_named(tmp_path: Path) -> None:
    text = "Date,Store,SKU,Reason,Adjustment\n2026-11-20,S1,A,Damage,2\n"
    checks = " ".join(proposed(tmp_path, written(tmp_path, text)).assumptions)
    assert (
        "none is below zero: if goods were written off, write '-abs(number(\"Adjustment\"))'"
        in checks
    )
    text = text.replace(",2\n", ",-2\n")
    assert "below zero" not in " ".join(proposed(tmp_path, written(tmp_path, text)).assumptions)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("Type", ("Sale", "Refund")),
        ("Type", ("Receipt", "Refund")),
        ("Receipt type", ("Receipt", "Receipt")),
        ("Status", ("Received", "Open")),
        ("Payment", ("Transfer", "Cash")),
        ("Tipo", ("Entrada", "Postre")),
    ],
)
def test_words_of_a_till_are_no_movements(
    tmp_path: Path, column: str, values: tuple[str, str]
) -> None:
    lines = [f"R{n},A1,1,2026-11-2{n},4.00,{value}" for n, value in enumerate(values)]
    text = "\n".join([f"Receipt,SKU,Qty,Date,Amount,{column}", *lines])
    assert proposed(tmp_path, written(tmp_path, text)).entries["contract"] == "transaction"


@pytest.mark.parametrize("kind", ["Bewegungsart", "BwA", "Event Type", "Voucher Type"])
def test_movements_of_an_erp_without_a_contract_name_the_mappings_to_copy(
    tmp_path: Path, kind: str
) -> None:
    text = f"{kind};Werk;Material;Menge in ErfassME\n101;W1;A1;10\n261;W1;A1;3-\n"
    with pytest.raises(UserError, match=f"'{kind}' is that of movements: docs/bring-your"):
        proposed(tmp_path, written(tmp_path, text))


def test_the_mapping_of_the_docs_makes_movements_of_an_erps_documents(tmp_path: Path) -> None:
    section = DOCS.read_text("utf-8").split("## Movements of goods\n")[1].split("\n## ")[0]
    mapping = parse_mapping(
        tmp_path / "erp.toml", re.findall(r"```toml\n(.+?)```", section, re.S)[0]
    )
    text = (
        "Belegnummer;Position;Bewegungsart;Werk;Material;Menge;Buchungsdatum\n"
        "50001;1;101;W1;A1;1.200,000;26.11.2026\n"
        "50002;1;261;W1;A1;12,000-;26.11.2026\n"
        "50003;1;551;W1;A1;3-;26.11.2026\n"
    )
    events = run(tmp_path, written(tmp_path, text), mapping)
    assert [(type(each), each.quantity) for each in events] == [
        (Shipment, 1200),
        (Adjustment, -12),
        (Adjustment, -3),
    ]
    assert events[2].reason == "damage"


def test_a_rejected_value_of_further_columns_names_what_the_line_has(tmp_path: Path) -> None:
    mapping = parse_mapping(
        tmp_path / "erp.toml",
        """
contract = "shipment"
source = "erp"
event_id = ["No"]
identical_lines = "repeats"
time_zone = "UTC"

[columns]
at = \"""try_strptime("Day" || ' ' || "Clock", '%d.%m.%Y %H:%M')\"""
pieces = \"""CASE "Unit" WHEN 'PC' THEN 1 END\"""

[fields]
store_id = "Plant"
sku = "SKU"
quantity = 'number("Qty") * pieces'
occurred_at = "at"
""",
    )
    text = (
        "No,Plant,SKU,Qty,Unit,Day,Clock\n"
        "1,W1,A1,2,PC,26.11.2026,10:14\n"
        "2,W1,A1,2,PC,26/11/2026,10:14\n"
        "3,W1,A1,2,KAR,26.11.2026,10:14\n"
    )
    assert len(run(tmp_path, written(tmp_path, text), mapping)) == 1
    time, quantity = (row[2] for row in rejected(tmp_path))
    assert time.endswith("got nothing (column 'at') (Clock is '10:14', Day is '26/11/2026')")
    assert quantity.endswith("from number(\"Qty\") * pieces (Qty is '2', Unit is 'KAR')")
