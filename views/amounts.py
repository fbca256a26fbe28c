"""Amounts of goods: a whole number of base units in every record, "1.204 kg" for people."""

import re
from collections.abc import Mapping
from decimal import Decimal

LARGE: Mapping[str, str] = {"g": "kg", "ml": "l", "mm": "m"}
"""The unit that people use, which has 1,000 of a base unit."""
IN_LARGE = 1000
PIECES = "each"
AMOUNT = "quantity"
"""Field of every event that has an amount of goods."""
DECIMALS = 3
MINUS = "\u2212"
_MEASURED = re.compile(rf"[+-]?[0-9]{{1,15}}(\.[0-9]{{1,{DECIMALS}}})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,19}")


def amount(number: float, unit: str | None) -> str:
    """Format an amount, or one per hour: "1,200" pieces, "1.204 kg" of 1204 g, "0.25" pieces.

    Less than one base unit, of an amount per hour, is "0.4 g". unit: as the product has it; None:
    pieces, or not in the catalogue.
    """
    number = round(number, 6)  # sums of fractions differ a little from what they mean
    if unit in LARGE and 0 < abs(number) < 1:
        return f"{number:.2g} {unit}".replace("-", MINUS)
    if unit in LARGE:
        text = f"{Decimal(number) / IN_LARGE:,.{DECIMALS}f}"
    elif number == int(number) or abs(number) >= 10:
        text = f"{number:,.0f}"
    else:
        text = f"{number:,.2g}"
    return " ".join([text.replace("-", MINUS), *filter(None, [unit_name(unit)])])


def signed(number: int, unit: str | None) -> str:
    """Format a change, with its sign: "+24", "+1.204 kg"."""
    return f"{'+' if number >= 0 else ''}{amount(number, unit)}"


def unit_name(unit: str | None) -> str:
    """Name the unit of formatted amounts: "kg"; "" for pieces."""
    return "" if unit in (None, PIECES) else LARGE.get(unit, unit)


def in_large_units(number: float, unit: str | None) -> float:
    """Convert an amount for a chart: to kg, l or m; pieces stay as they are."""
    return number / IN_LARGE if unit in LARGE else number


def base_units(text: str, unit: str | None) -> int:
    """Convert what a person enters: "1.2" or "1.2 kg" of a product in g is 1200.

    Raises ValueError for what is no whole number of base units.
    """
    large = LARGE.get(unit or PIECES)
    if large is None:
        if not _WHOLE.fullmatch(text):
            raise ValueError
        return int(text)
    number = text.removesuffix(large).rstrip()
    if not _MEASURED.fullmatch(number):
        raise ValueError
    return int(Decimal(number) * IN_LARGE)
