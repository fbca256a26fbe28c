"""Identifiers that look equal are equal; quantities are plausible; every refusal has a sentence."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.contract_file import load_all
from schemas.identifier import is_identifier
from schemas.violations import ContractViolationError
from tests.support.random_records import SALE
from tests.support.store_records import product

IDENTIFYING = ("_id", "sku", "_store", "barcodes")
"""Ends of the names of fields that identify."""

GOOD = ["4006381333931", "B 01", "Z\u00fcrich/Hbf", "\u5e97\u8217 7", "a\u200db", "B\u00e4r", "-1"]
BAD = ["", " ", "\t", "\u3000", " a", "a ", "a\xa0", "a\x00", "a\x85b", "a\x1b[2J", "Ba\u0308r"]
BAD += ["a\u200b", "\ufeffa", "\u202ea", "a\u2028b", "\u212b", "so\u00adft", "\u1100\u1161"]


@pytest.mark.parametrize("text", GOOD)
def test_text_of_any_script_identifies(text: str) -> None:
    replace(SALE, store_id=text, sku=text, event_id=text).validate()


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("field", ["store_id", "sku", "event_id", "receipt_id", "terminal_id"])
def test_text_that_looks_like_another_identifies_nothing(field: str, text: str) -> None:
    with pytest.raises(ContractViolationError, match=f"^{field}: expected") as refused:
        SALE.from_dict({**SALE.to_dict(), field: text}).validate()
    assert str(refused.value).isprintable()


@given(st.text(st.characters(codec="utf-8") | st.sampled_from(" a\x1b\u0301\u200d\u200b")))
def test_an_identifier_is_what_its_definition_says(text: str) -> None:
    hidden = [
        one
        for one in text
        if unicodedata.category(one) in ("Cc", "Cf", "Zl", "Zp") and one not in "\u200c\u200d"
    ]
    nfc = unicodedata.normalize("NFC", text) == text
    assert is_identifier(text) == (nfc and not hidden and text == text.strip())


def test_every_identity_of_an_event_is_an_identifier() -> None:
    for contract in load_all():
        if contract.flink == "source" or contract.name in {"Product", "Store"}:
            for field in contract.fields:
                identifies = field.name.endswith(IDENTIFYING)
                assert ("identifier" in field.constraints) == identifies, field.name
                if field.name == "quantity":
                    assert field.constraints["maximum"] == 1_000_000


@pytest.mark.parametrize("quantity", [1_000_001, -1_000_001, 40063813])
def test_a_barcode_in_the_quantity_is_refused(quantity: int) -> None:
    expected = r"^quantity: expected a whole number \(int\) from -1000000 to 1000000, got -?\d+$"
    with pytest.raises(ContractViolationError, match=expected):
        replace(SALE, quantity=quantity).validate()
    replace(SALE, quantity=1_000_000).validate()
    with pytest.raises(ContractViolationError, match="reorder_point"):
        product("a", reorder_point=quantity).validate()


def test_an_integer_of_5000_digits_is_refused_with_a_sentence() -> None:
    with pytest.raises(ContractViolationError, match=r"got a number of 16610 bits$"):
        replace(SALE, quantity=10**5000).validate()
