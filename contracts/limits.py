"""Limits of a field: the values that its contract allows, beyond those of its type."""

import re
from dataclasses import dataclass
from typing import Any

from contracts.types import INT, LONG, AvroType
from schemas.identifier import is_identifier

LONGEST = 10_000_000
"""The greatest length of a text, characters: Kafka's records are far smaller."""
RANGES = {"int": INT, "long": LONG}


@dataclass(frozen=True, slots=True)
class TextLimits:
    """The text that a field allows."""

    pattern: str | None = None
    """A regular expression for the whole text."""
    shortest: int = 0
    """The smallest number of characters."""
    longest: int | None = None
    """The largest number of characters; None: no limit."""
    identifier: bool = False
    """True: the text is an identifier (schemas/identifier.py)."""

    def fits_length(self, size: int) -> bool:
        return self.shortest <= size and (self.longest is None or size <= self.longest)

    def allows(self, text: str) -> bool:
        return (
            self.fits_length(len(text))
            and (self.pattern is None or re.fullmatch(self.pattern, text) is not None)
            and (not self.identifier or is_identifier(text))
        )


@dataclass(frozen=True, slots=True)
class NumberLimits:
    """The allowed numbers of a field; a decimal's in units of its last digit."""

    lowest: int
    """The smallest number."""
    highest: int
    """The largest number."""
    scale: int = 0
    """The digits of a decimal after the point."""

    def allows(self, number: int) -> bool:
        return self.lowest <= number <= self.highest


Limits = TextLimits | NumberLimits

WORDS: dict[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength", "pattern", "identifier"),
    "int": ("minimum", "maximum"),
    "long": ("minimum", "maximum"),
    "decimal": ("minimum",),
}
"""Logical type -> the limits that it may have."""
ALL_WORDS = tuple(dict.fromkeys(word for words in WORDS.values() for word in words))


def limits_of(kind: AvroType, constraints: dict[str, Any]) -> Limits | None:
    """Return the limits of a field's values; None for a type without limits."""
    match kind.logical:
        case "string":
            return TextLimits(
                constraints.get("pattern"),
                constraints.get("minLength", 0),
                constraints.get("maxLength"),
                constraints.get("identifier", False),
            )
        case "int" | "long":
            lowest, highest = RANGES[kind.logical]
            return NumberLimits(
                max(lowest, constraints.get("minimum", lowest)),
                min(highest, constraints.get("maximum", highest)),
            )
        case "decimal":
            highest, unit = 10**kind.precision - 1, 10**kind.scale
            lowest = constraints["minimum"] * unit if "minimum" in constraints else -highest
            return NumberLimits(lowest, highest, kind.scale)
    return None


def unmet(kind: AvroType, constraints: dict[str, Any]) -> tuple[str, str] | None:
    """Return (limit, expected value) of the first limit without meaning, or None."""
    for word, value in constraints.items():
        if needed := _expected(word, value):
            return word, needed
    match limits_of(kind, constraints):
        case NumberLimits(lowest, highest) if lowest > highest:
            return next(iter(constraints)), "limits with a number between them"
        case TextLimits(shortest=shortest, longest=int(longest)) if shortest > longest:
            return "minLength", f"at most maxLength, {longest}"
    return None


def _expected(word: str, value: Any) -> str | None:
    if word == "pattern":
        return None if _is_pattern(value) else "a regular expression"
    if word == "identifier":
        return None if value is True else "true, on a field of type string"
    if word.endswith("Length"):
        fits = type(value) is int and 0 <= value <= LONGEST
        return None if fits else f"a whole number from 0 to {LONGEST:,}"
    return None if type(value) is int else "a whole number"


def _is_pattern(value: Any) -> bool:
    try:
        re.compile(value)
    except (re.error, TypeError, OverflowError, RecursionError):
        return False
    return isinstance(value, str)


def allows_default(kind: AvroType, constraints: dict[str, Any], default: Any) -> bool:
    """Return False if a default of the type is outside of the limits."""
    match limits_of(kind, constraints), default:
        case TextLimits() as limits, str(text):
            return limits.allows(text)
        case NumberLimits() as limits, str(text) if kind.logical == "decimal":
            return limits.allows(
                int.from_bytes(text.encode("latin-1", "replace"), "big", signed=True)
            )
        case NumberLimits() as limits, int(number):
            return limits.allows(number)
    return True
