"""Everything that is published by key, beside the ledger: what decides it, and what it must be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from audit import days, levels, orders, transfers
from audit.events import Key
from schemas.generated import InventoryLevel, LedgerEntry, OpenOrder, OpenTransfer, SalesByDay
from schemas.record import Record


@dataclass(frozen=True)
class Definition:
    """One compacted topic."""

    kind: type[Record]
    key: Callable[[Any], Key | None]
    """The key that a fact (an accepted event or its ledger entry) belongs to, if any."""
    record: Callable[[Key, Any], Record]
    """(key, its facts) -> the record that must be the newest."""


def definitions(zone: ZoneInfo) -> tuple[Definition, ...]:
    """zone: in which a business day is a day."""
    return (
        Definition(InventoryLevel, levels.key, levels.record),
        Definition(OpenOrder, orders.key, orders.record),
        Definition(OpenTransfer, transfers.key, transfers.record),
        Definition(SalesByDay, days.key_in(zone), days.record),
    )


def published(zone: ZoneInfo) -> tuple[type[Record], ...]:
    """Every kind of record that the job publishes, and the audit judges."""
    return LedgerEntry, *(each.kind for each in definitions(zone))
