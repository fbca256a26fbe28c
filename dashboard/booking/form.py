"""The form of a contract: its inputs, and the record of what was entered."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts import pattern_language
from schemas.record import Field, FieldType, Record
from schemas.violations import ContractViolationError
from views.amounts import AMOUNT, DECIMALS, LARGE, amount, base_units, unit_name

Entered = str | int | bool | None
"""Content of an input."""
LONGEST_LABEL = 30
WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,19}")
EXPECTED: Mapping[FieldType, str] = {
    "decimal": "a number",
    "timestamp-millis": "a time with its zone, such as 2026-01-31 09:00:00+00:00",
    "boolean": "true or false",
    "bytes": "hexadecimal digits",
}
"""Descriptions of values without limits."""

LEGS = {"shipped": "Units sent.", "received": "Units received."}
"""Meaning of the amount of a transfer, by the phase of its leg."""
STORE = "to_store"
"""Field whose value is chosen from the known stores."""


class InvalidInputError(ValueError):
    """Inputs that the contract does not allow. sentences: one for each, by the field's name."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = sentences


def _whole(text: str) -> int:
    if not WHOLE_NUMBER.fullmatch(text):
        raise ValueError
    return int(text)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError from None


def _boolean(text: str) -> bool:
    return ("false", "true").index(text.lower()) == 1


CONVERT: Mapping[FieldType, Callable[[str], Any]] = {
    "int": _whole,
    "long": _whole,
    "decimal": _decimal,
    "timestamp-millis": datetime.fromisoformat,
    "boolean": _boolean,
    "bytes": bytes.fromhex,
    "string": str,
}
"""Conversions from text. They raise ValueError."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input for one field."""

    name: str
    label: str
    doc: str
    has_digits_only: bool
    """A whole number that is not negative: a phone shows its keys for digits."""
    choices: tuple[str, ...]
    """All allowed words; empty: they are not listed."""
    longest: int | None
    """Largest number of characters."""


def inputs(
    record_type: type[Record], given: Mapping[str, Any], unit: str | None = None
) -> tuple[Input, ...]:
    """Return the inputs of a contract's fields, without those that are known already.

    unit: of the goods.
    """
    return tuple(
        Input(
            name=field.name,
            label=label(field, unit),
            doc=field.doc,
            has_digits_only=_has_digits_only(field) and not _measured(field, unit),
            choices=choices(field),
            longest=field.limits.longest,
        )
        for field in _fields(record_type, given)
        if field.name not in given
    )


def record(
    record_type: type[Record],
    given: Mapping[str, Any],
    entered: Mapping[str, Entered],
    unit: str | None = None,
) -> Record:
    """Build a valid record. Raises InvalidInputError.

    given: values of the fields that are known; entered: contents of the inputs, those of amounts
    in the unit that people use: "1.2" of a product in g is 1200.
    """
    values, sentences = dict(given), {}
    fields = {field.name: field for field in _fields(record_type, given)}
    for name in fields.keys() - given.keys():
        try:
            values[name] = _value(fields[name], entered.get(name), unit)
        except ValueError:
            sentences[name] = sentence(fields[name], entered.get(name), unit)
    if sentences:
        raise InvalidInputError(sentences)
    built = record_type.from_dict(values)
    try:
        built.validate()
    except ContractViolationError as error:
        refused = entered.get(error.field, values[error.field])
        raise InvalidInputError(
            {error.field: sentence(fields[error.field], refused, unit)}
        ) from None
    return built


def _fields(record_type: type[Record], given: Mapping[str, Any]) -> Iterator[Field]:
    """Yield the fields; the meaning of an amount is that of the transfer's leg, if it is one."""
    meaning = LEGS.get(given.get("phase", ""))
    for field in record_type.FIELDS:
        yield replace(field, doc=meaning) if meaning and field.name == AMOUNT else field


def label(field: Field, unit: str | None = None) -> str:
    """Name a field: by its doc where that is short, else by its name; and the unit of an amount."""
    meaning = re.split(r"[.:;,]", field.doc)[0]
    if _measured(field, unit):
        return f"{meaning.removeprefix('Units ').capitalize()} ({unit_name(unit)})"
    if field.type in ("int", "long") and len(meaning) <= LONGEST_LABEL:
        return meaning
    return field.name.replace("_", " ").capitalize().replace("Sku", "SKU")


def choices(field: Field) -> tuple[str, ...]:
    """Return the words that a field's pattern lists, in their order there."""
    pattern = field.limits.pattern or ""
    return tuple(filter(None, pattern_language.words(pattern)))


def sentence(field: Field, entered: object, unit: str | None = None) -> str:
    """Say what a field expects."""
    name, values = label(field, unit), expected(field, unit)
    if entered is None or not str(entered).strip():
        verb = "choose" if field.name == STORE or choices(field) else "enter"
        return f"{name} is missing: {verb} {'a store' if field.name == STORE else values}."
    shown = str(entered)
    if len(shown) > 40:
        shown = f"{shown[:40]}…"
    return f"{name}: enter {values}, not “{shown}”."


def expected(field: Field, unit: str | None = None) -> str:
    """Describe the values of a field."""
    match field.type:
        case "int" | "long":
            size = 2**31 if field.type == "int" else 2**63
            low = -size if field.limits.minimum is None else int(field.limits.minimum)
            high = size - 1 if field.limits.maximum is None else int(field.limits.maximum)
            if _measured(field, unit):
                return (
                    f"{amount(low, unit)} to {amount(high, unit)}, such as 1.2, "
                    f"with at most {DECIMALS} decimals"
                )
            return f"a whole number from {low:,} to {high:,}"
        case "string":
            return _expected_text(field)
    return EXPECTED[field.type]


def _expected_text(field: Field) -> str:
    limits = field.limits
    if choices(field):
        return f"one of {', '.join(choices(field))}"
    if limits.pattern is not None:
        return f"text that matches {limits.pattern}"
    visible = "visible text without spaces at its ends" if limits.identifier else "text"
    longest = "" if limits.longest is None else f", at most {limits.longest} characters"
    return visible + longest


def _has_digits_only(field: Field) -> bool:
    minimum = field.limits.minimum
    return field.type in ("int", "long") and minimum is not None and int(minimum) >= 0


def _measured(field: Field, unit: str | None) -> bool:
    """Return True for an amount that is weighed or measured."""
    return field.name == AMOUNT and unit in LARGE


def _value(field: Field, entered: Entered, unit: str | None) -> Any:
    """Convert the content of an input. Raises ValueError."""
    text = "" if entered is None else str(entered).strip()
    if not text and field.nullable:
        return None
    if not text:
        raise ValueError
    if field.name == AMOUNT:
        return base_units(text, unit)
    return CONVERT[field.type](text)
