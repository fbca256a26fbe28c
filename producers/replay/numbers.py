"""Exact numbers of an export, as tills and spreadsheets write them.

A binary floating-point value stands for its shortest decimal text (1.43, not 1.4299999…). Noise of
binary arithmetic in its last digits, also in text (106.35000000000001), is not part of the number.
"""

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

POINT = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
COMMA = re.compile(r"[+-]?(\d+(,\d*)?|,\d+)", re.ASCII)
CODES = (
    "AED|ARS|AUD|BDT|BGN|BHD|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|GHS|HKD|HUF|IDR|ILS|INR"
    "|IQD|ISK|JOD|JPY|KES|KRW|KWD|KZT|LKR|MAD|MXN|MYR|NGN|NOK|NZD|OMR|PEN|PHP|PKR|PLN|QAR|RON|RSD"
    "|RUB|SAR|SEK|SGD|THB|TND|TRY|TWD|TZS|UAH|UGX|USD|UYU|VND|XAF|XOF|ZAR|ZMW"
)
SIGN = (
    rf"(?:(?:US|A|C|R|HK|NZ|S|MX|NT|CA)?\$|[€£¥₹₺₽₩₪₫₱₦฿₴₸₡₲₵¢]|zł|Kč|Ft|kr\.?|Fr\.?|Rs\.?|{CODES})"
)
WRITTEN = re.compile(
    rf"(?:{SIGN}\s*(?=\())?(?P<open>\()?(?P<sign>[-+])?(?:{SIGN})?\s*(?P<inner>[-+])?\s*"
    rf"(?P<digits>\d[\d.,'\s]*|[.,]\d+)"
    rf"\s*(?:{SIGN})?\s*(?P<last>-)?\s*(?:{SIGN})?(?P<close>\))?\s*(?:{SIGN})?",
    re.ASCII,
)
"""A number with a sign or a currency before or after it, or in parentheses, which are a minus."""
NO_CENTS = re.compile(r"(?<=\d)[.,]\s?[-\u2013\u2014]{1,2}(?=\D*$)")
"""Dashes in place of decimals, as in "Fr. 12.-" or "kr 5,-"."""
TINY = re.compile(r"[+-]?\d([.,]\d+)?E-\d{1,3}", re.ASCII | re.IGNORECASE)
"""A difference that is 0, as a spreadsheet may leave it, such as 5.68E-14."""
PLAIN = str.maketrans(
    "\u2212\u2019\u00a0\u202f\u2009\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff0c\uff0e\uff0d",
    "-'   0123456789,.-",
)
"""Typographic signs and full-width digits in numbers, and the plain ones."""
GROUPS = r"[1-9]\d{{0,2}}(?:{0}\d{{3}})+|[1-9]\d?(?:{0}\d{{2}})+{0}\d{{3}}"
DIGITS = Decimal("1e-9")
NOISE = Decimal("1e-14")
"""Share of a number that may be noise."""
ZERO = Decimal("1e-12")
"""Bound of what is nothing but noise."""


class Rounded(Decimal):
    """A number that had more digits than its field."""


def number(value: Any, comma: bool | None) -> Decimal:
    """Return the number that a file's value stands for. Raises ValueError.

    comma: text has a decimal comma instead of a point. None: a point, and a comma is taken for a
    separator of thousands only where the point leaves no doubt.
    """
    if isinstance(value, str):
        text = value.strip()
        if (COMMA if comma else POINT).fullmatch(text):
            return Decimal(text.replace(",", "."))
        if TINY.fullmatch(text):
            return Decimal(text.replace(",", "."))
        written = _written(text, comma)
        if written is not None:
            return written
    elif isinstance(value, float):
        if value - value == 0:  # neither infinite nor NaN
            return Decimal(repr(value))
    elif isinstance(value, Decimal):
        if value.is_finite():
            return value
    elif isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    hint = ""
    if comma is None and isinstance(value, str) and "," in value:
        hint = "; say in the mapping whether decimal_comma is true or false"
    elif isinstance(value, str) and (POINT if comma else COMMA).fullmatch(value.strip()):
        hint = f"; the mapping says decimal_comma = {'true' if comma else 'false'}"
    raise ValueError(
        f"expected a number such as {'12,34' if comma else '12.34'}, got {value!r}{hint}"
    )


def decimal(value: Any, scale: int, comma: bool | None) -> Decimal:
    """Return a number with `scale` digits after the point, rounded half to even.

    It is a Rounded if digits are lost. Raises ValueError.
    """
    written = number(value, comma)
    rounded = _round(written, scale)
    if rounded == written != 0:
        return rounded
    exact = _settled(written)
    rounded = _round(exact, scale)
    return rounded if abs(rounded - exact) <= DIGITS else Rounded(rounded)


def integer(value: Any, comma: bool | None) -> int:
    """Return a whole number, which may be written as 3.0. Raises ValueError."""
    exact = _settled(number(value, comma))
    if exact != exact.to_integral_value():
        raise ValueError(
            f"expected a whole number, got {value!r}: goods by weight or length are counted in "
            "whole base units, such as grams; convert them in the mapping, as in "
            'number("Quantity") * 1000'
        )
    return int(exact)


def _written(text: str, comma: bool | None) -> Decimal | None:
    match = WRITTEN.fullmatch(NO_CENTS.sub("", text.translate(PLAIN)))
    if match is None or bool(match["open"]) != bool(match["close"]):
        return None
    signs = [sign for sign in (match["sign"], match["inner"], match["last"]) if sign]
    if len(signs) + bool(match["open"]) > 1:
        return None
    digits = _ungrouped(match["digits"].strip(), comma)
    if digits is None:
        return None
    return -Decimal(digits) if match["open"] or "-" in signs else Decimal(digits)


def _ungrouped(digits: str, comma: bool | None) -> str | None:
    """Return digits with a decimal point and without separators of thousands."""
    mark, other = (",", ".") if comma else (".", ",")
    whole, point, part = digits.partition(mark)
    if re.search(r"\D", part):
        return None
    for separator in (" ", "'", other):
        if re.fullmatch(GROUPS.format(re.escape(separator)), whole):
            if separator == other and comma is None and not point:
                return None
            whole = whole.replace(separator, "")
    return f"{whole or '0'}.{part or '0'}" if re.fullmatch(r"\d*", whole) else None


def _settled(exact: Decimal) -> Decimal:
    """Return a number without the noise of binary arithmetic."""
    if abs(exact) < ZERO:
        return Decimal(0)
    try:
        settled = exact.quantize(DIGITS, ROUND_HALF_EVEN)
    except InvalidOperation:
        return exact
    return settled if abs(settled - exact) <= NOISE * abs(exact) else exact


def _round(exact: Decimal, scale: int) -> Decimal:
    try:
        return exact.quantize(Decimal(1).scaleb(-scale), ROUND_HALF_EVEN)
    except InvalidOperation:
        raise ValueError(f"expected a number of at most 28 digits, got {exact}") from None
