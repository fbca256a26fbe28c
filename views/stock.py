"""Stock status of a level and its product."""

from enum import StrEnum

from schemas.generated import InventoryLevel, Product


class Status(StrEnum):
    """Status of a level, most urgent first."""

    NEGATIVE = "negative"
    """Below 0: more was sold than received, so the shelf needs a count."""
    OUT = "out"
    """Nothing on hand."""
    LOW = "low"
    """On hand is at or below the catalogue's reorder point."""
    OK = "ok"
    """Above it, up to the target."""
    OVER = "over"
    """Above the catalogue's target, order_up_to."""
    UNKNOWN = "unknown"
    """The product is not in the catalogue, so its reorder point is unknown."""


def status(level: InventoryLevel, product: Product | None) -> Status:
    """Compute the status; product None: not in the catalogue."""
    if level.on_hand < 0:
        return Status.NEGATIVE
    if level.on_hand == 0:
        return Status.OUT
    if product is None:
        return Status.UNKNOWN
    if level.on_hand <= product.reorder_point:
        return Status.LOW
    return Status.OVER if level.on_hand > product.order_up_to else Status.OK
