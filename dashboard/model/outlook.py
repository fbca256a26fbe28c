"""Outlook of each product of a store: its velocity and its reorder policy."""

from dataclasses import dataclass
from datetime import date, tzinfo

from schemas.generated import InventoryLevel, Product
from views.availability import in_stock
from views.demand import SERVICE_LEVEL, Policy, Velocity, policy, velocity
from views.sales_days import History

UNKNOWN = Velocity(0, 0, 0.0)
"""Velocity of a product without a known day in stock."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """The demand of one product in one store."""

    velocity: Velocity = UNKNOWN
    policy: Policy | None = None
    """None: the product is not in the catalogue."""


class Outlooks:
    """Cache of the outlooks of one store: each is computed again when an input changes.

    Threads may share it.
    """

    def __init__(self, zone: tzinfo) -> None:
        """zone: of the business days."""
        self._zone = zone
        self._cached: dict[str, tuple[tuple[object, ...], Outlook]] = {}

    def of(
        self, level: InventoryLevel, product: Product | None, days: History | None, today: date
    ) -> Outlook:
        """Return the outlook of a level; days None: the sales by day are unknown."""
        inputs = (today, level.last_movement_at, level.on_hand > 0, product, days)
        cached = self._cached.get(level.sku)
        if cached is not None and cached[0] == inputs:
            return cached[1]
        result = outlook(level, product, days, today, self._zone)
        self._cached[level.sku] = (inputs, result)
        return result


def outlook(
    level: InventoryLevel,
    product: Product | None,
    days: History | None,
    today: date,
    zone: tzinfo,
) -> Outlook:
    """Compute the outlook of one product; unknown sales leave the catalogue's policy."""
    current = UNKNOWN
    if days is not None:
        current = velocity(days, in_stock(level, days, today, zone), today)
    if product is None:
        return Outlook(current)
    return Outlook(current, policy(product, current, product.lead_time, SERVICE_LEVEL))
