"""Sales by business day: the newest record of each product, currency and day of one store."""

from dataclasses import replace
from datetime import date
from functools import lru_cache
from sys import intern

from schemas.generated import SalesByDay
from schemas.version import version_of

History = tuple[SalesByDay, ...]
"""The days of one product, in any order and currency."""


class SalesDays:
    """The sales by day of one store, from a first day on."""

    def __init__(self, first: date = date.min) -> None:
        self._first = first
        self._rows: dict[str, dict[tuple[date, str], SalesByDay]] = {}

    def put(self, record: SalesByDay) -> bool:
        """Add a record; return False for an outdated one, an early day or an invalid date."""
        try:
            key = _key(record.business_day, record.currency)
        except ValueError:
            return False
        if key[0] < self._first:
            return False
        rows = self._rows.setdefault(record.sku, {})
        current = rows.get(key)
        if current is not None and version_of(record) < version_of(current):
            return False
        rows[key] = _interned(record)
        return True

    def remove(self, key: tuple[str, str, str, str]) -> bool:
        """Delete the record of a SalesByDay.key(); return False if there is none."""
        _, sku, currency, business_day = key
        try:
            return self._rows.get(sku, {}).pop(_key(business_day, currency), None) is not None
        except ValueError:
            return False

    def drop_before(self, first: date) -> None:
        """Drop the days before a new first day."""
        self._first = first
        for sku, rows in list(self._rows.items()):
            for early in [key for key in rows if key[0] < first]:
                del rows[early]
            if not rows:
                del self._rows[sku]

    def of(self, sku: str) -> History:
        """Return the days of one product."""
        return tuple(self._rows.get(sku, {}).values())


@lru_cache(maxsize=1024)
def _key(business_day: str, currency: str) -> tuple[date, str]:
    return date.fromisoformat(business_day), currency


def _interned(record: SalesByDay) -> SalesByDay:
    """Share equal strings between records, which halves the memory."""
    return replace(
        record,
        store_id=intern(record.store_id),
        sku=intern(record.sku),
        currency=intern(record.currency),
        business_day=intern(record.business_day),
    )
