"""A store's sales by business day, over the days that tell of demand."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache
from sys import intern
from types import MappingProxyType

from schemas.generated import SalesByDay
from views.demand import window

History = tuple[SalesByDay, ...]
"""The days of one product, in any order and currency."""


class Days:
    """The newest record of each (SKU, currency) and day of one store, from a first day on."""

    def __init__(self, today: date) -> None:
        self._first = window(today)[0]
        self._rows: dict[str, dict[tuple[date, str], SalesByDay]] = {}
        self._histories: dict[str, History] = {}
        self._changed: set[str] = set()

    def put(self, record: SalesByDay) -> bool:
        """Take a record in; returns whether it belongs here and was not out of date."""
        try:
            key = _key(record.business_day, record.currency)
        except ValueError:  # a day that no calendar has
            return False
        if key[0] < self._first:
            return False
        rows = self._rows.setdefault(record.sku, {})
        there = rows.get(key)
        if there is not None and record.version < there.version:
            return False
        rows[key] = _shared(record)
        self._changed.add(record.sku)
        return True

    def forget(self, today: date) -> None:
        """Drop what lies before the window of a day."""
        self._first = window(today)[0]
        for sku, rows in list(self._rows.items()):
            for old in [key for key in rows if key[0] < self._first]:
                del rows[old]
                self._changed.add(sku)
            if not rows:
                del self._rows[sku]

    def histories(self) -> Mapping[str, History]:
        """The records by SKU; a SKU that has not changed has the same tuple as before."""
        for sku in self._changed:
            if sku in self._rows:
                self._histories[sku] = tuple(self._rows[sku].values())
            else:
                self._histories.pop(sku, None)
        self._changed.clear()
        return MappingProxyType(dict(self._histories))


@lru_cache(maxsize=1024)
def _key(business_day: str, currency: str) -> tuple[date, str]:
    return date.fromisoformat(business_day), currency


def _shared(record: SalesByDay) -> SalesByDay:
    """The record, its texts shared with all that have the same: half of the memory."""
    return replace(
        record,
        store_id=intern(record.store_id),
        sku=intern(record.sku),
        currency=intern(record.currency),
        business_day=intern(record.business_day),
    )
