"""Records of a chain of stores: its state, and those that each movement changes."""

import random
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    Product,
    SalesByDay,
    SalesPerMinute,
)
from schemas.record import Record

PRODUCTS = 5_000
"""In each store."""
SALES_AN_HOUR, HOURS = 25_000, 10
"""Sales of a store in an hour, as 200 events a second in 20 stores bring, and hours of them in the
first two stores; the others have one."""
PRICE = Decimal("1.99")
KINDS = ("Apples", "Bread", "Milk", "Rice", "Soap", "Tea")


def store_id(number: int) -> str:
    return f"S{number:03}"


def sku(number: int) -> str:
    return f"{number:013}"


def records(levels: int, settings: Settings) -> Iterator[Record]:
    """Yield the records of a chain: a few hours of its history, and six weeks of sales by day."""
    chance, now = random.Random(1), utc_now()
    today = now.astimezone(ZoneInfo(settings.time_zone)).date()
    minute = now.replace(second=0, microsecond=0)
    for number in range(PRODUCTS):
        yield Product(
            sku=sku(number), name=f"{KINDS[number % 6]} {number}", category=KINDS[number % 6],
            unit_price=PRICE, reorder_point=20, order_up_to=80, lead_time=2,
        )  # fmt: skip
    for number in range(levels):
        key: Any = {"store_id": store_id(number // PRODUCTS), "sku": sku(number % PRODUCTS)}
        at = now - timedelta(seconds=chance.randrange(1, 72_000))
        counted_at = at - timedelta(days=chance.randrange(1, 100))
        yield InventoryLevel(
            **key, on_hand=chance.randrange(-1, 100), sold=40, returned=1, received=140, version=1,
            last_movement_at=at, counted_at=counted_at,
        )  # fmt: skip
        for back in chance.sample(range(1, 43), 7):
            yield SalesByDay(
                **key, currency="CHF", business_day=(today - timedelta(days=back)).isoformat(),
                units=chance.randrange(1, 12), revenue=10 * PRICE, version=1,
            )  # fmt: skip
        for part, quantity in enumerate((100, -3)):
            yield entry(f"{number}-{part}", key, quantity, at - timedelta(hours=1 - part), number)
        if number % 20 == 0:
            due = now + timedelta(hours=chance.randrange(-4, 40))
            yield OpenOrder(
                **key, order_id=f"order-{number}", ordered=60, received=0, remaining=60,
                cancelled=False, expected_at=due, version=1,
            )  # fmt: skip
        if number % 200 == 0:
            yield OpenTransfer(
                transfer_id=f"transfer-{number}", from_store="S999", to_store=key["store_id"],
                sku=key["sku"], shipped=9, received=0, in_transit=9, version=1,
            )  # fmt: skip

    for hour in range(HOURS):
        stores = levels // PRODUCTS if hour == 0 else min(2, levels // PRODUCTS)
        for number in range(SALES_AN_HOUR * stores):
            back = chance.randrange(60 * hour + 1, 60 * hour + 60)
            yield SalesPerMinute(
                store_id=store_id(number % stores), sku=sku(int(PRODUCTS * chance.random() ** 2)),
                currency="CHF", minute_start=minute - timedelta(minutes=back), units=1,
                revenue=PRICE, version=1,
            )  # fmt: skip


def entry(
    event_id: str, key: dict[str, str], quantity: int, at: datetime, offset: int
) -> LedgerEntry:
    return LedgerEntry(
        event_id=event_id, **key, kind="sale" if quantity < 0 else "shipment", quantity=quantity,
        reference=f"reference-{event_id}", occurred_at=at, recorded_at=at,
        source_topic="transactions", source_partition=0, source_offset=offset,
    )  # fmt: skip


class Movements:
    """Sales of random shelves, some much more often than others; an empty shelf gets goods."""

    def __init__(self, levels: int, settings: Settings) -> None:
        self._levels, self._zone = levels, ZoneInfo(settings.time_zone)
        self._chance = random.Random(2)
        self._numbers = count(1)
        self._generation = int(time.time())
        self._units: Counter[tuple[int, object]] = Counter()
        """Sold by shelf and minute or day, in this generation; on hand by shelf and None."""

    def next(self) -> list[Record]:
        """Return the records that one event changes."""
        shelf = int(self._levels * self._chance.random() ** 3)
        key: Any = {
            "store_id": store_id(shelf % (self._levels // PRODUCTS)),
            "sku": sku(shelf % PRODUCTS),
        }
        number, now = next(self._numbers), utc_now()
        version: Any = {"generation": self._generation, "version": number}
        is_sale = self._units[shelf, None] > 0
        quantity = -1 if is_sale else 30
        self._units[shelf, None] += quantity
        level = InventoryLevel(
            **key, **version, on_hand=self._units[shelf, None], sold=41, returned=1, received=140,
            last_movement_at=now, counted_at=now - timedelta(days=3),
        )  # fmt: skip
        moved: list[Record] = [
            level,
            entry(f"{self._generation}-{number}", key, quantity, now, number),
        ]
        if is_sale:
            minute = now.replace(second=0, microsecond=0)
            day = now.astimezone(self._zone).date().isoformat()
            for each in (minute, day):
                self._units[shelf, each] += 1
            units = self._units[shelf, minute]
            moved.append(SalesPerMinute(
                **key, currency="CHF", minute_start=minute, units=units, revenue=units * PRICE,
                **version,
            ))  # fmt: skip
            units = self._units[shelf, day]
            moved.append(SalesByDay(
                **key, currency="CHF", business_day=day, units=units, revenue=units * PRICE,
                **version,
            ))  # fmt: skip
        return moved
