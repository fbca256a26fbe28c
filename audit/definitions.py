"""The definition of each topic that the job publishes by key, besides the ledger."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from audit import levels, open_orders, open_transfers, sales_by_day
from audit.delivery import Key
from audit.lifetime import Lifetime, lifetime
from connect.settings import Settings
from schemas.generated import (
    EVENTS,
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    ReplenishmentOrder,
    SalesByDay,
    Shipment,
    Transaction,
    Transfer,
)
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
    sources: frozenset[str]
    """Event topics whose lost records it needs; a level only for conflicts in its version."""
    lifetime: Lifetime | None = None
    """Time after which finished records are deleted; None: they are kept."""
    prefix: str = ""
    """Prefix of the topic: see connect.settings."""

    @property
    def topic(self) -> str:
        """Name of the topic in Kafka."""
        return self.prefix + self.record_type.TOPIC


def definitions(settings: Settings) -> tuple[Definition, ...]:
    """Return all definitions."""

    def topics(*record_types: type[Record]) -> frozenset[str]:
        return frozenset(settings.prefixed(record_type.TOPIC) for record_type in record_types)

    days = sales_by_day.key_in(ZoneInfo(settings.time_zone))
    every = (
        Definition(InventoryLevel, levels.key, levels.level, topics(*EVENTS)),
        Definition(
            OpenOrder,
            open_orders.key,
            open_orders.record,
            topics(ReplenishmentOrder, Shipment),
            lifetime(settings, lambda order: order.remaining),
        ),
        Definition(
            OpenTransfer,
            open_transfers.key,
            open_transfers.record,
            topics(Transfer),
            lifetime(settings, lambda transfer: transfer.in_transit),
        ),
        Definition(SalesByDay, days, sales_by_day.record, topics(Transaction)),
    )
    return tuple(replace(definition, prefix=settings.prefix) for definition in every)


def published(settings: Settings) -> tuple[type[Record], ...]:
    """Return the class of every record that the job publishes and the audit checks."""
    return LedgerEntry, *(definition.record_type for definition in definitions(settings))
