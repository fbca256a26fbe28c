"""Exact numbers of an export, without binary floating point.

A binary floating-point value of a file stands for its shortest decimal text (1.43, not
1.4299999…) and is rounded to the contract's digits, half to even, because such a file cannot hold
1.43. Text and decimals are exact: excess digits are an error.
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

POINT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
COMMA = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)", re.ASCII)


def number(value: Any, comma: bool) -> Decimal:
    """Return the number that a file's value stands for. Raises ValueError.

    comma: text has a decimal comma instead of a point. Thousands separators are errors.
    """
    if isinstance(value, str):
        text = value.strip()
        if (COMMA if comma else POINT).fullmatch(text):
            return Decimal(text.replace(",", "."))
    elif isinstance(value, float):
        if value - value == 0:  # neither infinite nor NaN
            return Decimal(repr(value))
    elif isinstance(value, Decimal):
        if value.is_finite():
            return value
    elif isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    raise ValueError(f"expected a number such as {'12,34' if comma else '12.34'}, got {value!r}")


def decimal(value: Any, scale: int, comma: bool) -> Decimal:
    """Return a number with `scale` digits after the point. Raises ValueError."""
    exact = number(value, comma)
    rounded = round_to(exact, scale)
    if rounded != exact and not isinstance(value, float):
        raise ValueError(f"expected at most {scale} digits after the point, got {value!r}")
    return rounded


def integer(value: Any, comma: bool) -> int:
    """Return a whole number, which may be written as 3.0. Raises ValueError."""
    exact = number(value, comma)
    if exact != exact.to_integral_value():
        raise ValueError(f"expected a whole number, got {value!r}")
    return int(exact)


def round_to(exact: Decimal, scale: int) -> Decimal:
    """Round half to even. Raises ValueError for a number of more than 28 digits."""
    try:
        return exact.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN)
    except InvalidOperation:
        raise ValueError(f"expected a number of at most 28 digits, got {exact}") from None
