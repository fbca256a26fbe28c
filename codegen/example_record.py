"""An example record of a contract, within all its limits.

Text is named after its field, such as "store-1"; text with a pattern is as short as it may be.
"""

import re
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import interegular

from contracts.contract import Contract, Field
from contracts.types import INT, LONG

MOMENT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
AMOUNT = 1250
"""Unscaled value of a decimal, if the limits allow it: 12.50 with two digits after the point."""


def example(contract: Contract) -> dict[str, Any]:
    """Return the values of a record by field. Raises ValueError for limits without a value."""
    return {field.name: _value(field) for field in contract.fields}


def as_json(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values in the form that the exported JSON Schema describes."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case Decimal():
            return f"{value:f}"
        case bytes():
            return value.hex()
    return value


def _value(field: Field) -> Any:
    limits, kind = field.constraints, field.type
    match kind.logical:
        case "string":
            return _text(field)
        case "int" | "long":
            low, high = INT if kind.logical == "int" else LONG
            low, high = max(low, limits.get("minimum", low)), min(high, limits.get("maximum", high))
            return min(max(3, low), high)
        case "decimal":
            unscaled = min(AMOUNT, 10**kind.precision - 1)
            lowest = limits.get("minimum", 0) * 10**kind.scale
            return Decimal(max(unscaled, lowest)).scaleb(-kind.scale)
        case "timestamp-millis":
            return MOMENT
        case "bytes":
            return b"\x01\x02"
    return True


def _text(field: Field) -> str:
    limits = field.constraints
    if "pattern" in limits:
        return _matching(field, limits["pattern"])
    shortest, longest = limits.get("minLength", 0), limits.get("maxLength")
    text = f"{field.name.removesuffix('_id').replace('_', '-')}-1"
    return text.ljust(shortest, "x")[:longest]


def _matching(field: Field, pattern: str) -> str:
    """Return a shortest text of a pattern that fits the field's other limits."""
    shortest, longest = field.constraints.get("minLength", 0), field.constraints.get("maxLength")
    try:
        language = interegular.parse_pattern(pattern).to_fsm()
    except (interegular.InvalidSyntax, interegular.Unsupported) as error:
        raise ValueError(f"{field.name}: no text is known that fits its pattern") from error
    letters = {key: _readable(symbols) for key, symbols in language.alphabet.by_transition.items()}
    paths = deque([(language.initial, "")])
    seen = {(language.initial, 0)}
    while paths:
        state, text = paths.popleft()
        if state in language.finals and len(text) >= shortest and re.fullmatch(pattern, text):
            return text
        for key, after in language.map.get(state, {}).items():
            step = (after, min(len(text) + 1, shortest))
            if step not in seen and (longest is None or len(text) < longest):
                seen.add(step)
                paths.append((after, text + letters[key]))
    raise ValueError(f"{field.name}: no text fits its limits")


def _readable(symbols: Iterable[object]) -> str:
    """Return one of the characters that are alike to a pattern, a letter or digit if there is."""
    characters = sorted(one for one in symbols if isinstance(one, str))
    return next((one for one in ("1", *characters) if one.isalnum() and one in characters), "") or (
        characters[0] if characters else "x"
    )
