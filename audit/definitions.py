"""The definition of each topic that the job publishes by key, besides the ledger."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from audit import levels, open_orders, open_transfers, sales_by_day
from audit.delivery import Key
from schemas.generated import InventoryLevel, LedgerEntry, OpenOrder, OpenTransfer, SalesByDay
from schemas.record import Record


@dataclass(frozen=True)
class Definition:
    """One compacted topic."""

    record_type: type[Record]
    """Class of the topic's records."""
    key: Callable[[Any], Key | None]
    """Key of a fact (an accepted event or its ledger entry); None if it affects no record."""
    record: Callable[[Key, Any], Record]
    """(key, its facts) -> the expected newest record."""


def definitions(zone: ZoneInfo) -> tuple[Definition, ...]:
    """Return all definitions. zone: time zone of business days."""
    return (
        Definition(InventoryLevel, levels.key, levels.level),
        Definition(OpenOrder, open_orders.key, open_orders.record),
        Definition(OpenTransfer, open_transfers.key, open_transfers.record),
        Definition(SalesByDay, sales_by_day.key_in(zone), sales_by_day.record),
    )


def published(zone: ZoneInfo) -> tuple[type[Record], ...]:
    """Return the class of every record that the job publishes and the audit checks."""
    return LedgerEntry, *(definition.record_type for definition in definitions(zone))
