"""The lines of a store's shelf: each level with all that is known of it, the most urgent first."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from dashboard.outlook import Outlook
from dashboard.supply import Coming, Supply
from schemas.generated import InventoryLevel, Product
from views import demand
from views.stock import Status, status

RANK = {status: rank for rank, status in enumerate(Status)}
NO_NAME = "(not in the catalogue)"
NOTHING_KNOWN = Coming()
NO_OUTLOOK = Outlook()

Foresee = Callable[[InventoryLevel, Product | None], Outlook]


@dataclass(frozen=True, slots=True)
class Line:
    """One product in one store; product is None when the catalogue lacks it."""

    level: InventoryLevel
    product: Product | None
    status: Status
    coming: Coming = NOTHING_KNOWN
    outlook: Outlook = NO_OUTLOOK

    @property
    def name(self) -> str:
        return self.product.name if self.product else NO_NAME

    @property
    def category(self) -> str:
        return self.product.category if self.product else NO_NAME

    @property
    def reorder_point(self) -> int | None:
        """Units, or None when the catalogue lacks the product: not known, so not zero."""
        return self.product.reorder_point if self.product else None

    @property
    def position(self) -> int | None:
        """On hand + on order, units; None while the orders are not known."""
        on_order = self.coming.on_order
        return None if on_order is None else self.level.on_hand + on_order

    @property
    def days_of_cover(self) -> float | None:
        """Days until the shelf is empty as it sells; infinite when nothing sells."""
        return demand.days_of_cover(self.level.on_hand, self.outlook.velocity.per_day)

    @property
    def suggested_order(self) -> int | None:
        """Units to order now: 0 while the position is above the reorder point of the policy.

        None when the product or the orders are not known.
        """
        policy, on_order, on_hand = self.outlook.policy, self.coming.on_order, self.level.on_hand
        if policy is None or on_order is None:
            return None
        if on_hand + on_order > policy.reorder_point:
            return 0
        return demand.suggested_order(policy.order_up_to, on_hand, on_order)

    @property
    def urgency(self) -> tuple[int, float, str]:
        """Sorts the most urgent first: by status, then by what is left of the reorder point."""
        below_zero = self.status is Status.NEGATIVE
        left = self.level.on_hand / (1 if below_zero else self.reorder_point or 1)
        return RANK[self.status], left, self.level.sku


def line(
    level: InventoryLevel,
    product: Product | None,
    coming: Coming = NOTHING_KNOWN,
    outlook: Outlook = NO_OUTLOOK,
) -> Line:
    """A level joined with its product and with what is known of its supply and demand."""
    return Line(level, product, status(level, product), coming, outlook)


def joined(
    levels: Iterable[InventoryLevel],
    products: Mapping[str, Product],
    supply: Supply,
    foresee: Foresee,
) -> Iterator[Line]:
    """The levels of one store, each with what is known of its SKU."""
    for level in levels:
        product = products.get(level.sku)
        yield line(level, product, supply.of(level.sku), foresee(level, product))


def urgent_first(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda one: one.urgency))


def matching(
    shelf: Iterable[Line], words: str, category: str | None, statuses: Collection[Status]
) -> list[Line]:
    """The lines that hold every word in name or SKU (any case), in order.

    category None: any; statuses empty: any.
    """
    wanted = words.casefold().split()
    return [
        one
        for one in shelf
        if (category is None or one.category == category)
        and (not statuses or one.status in statuses)
        and (not wanted or _holds(f"{one.name} {one.level.sku}".casefold(), wanted))
    ]


def _holds(text: str, words: list[str]) -> bool:
    return all(word in text for word in words)
