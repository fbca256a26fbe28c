"""Check of the values of one field by themselves, as the different ones of many records."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import cache
from math import inf
from typing import Any

from schemas.identifier import is_identifier
from schemas.record import Field
from schemas.violations import decimal_fits

Check = Callable[[Any], bool]
BITS = {"int": 31, "long": 63}
ANY = re.compile(".*", re.DOTALL)


@cache
def of(field: Field) -> Check:
    """Return the function that is true for the values that the generated validate() allows."""
    allows = _check(field)
    return (lambda value: value is None or allows(value)) if field.nullable else allows


def all_valid(field: Field, values: Sequence[Any]) -> bool:
    """Return True if the check of a field is true for all values.

    Identifiers of ASCII without blanks, as most are, are checked at once.
    """
    if field.limits.identifier and {*map(type, values)} == {str}:
        joined = "".join(values)
        if joined.isascii() and joined.isprintable() and " " not in joined:
            values = min(values, key=len), max(values, key=len)
    return all(map(of(field), values))


def _check(field: Field) -> Check:
    limits = field.limits
    match field.type:
        case "string":
            low, high = limits.shortest or 0, inf if limits.longest is None else limits.longest
            has_form = (re.compile(limits.pattern) if limits.pattern else ANY).fullmatch
            is_right: Callable[[str], object] = is_identifier if limits.identifier else has_form
            return lambda value: (
                type(value) is str and low <= len(value) <= high and bool(is_right(value))
            )
        case "int" | "long":
            bound = 1 << BITS[field.type]
            lowest = -bound if limits.minimum is None else int(limits.minimum)
            highest = bound - 1 if limits.maximum is None else limits.maximum
            return lambda value: type(value) is int and lowest <= value <= highest
        case "decimal":
            scale, bound = field.scale, 10 ** (field.precision - field.scale)
            smallest = Decimal(-bound if limits.minimum is None else limits.minimum)
            return lambda value: (
                decimal_fits(value, scale) and smallest <= value < bound and value > -bound
            )
        case "timestamp-millis":
            return lambda value: (
                type(value) is datetime
                and value.tzinfo is not None
                and value.microsecond % 1000 == 0
            )
    return lambda value: type(value) is (bool if field.type == "boolean" else bytes)
