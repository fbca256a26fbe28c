"""The lines of a store's shelf: each level with its product, the most urgent first."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from schemas.generated import InventoryLevel, Product
from views.stock import Status, status

RANK = {status: rank for rank, status in enumerate(Status)}
NO_NAME = "(not in the catalogue)"


@dataclass(frozen=True, slots=True)
class Line:
    """One product in one store; product is None when the catalogue lacks it."""

    level: InventoryLevel
    product: Product | None
    status: Status

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
    def urgency(self) -> tuple[int, float, str]:
        """Sorts the most urgent first: by status, then by what is left of the reorder point."""
        below_zero = self.status is Status.NEGATIVE
        left = self.level.on_hand / (1 if below_zero else self.reorder_point or 1)
        return RANK[self.status], left, self.level.sku


def line(level: InventoryLevel, product: Product | None) -> Line:
    """A level joined with its product."""
    return Line(level, product, status(level, product))


def lines(levels: Iterable[InventoryLevel], products: Mapping[str, Product]) -> tuple[Line, ...]:
    """The levels joined with the products of their SKUs, the most urgent first."""
    joined = (line(level, products.get(level.sku)) for level in levels)
    return tuple(sorted(joined, key=lambda one: one.urgency))


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
