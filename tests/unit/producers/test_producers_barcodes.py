"""Barcodes of exports become those of products, and doubtful ones are a warning."""

from pathlib import Path

import pytest

from producers.simulator.catalogue import catalogue
from schemas.generated import Product
from tests.support.conformance_exports import EXPORTS
from tests.support.exports import rejected
from tests.support.proposed_mappings import inspected, proposed, replayed, written
from views.barcodes import codes, is_gtin, is_misread

EXPORTED = {
    "Square": "Token,Item Name,SKU,Category,GTIN,Price\nT1,Mug,A1,Cups,{},3.00\n",
    "Loyverse": "Handle,SKU,Name,Category,Barcode,Default price\nmug,A1,Mug,Cups,{},3.00\n",
    "Lightspeed": "System ID,UPC,EAN,Custom SKU,Item,Category,Price\n1,{},,A1,Mug,Cups,3.00\n",
    "Odoo": "Internal Reference,Name,Product Category,Barcode,Sales Price\nA1,Mug,Cups,{},3.00\n",
    "a German ERP": "Artikelnummer;Bezeichnung;EAN-Code;Preis\nA1;Tasse;{};3,00\n",
}
"""Lists of products, with {} in place of the barcode."""
SHEET = "SKU,Name,Category,Price,Barcode,EAN\n"


def products(tmp_path: Path, text: str) -> list[Product]:
    return replayed(tmp_path, written(tmp_path, text, "products.csv"))


def listed(*codes: str) -> str:
    lines = [f"A{number},Mug {number},Cups,3.00,{code}," for number, code in enumerate(codes)]
    return SHEET + "\n".join(lines) + "\n"


def warnings(tmp_path: Path, text: str) -> list[str]:
    output = inspected(written(tmp_path, text, "products.csv"))
    return [line for line in output.splitlines() if line.startswith("Warning: ")]


@pytest.mark.parametrize("origin", EXPORTED)
def test_the_barcode_of_an_export_is_that_of_the_product(tmp_path: Path, origin: str) -> None:
    for code in ("4006381333931", "012345678905"):
        (product,) = products(tmp_path, EXPORTED[origin].format(code))
        assert (product.sku, product.barcodes) == ("A1", code)
        assert not rejected(tmp_path)


def test_variant_barcodes_of_shopify_are_those_of_the_variants(tmp_path: Path) -> None:
    header, *lines = (EXPORTS / "shopify_products.csv").read_text("utf-8").splitlines()
    variants = ["'4006381333931", "", "012345678905", "", ""]
    held = [f"{line},{code}" for line, code in zip(lines, variants, strict=True)]
    with_codes = products(tmp_path, "\n".join([f"{header},Variant Barcode", *held]))
    without = replayed(tmp_path, EXPORTS / "shopify_products.csv")
    assert [each.barcodes for each in with_codes] == ["4006381333931", None, "012345678905"]
    assert [each.barcodes for each in without] == [None] * 3
    assert [each.sku for each in with_codes] == [each.sku for each in without]


def test_several_columns_and_several_codes_in_a_cell_are_all_codes(tmp_path: Path) -> None:
    text = SHEET + "A1,Mug,Cups,3.00,4006381333931,96385074\nA2,Cap,Cups,3.00,,\n"
    text += 'A3,Hat,Cups,3.00,"4006381333948, 14006381333938",012345678905\n'
    assert [codes(each.barcodes) for each in products(tmp_path, text)] == [
        ["4006381333931", "96385074"],
        [],
        ["4006381333948", "14006381333938", "012345678905"],
    ]


def test_a_file_that_knows_goods_by_their_barcode_has_it_as_the_sku(tmp_path: Path) -> None:
    (product,) = products(tmp_path, "EAN,Name,Price\n4006381333931,Mug,3.00\n")
    assert (product.sku, product.barcodes) == ("4006381333931", None)


@pytest.mark.parametrize("code", ["4.00638E+12", "4006380000000"])
def test_a_barcode_that_a_spreadsheet_has_shortened_is_a_warning(tmp_path: Path, code: str) -> None:
    (warning,) = warnings(tmp_path, listed(code, "4006381333931"))
    assert f"spreadsheet has dropped digits: {code}." in warning


def test_a_product_whose_barcode_has_lost_digits_is_rejected_by_name(tmp_path: Path) -> None:
    assert [each.sku for each in products(tmp_path, listed("4.00638E+12", "96385074"))] == ["A1"]
    assert "barcodes: 4.00638E+12 is a number whose last digits" in rejected(tmp_path)[0][2]


def test_a_wrong_check_digit_is_a_warning_and_the_code_stays(tmp_path: Path) -> None:
    text = listed("4006381333932", "4006381333931", "B-17")
    (warning,) = warnings(tmp_path, text)
    assert "wrong check digit for an EAN or UPC code: 4006381333932. They stay as" in warning
    assert products(tmp_path, text)[0].barcodes == "4006381333932"


def test_one_code_of_two_products_is_a_warning_in_any_of_its_lengths(tmp_path: Path) -> None:
    (warning,) = warnings(tmp_path, listed("012345678905", "0012345678905", "96385074"))
    assert "more than one product: 012345678905 of 'A0' and 'A1'. A scan then" in warning


def test_a_file_without_barcodes_maps_none(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, written(tmp_path, "SKU,Name,Price\nA1,Mug,3.00\n"))
    assert "barcodes" not in proposal.entries["fields"]


def test_simulated_products_have_codes_of_their_own_which_are_the_same_for_all_seeds() -> None:
    held = [each.barcodes or "" for each in catalogue(7).products]
    assert len(set(held)) == len(held) == 240
    assert all(is_gtin(code) and code.startswith("20") and len(code) == 13 for code in held)
    assert not any(map(is_misread, held))
    assert held == [each.barcodes for each in catalogue(8).products]
