"""Inventory levels as CSV."""

import csv
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime
from typing import TextIO

from schemas.generated import InventoryLevel


def write_levels(levels: Iterable[InventoryLevel], file: TextIO) -> None:
    """Write the contract's fields in its order; times in ISO 8601, UTC; null is empty.

    The generation is not written: no event tells it.
    """
    names = [field.name for field in fields(InventoryLevel) if field.name != "generation"]
    lines = csv.writer(file, lineterminator="\n")
    lines.writerow(names)
    for level in levels:
        values = level.to_dict()
        lines.writerow(_text(values[name]) for name in names)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        utc = value.astimezone(UTC).replace(tzinfo=None)
        return f"{utc.isoformat(timespec='milliseconds')}Z"
    return "" if value is None else str(value)
