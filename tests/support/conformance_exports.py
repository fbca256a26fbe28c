"""The exports of tests/conformance/exports, and the units that their records move."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

from schemas.generated import (
    Adjustment,
    Shipment,
    Transaction,
    Transfer,
)

EXPORTS = Path("tests/conformance/exports")
RIGHT = json.loads((EXPORTS / "right.json").read_text(encoding="utf-8"))["files"]
BASE_UNITS = {"TOMATO": 1000, "CHEESE": 1000, "ROPE": 1000}
"""Grams and millimetres, of which the mapping makes whole numbers."""


def movements(record: Any) -> list[tuple[str, int]]:
    """Return (store, units) of what a record moves, sales and arrivals both positive."""
    match record:
        case Transaction() | Shipment() | Adjustment():
            return [(record.store_id, record.quantity)]
        case Transfer(phase="shipped"):
            return [(record.from_store, -record.quantity)]
        case Transfer(phase="received"):
            return [(record.to_store, record.quantity)]
    return []


def units(records: list[Any]) -> dict[str, int]:
    events = {record.event_id: record for record in records}
    sums: Counter[str] = Counter()
    for event in events.values():
        for store, quantity in movements(event):
            sums[f"{store}|{event.sku}"] += quantity
    return sums
