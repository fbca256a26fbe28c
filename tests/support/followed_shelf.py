"""One shelf: its sales, and a reader of its levels and days that runs through all changes."""

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connect.record_consumer import Tombstone
from connect.settings import Settings
from contracts.publisher import Publisher
from schemas.generated import EVENTS, InventoryLevel, SalesByDay, Transaction
from schemas.version import version_of
from tests.support.oracle import Event
from views.reader import TopicReader
from views.sales_days import SalesDays
from views.table import Table

NOW = datetime.now(UTC).replace(microsecond=0)


def base(event_id: str) -> dict[str, Any]:
    return {"event_id": event_id, "store_id": "north", "sku": "milk", "recorded_at": NOW}


def sale(number: int, at: datetime) -> Transaction:
    return Transaction(
        **base(f"sale-{number}"),
        receipt_id=f"receipt-{number}",
        line_no=1,
        terminal_id="till",
        quantity=1,
        line_amount=Decimal("1.00"),
        currency="EUR",
        occurred_at=at,
    )


class Reader:
    """A reader that runs through all changes, as the page does."""

    def __init__(self) -> None:
        self.levels: Table[InventoryLevel] = Table()
        self.days = SalesDays()
        self.went_back = 0

    def read(self, settings: Settings) -> None:
        reader = TopicReader(settings, [InventoryLevel, SalesByDay])
        try:
            while not reader.caught_up:
                for record in reader.read(1_000, 0.5):
                    if isinstance(record, InventoryLevel):
                        before = self.levels.get(*record.key())
                        taken = self.levels.put(record)
                        self.went_back += taken and bool(
                            before and version_of(record) < version_of(before)
                        )
                    elif isinstance(record, SalesByDay):
                        self.days.put(record)
                    elif isinstance(record, Tombstone) and record.record_type is SalesByDay:
                        self.days.remove(record.key)
        finally:
            reader.close()

    def shown(self) -> tuple[int | None, dict[str, int]]:
        level = self.levels.get("north", "milk")
        on_hand = None if level is None else level.on_hand
        return on_hand, {day.business_day: day.units for day in self.days.of("milk")}


def send(settings: Settings, events: Iterable[Event]) -> None:
    with Publisher(settings, EVENTS) as publisher:
        for event in events:
            publisher.send(event)
