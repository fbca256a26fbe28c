"""Parsers from a file's values to the values of a contract's field."""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any
from unicodedata import normalize
from zoneinfo import ZoneInfo

from producers.replay import numbers, times
from schemas.record import Field

CACHE_SIZE = 10_000
"""Values of a column whose results are cached, as prices, products and times recur."""
SHORTENED = re.compile(r"\d([.,]\d+)?E[+-]?\d+", re.ASCII)
FAILED = re.compile(r"#(N/A|NV|REF!|BEZUG!|DIV/0!|VALUE!|WERT!|NAME\?|NUM!|ZAHL!|NULL!|CALC!)")
EXACT = 10**15
"""Numbers below are exact in a workbook, which keeps 15 digits."""

Parse = Callable[[Any], Any]
"""File's value -> field's value; raises ValueError with the expected value."""


def parser(field: Field, zone: ZoneInfo | None, comma: bool | None) -> Parse:
    """Build the parser of one column, whose values have one type, for a field."""
    read = _reader(field, zone, comma)

    def parse(value: Any) -> Any:
        if not is_empty(value):
            return read(value)
        if field.nullable:
            return None
        raise ValueError("expected a value, got nothing")

    return lru_cache(maxsize=CACHE_SIZE)(parse)


def is_empty(value: Any) -> bool:
    """Return True for no value; CSV cannot tell empty text from no text."""
    return value is None or (isinstance(value, str) and not value.strip())


def text(value: Any) -> str:
    """Return a file's value as text in Unicode NFC; the floating-point number 330.0 is 330."""
    if isinstance(value, str):
        return normalize("NFC", value.strip())
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def identifier(value: Any) -> str:
    """Return a text that identifies something. Raises ValueError where digits are lost."""
    if isinstance(value, str) and "#" in value and FAILED.fullmatch(value.strip()):
        raise ValueError(f"{value} is what a spreadsheet shows for a formula that fails")
    if isinstance(value, str) and "\ufffd" in value:
        raise ValueError(f"{value!r} has lost a letter in another encoding: export it again")
    is_large = isinstance(value, float) and abs(value) >= EXACT
    is_text = isinstance(value, str) and "E" in value
    if is_large or (is_text and SHORTENED.fullmatch(value.strip())):
        raise ValueError(
            f"{value} is a number whose last digits a spreadsheet has dropped: format the column "
            "as text in the original, and export it again"
        )
    return text(value)


def _reader(field: Field, zone: ZoneInfo | None, comma: bool | None) -> Parse:
    match field.type:
        case "string":
            return identifier if field.limits.identifier else text
        case "int" | "long":
            return lambda value: numbers.integer(value, comma)
        case "decimal":
            return lambda value: numbers.decimal(value, field.scale, comma)
        case "timestamp-millis":
            return lambda value: times.time(value, zone)
    raise ValueError(f"a field of type {field.type} cannot come from a file")
