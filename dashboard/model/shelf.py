"""Shelf lines: each level joined with its product, supply and outlook, most urgent first."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dashboard.model.outlook import Outlook
from dashboard.model.supply import Incoming, Supply
from schemas.generated import InventoryLevel, Product
from views import demand
from views.stock import Status, status

RANK = {status: rank for rank, status in enumerate(Status)}
NO_NAME = "(not in the catalogue)"
UNKNOWN_SUPPLY = Incoming()
UNKNOWN_OUTLOOK = Outlook()

FindOutlook = Callable[[InventoryLevel, Product | None], Outlook]


@dataclass(frozen=True, slots=True)
class Line:
    """One product in one store."""

    level: InventoryLevel
    product: Product | None
    """None: not in the catalogue."""
    status: Status
    incoming: Incoming = UNKNOWN_SUPPLY
    outlook: Outlook = UNKNOWN_OUTLOOK

    @property
    def name(self) -> str:
        return self.product.name if self.product else NO_NAME

    @property
    def category(self) -> str:
        return self.product.category if self.product else NO_NAME

    @property
    def reorder_point(self) -> int | None:
        """Units; None when the product is not in the catalogue."""
        return self.product.reorder_point if self.product else None

    @property
    def position(self) -> int | None:
        """On hand + on order, units; None while the orders are unknown."""
        on_order = self.incoming.on_order
        return None if on_order is None else self.level.on_hand + on_order

    @property
    def days_of_cover(self) -> float | None:
        """Days until the stock is sold at the current velocity; infinite when nothing sells."""
        return demand.days_of_cover(self.level.on_hand, self.outlook.velocity.per_day)

    @property
    def suggested_order(self) -> int | None:
        """Units to order now: 0 while the position is above the reorder point of the policy.

        None when the product or the orders are unknown.
        """
        policy, on_order, on_hand = self.outlook.policy, self.incoming.on_order, self.level.on_hand
        if policy is None or on_order is None:
            return None
        if on_hand + on_order > policy.reorder_point:
            return 0
        return demand.suggested_order(policy.order_up_to, on_hand, on_order)

    @property
    def urgency(self) -> tuple[int, float, str]:
        """Sort key, most urgent first: status, then on hand relative to the reorder point."""
        below_zero = self.status is Status.NEGATIVE
        share = self.level.on_hand / (1 if below_zero else self.reorder_point or 1)
        return RANK[self.status], share, self.level.sku


def line(
    level: InventoryLevel,
    product: Product | None,
    incoming: Incoming = UNKNOWN_SUPPLY,
    outlook: Outlook = UNKNOWN_OUTLOOK,
) -> Line:
    """Join a level with its product, supply and outlook."""
    return Line(level, product, status(level, product), incoming, outlook)


def joined(
    levels: Iterable[InventoryLevel],
    products: Mapping[str, Product],
    supply: Supply,
    find_outlook: FindOutlook,
) -> Iterator[Line]:
    """Join the levels of one store by SKU."""
    for level in levels:
        product = products.get(level.sku)
        yield line(level, product, supply.of(level.sku), find_outlook(level, product))


def urgent_first(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda one: one.urgency))


def matching(
    shelf: Iterable[Line], words: str, category: str | None, statuses: Collection[Status]
) -> list[Line]:
    """Filter lines whose name or SKU contains every word, ignoring case; the order stays.

    category None: any; statuses empty: any.
    """
    terms = words.casefold().split()
    return [
        one
        for one in shelf
        if (category is None or one.category == category)
        and (not statuses or one.status in statuses)
        and (not terms or _contains(f"{one.name} {one.level.sku}".casefold(), terms))
    ]


def _contains(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)
