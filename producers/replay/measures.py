"""Amounts of goods with their unit in one cell, as people write them: "12,350 kg", "17 Stk"."""

import re
from decimal import Decimal

from producers.replay.column_names import vocabulary
from producers.replay.numbers import number
from views.amounts import IN_LARGE, LARGE

UNITS = dict.fromkeys(LARGE, 1) | dict.fromkeys(LARGE.values(), IN_LARGE) | {"cl": 10, "cm": 10}
"""Base units in one of each unit of weight, volume and length."""
WORDS = vocabulary()["units"]
SETS = dict.fromkeys(WORDS["dozen"], 12) | dict.fromkeys(WORDS["pair"], 2)
"""Pieces in one of each unit that is a set of them."""
NOT_METRIC, PIECES = {*WORDS["not_metric"]}, {*WORDS["piece"]}
MEASURED = re.compile(r"(?P<number>.*\d)\s*(?P<unit>[^\W\d_]*)\.?")


def base_units(text: str, comma: bool | None) -> Decimal:
    """Return an amount in g, ml, mm or pieces. Raises ValueError for another unit or no number."""
    match = MEASURED.fullmatch(text.strip())
    unit = match["unit"].casefold() if match else ""
    if match is None or (unit not in UNITS and unit not in PIECES):
        raise ValueError(f"expected an amount such as 1.204 kg or 3 pcs, got {text!r}")
    return number(match["number"], comma) * UNITS.get(unit, 1)


def is_measured(text: str) -> bool:
    """Return True for an amount with its unit beside it."""
    match = MEASURED.fullmatch(text.strip())
    unit = match["unit"].casefold() if match else ""
    return bool(unit) and (unit in UNITS or unit in PIECES)
