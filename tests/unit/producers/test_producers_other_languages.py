"""Exports in other languages, and without accents, are read by the names of their columns."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.support.exports import rejected, run
from tests.support.proposed_mappings import proposed, replayed, written
from tests.support.sales_text import CSV, mapped

SALES = {
    "Turkish": (
        "\u015eube;Fi\u015f No;Tarih;Saat;Stok Kodu;Miktar;Birim Fiyat;Tutar",
        "\u0130stanbul;F1;03.09.2026;10:14;K1;2;\u20ba1.234,50;\u20ba2.469,00",
    ),
    "Spanish of Loyverse": (
        "Fecha,N\u00famero de recibo,Tipo de recibo,C\u00f3digo,Art\u00edculo,Cantidad,"
        "Ventas netas,Tienda",
        '13/09/26 10:14,1-1001,Venta,K1,Manzana,"2,000","2469,00",\u0130stanbul',
    ),
    "French without accents": (
        "MAGASIN;NO TICKET;DATE;HEURE;CODE ARTICLE;DESIGNATION;QUANTITE;MONTANT TTC",
        "\u0130stanbul;T1;13/09/2026;10:14;K1;Creme;2;2469,00",
    ),
    "Swiss": (
        "Filiale;Beleg;Datum;Zeit;Artikel;Bezeichnung;Menge;Betrag",
        "\u0130stanbul;B1;13.9.26;10.14;K1;K\u00e4se;2;CHF 2'469.-",
    ),
    "Japanese": (
        "\u5e97\u8217,\u30ec\u30b7\u30fc\u30c8\u756a\u53f7,\u65e5\u4ed8,\u5546\u54c1\u30b3\u30fc\u30c9,"
        "\u6570\u91cf,\u91d1\u984d",
        "\u0130stanbul,R1,2026\u5e749\u67083\u65e5 10:14,K1,2,2469",
    ),
}


@pytest.mark.parametrize("name", SALES)
def test_sales_in_other_languages_are_sales(tmp_path: Path, name: str) -> None:
    (sale,) = replayed(tmp_path, written(tmp_path, "\n".join(SALES[name])))
    assert not rejected(tmp_path)
    assert (sale.store_id, sale.sku, sale.quantity) == ("\u0130stanbul", "K1", 2)
    assert sale.line_amount == 2469
    assert f"{sale.occurred_at:%H:%M}" in ("08:14", "08:15")


def test_lines_of_a_lightspeed_report_are_sales_and_no_list_of_products(tmp_path: Path) -> None:
    text = (
        "Line #,Sale ID,Completed,Item,System ID,Custom SKU,Qty,Price,Subtotal,Shop\n"
        "1,22,2026-09-03T10:14:11-07:00,Cap,21000,CAP,2,$10.00,$19.00,Downtown\n"
    )
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert (sale.receipt_id, sale.store_id, sale.quantity) == ("22", "Downtown", 2)


LINES = "R1,A1,2,4.00,2026-09-03", "Subtotal,Subtotal,2,4.00,2026-09-03", "R2,A1,1,2.00,2026-09-04"


def test_a_sum_of_other_lines_is_no_sale(tmp_path: Path) -> None:
    file = written(tmp_path, "\n".join(["Receipt,SKU,Qty,Amount,Date", *LINES]))
    assert [sale.quantity for sale in replayed(tmp_path, file)] == [2, 1]
    sentence = "lines whose 'SKU' is subtotal are no events, as sums of others"
    assert sentence in proposed(tmp_path, file).assumptions


def test_a_sum_that_a_mapping_takes_for_a_sale_is_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for word in ("Summe", "Discount", "NULL"):
        (tmp_path / "sales.csv").write_bytes(CSV.replace(b"00123", word.encode()))
        run(tmp_path, tmp_path / "sales.csv", mapped(tmp_path))
        warning = f"sums, discounts or charges: 1, such as that of SKU {word!r} in line 2. Exclude"
        assert warning in capsys.readouterr().err


@pytest.mark.parametrize("value", ["No sale", "Quotation", "Suspended", "Angebot", "iptal"])
def test_what_is_no_sale_yet_is_no_event(tmp_path: Path, value: str) -> None:
    text = "Receipt,SKU,Qty,Amount,Date,Type\nR1,A,1,1,2026-05-01,Sale\nR2,A,1,1,2026-05-01,"
    assert len(replayed(tmp_path, written(tmp_path, text + value))) == 1


@pytest.mark.parametrize("word", ["Storno", "Sofortstorno", "Bon-Storno", "Storno Verkauf"])
def test_a_reversal_takes_goods_back(tmp_path: Path, word: str) -> None:
    lines = "B1;A;2;4;2026-05-01;Verkauf", f"B2;A;2;4;2026-05-02;{word}"
    text = "\n".join(["Beleg;Artikel;Menge;Betrag;Datum;Belegart", *lines])
    assert [each.quantity for each in replayed(tmp_path, written(tmp_path, text))] == [2, -2]


@pytest.mark.parametrize("name", ["VK-Preis", "VK_Preis", "VKPreis brutto", "Ladenpreis"])
def test_a_selling_price_in_german_is_known(tmp_path: Path, name: str) -> None:
    text = f"Beleg;Artikel;Menge;{name};Datum\nB1;A;2;4,50;2026-05-01"
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert sale.line_amount == Decimal("9.00")


def test_a_sale_whose_state_is_reversed_is_no_event(tmp_path: Path) -> None:
    lines = "B1;A;2;4;2026-05-01;Bezahlt", "B2;A;2;4;2026-05-02;Storno"
    text = "\n".join(["Beleg;Artikel;Menge;Betrag;Datum;Status", *lines])
    assert [each.receipt_id for each in replayed(tmp_path, written(tmp_path, text))] == ["B1"]


def test_a_sale_whose_state_is_reversed_is_no_event_beside_returns_of_other_sales(
    tmp_path: Path,
) -> None:
    states = ("Verkauf", "Storno", "Retoure")
    lines = [f"B{n};A;2;4;2026-05-0{n};{state}" for n, state in enumerate(states, start=1)]
    text = "\n".join(["Beleg;Artikel;Menge;Betrag;Datum;Status", *lines])
    sales = replayed(tmp_path, written(tmp_path, text))
    assert [(each.receipt_id, each.quantity) for each in sales] == [
        ("B1", 2),
        ("B3", -2),
    ]


@pytest.mark.parametrize(
    "column",
    [
        "VK-Preis",
        "VK Preis brutto",
        "Ladenpreis",
        "Selling Price",
        "Prix de vente",
        "Precio de venta",
        "PVP",
        "Prezzo di vendita",
        "Pre\u00e7o de venda",
        "Verkoopprijs",
        "Cena sprzeda\u017cy",
        "Salgspris",
    ],
)
def test_a_selling_price_is_the_price_of_a_unit(tmp_path: Path, column: str) -> None:
    text = f"Receipt,SKU,Qty,Date,{column}\nB1,A,2,2026-05-01,4.50\n"
    (sale,) = replayed(tmp_path, written(tmp_path, text))
    assert (sale.unit_price, sale.line_amount) == (Decimal("4.50"), Decimal("9.00"))


def test_a_reference_beside_an_item_is_no_sku(tmp_path: Path) -> None:
    text = "Ref,Item,Qty,Amount,Date\nR1,Cup,2,4,2026-05-01\n"
    assert [each.sku for each in replayed(tmp_path, written(tmp_path, text))] == ["Cup"]


def test_every_value_that_counts_is_named(tmp_path: Path) -> None:
    lines = [f"R{n},A,1,1.00,2026-05-01,kind {n}" for n in range(12)]
    text = "\n".join(["Receipt,SKU,Qty,Amount,Date,Order type", *lines])
    checks = " ".join(proposed(tmp_path, written(tmp_path, text)).assumptions)
    assert all(f"kind {n} 1" in checks for n in range(12))
