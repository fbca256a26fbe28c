"""How fast each product of a store sells, and when to order it again."""

from dataclasses import dataclass
from datetime import date, tzinfo

from dashboard.days import History
from schemas.generated import InventoryLevel, Product
from views.availability import in_stock
from views.demand import SERVICE_LEVEL, Policy, Velocity, policy, velocity

UNKNOWN = Velocity(0, 0, 0.0)
"""That of a shelf that was on no day known to have goods."""


@dataclass(frozen=True, slots=True)
class Outlook:
    """What demand tells of one shelf; policy is None when the catalogue lacks the product."""

    velocity: Velocity = UNKNOWN
    policy: Policy | None = None


class Outlooks:
    """The outlooks of one store, each worked out anew only when what it rests on has changed.

    A memory of a pure function's results, so that threads may share it.
    """

    def __init__(self, zone: tzinfo) -> None:
        """zone: that of the business days."""
        self._zone = zone
        self._known: dict[str, tuple[tuple[object, ...], Outlook]] = {}

    def of(
        self, level: InventoryLevel, product: Product | None, days: History | None, today: date
    ) -> Outlook:
        """days None: the sales by day are not known."""
        rests_on = (today, level.last_movement_at, level.on_hand > 0, product, days)
        known = self._known.get(level.sku)
        if known is not None and known[0] == rests_on:
            return known[1]
        found = outlook(level, product, days, today, self._zone)
        self._known[level.sku] = (rests_on, found)
        return found


def outlook(
    level: InventoryLevel,
    product: Product | None,
    days: History | None,
    today: date,
    zone: tzinfo,
) -> Outlook:
    """The outlook of one shelf; with sales that are not known, the product's own policy."""
    sells = UNKNOWN
    if days is not None:
        sells = velocity(days, in_stock(level, days, today, zone), today)
    if product is None:
        return Outlook(sells)
    return Outlook(sells, policy(product, sells, product.lead_time, SERVICE_LEVEL))
