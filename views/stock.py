"""A level and its product, joined where they are read."""

from enum import StrEnum

from schemas.generated import InventoryLevel, Product


class Status(StrEnum):
    """What a level means to the people in the store, the most urgent first."""

    NEGATIVE = "negative"
    """More was sold than is known to have come in: the books are wrong, count the shelf."""
    OUT = "out"
    LOW = "low"
    """At or below the reorder point."""
    OK = "ok"
    OVER = "over"
    """More on hand than the product's target, order_up_to: the surplus ties up money and room."""
    UNKNOWN = "unknown"
    """The product is not in the catalogue, so that its reorder point is not known."""


def status(level: InventoryLevel, product: Product | None) -> Status:
    """The status of a level, given what the catalogue says of its product, if it has it."""
    if level.on_hand < 0:
        return Status.NEGATIVE
    if level.on_hand == 0:
        return Status.OUT
    if product is None:
        return Status.UNKNOWN
    if level.on_hand <= product.reorder_point:
        return Status.LOW
    return Status.OVER if level.on_hand > product.order_up_to else Status.OK
