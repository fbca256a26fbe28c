"""Units on order for one shelf: how many, from when on, and what is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from schemas.generated import OpenOrder
from views.open_items import OrderLine, expected


@dataclass(frozen=True, slots=True)
class OnOrder:
    """The open orders of one shelf."""

    units: int = 0
    overdue: int = 0
    """Units whose expected date has passed."""
    due_at: datetime | None = None
    """Earliest expected date, which may have passed; None: none on order, or no date."""
    arrives_at: datetime | None = None
    """Earliest expected date that has not passed."""
    arrives_units: int = 0
    """Units expected at arrives_at."""


def on_order(orders: Iterable[OpenOrder | OrderLine], now: datetime) -> OnOrder:
    """Sum the open orders of one shelf."""
    lines = [order for order in orders if order.remaining > 0]
    dated = [(at, order.remaining) for order in lines if (at := expected(order)) is not None]
    coming = [at for at, _ in dated if at >= now]
    arrives_at = min(coming, default=None)
    return OnOrder(
        units=sum(order.remaining for order in lines),
        overdue=sum(units for at, units in dated if at < now),
        due_at=min((at for at, _ in dated), default=None),
        arrives_at=arrives_at,
        arrives_units=sum(units for at, units in dated if at == arrives_at),
    )
