"""Amounts of goods for people, and what people enter as whole base units."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as some

from schemas.generated import Product
from views.amounts import LARGE, amount, base_units, signed


@pytest.mark.parametrize(
    ("number", "unit", "words"),
    [
        (1200, None, "1,200"),
        (-1200, "each", "\u22121,200"),
        (0.25, None, "0.25"),
        (1204, "g", "1.204 kg"),
        (350, "g", "0.350 kg"),
        (0, "g", "0.000 kg"),
        (-5, "g", "\u22120.005 kg"),
        (12_345_678, "ml", "12,345.678 l"),
        (1500, "mm", "1.500 m"),
        (12.5, "g", "0.012 kg"),
        (0.4, "g", "0.4 g"),
        (-0.04, "ml", "\u22120.04 ml"),
        (0.1 + 0.2 - 0.3, None, "0"),
        (7, "cl", "7 cl"),
    ],
)
def test_an_amount_is_shown_in_the_unit_that_people_use(
    number: float, unit: str | None, words: str
) -> None:
    assert amount(number, unit) == words


def test_a_change_has_its_sign() -> None:
    assert [signed(24, None), signed(1204, "g"), signed(-30, "ml"), signed(0, "g")] == [
        "+24",
        "+1.204 kg",
        "\u22120.030 l",
        "+0.000 kg",
    ]


def test_every_unit_of_the_contract_is_pieces_or_has_a_unit_that_people_use() -> None:
    field = next(each for each in Product.FIELDS if each.name == "unit")
    assert (field.limits.pattern or "").split("|") == ["each", *LARGE]


@pytest.mark.parametrize(
    ("text", "unit", "units"),
    [
        ("1.2", "g", 1200),
        ("1.2 kg", "g", 1200),
        ("-0.005", "g", -5),
        ("3", "ml", 3000),
        ("+0.750 l", "ml", 750),
        ("12", None, 12),
        ("-12", "each", -12),
    ],
)
def test_what_a_person_enters_is_a_whole_number_of_base_units(
    text: str, unit: str | None, units: int
) -> None:
    assert base_units(text, unit) == units


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("1.2345", "g"),
        ("1,204", "g"),
        ("1.2 l", "g"),
        ("1200 g", "g"),
        ("1e3", "g"),
        ("nan", "ml"),
        (".", "mm"),
        ("", "g"),
        ("1.5", None),
        ("1.0", "each"),
    ],
)
def test_what_is_no_whole_number_of_base_units_is_refused(text: str, unit: str | None) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - it has no message: its form words it
        base_units(text, unit)


@given(some.integers(-(10**14), 10**14), some.sampled_from(sorted(LARGE)))
def test_an_amount_that_is_shown_is_entered_as_the_same_amount(number: int, unit: str) -> None:
    shown = amount(number, unit).replace(",", "").replace("\u2212", "-")
    assert base_units(shown, unit) == number
    with localcontext() as exact:
        exact.prec = 40
        assert Decimal(shown.split()[0]) * 1000 == number
