"""The definition of sales by day: net units and revenue of one product on one business day."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from audit.delivery import Key
from schemas.generated import SalesByDay, Transaction

LARGEST = Decimal("9999999999999999.99")
"""The largest revenue that the contract holds; a larger sum is published as this one."""


def key_in(zone: ZoneInfo) -> Callable[[Any], Key | None]:
    """Return the key function for business days of a time zone; None for other facts than sales."""

    def key(fact: Any) -> Key | None:
        if isinstance(fact, Transaction):
            day = fact.occurred_at.astimezone(zone).date().isoformat()
            return fact.store_id, fact.sku, fact.currency, day
        return None

    return key


def record(key: Key, lines: Sequence[Transaction]) -> SalesByDay:
    """Return one product's day after these receipt lines, at least one."""
    revenue = sum((line.line_amount for line in lines), Decimal(0))
    return SalesByDay(
        store_id=key[0],
        sku=key[1],
        currency=key[2],
        business_day=key[3],
        units=sum(line.quantity for line in lines),
        revenue=max(min(revenue, LARGEST), -LARGEST),
        version=len(lines),
    )
