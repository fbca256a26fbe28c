"""The sums behind the figures of one shelf: how long it lasts, and what to order."""

import math
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dashboard.text.shelf_words import due_words
from views.amounts import LARGE, MINUS, amount
from views.demand import ENOUGH, WINDOW, days_of_cover
from views.shelf_figures import Shelf


@dataclass(frozen=True, slots=True)
class Step:
    """One term of a sum, or its result."""

    words: str
    amount: float | None
    """None: unknown."""
    unit: str | None = None
    """Base unit of an amount of goods; None: pieces, or no goods."""
    result: bool = False
    """True for the result of the sum."""


def cover(shelf: Shelf) -> list[Step]:
    """List the terms of days of cover: on hand / sold per day."""
    known, unit = shelf.velocity_days > 0, shelf.unit
    few = f", few days of data: {shelf.velocity_days}" if 0 < shelf.velocity_days < ENOUGH else ""
    return [
        Step("sold less returned, before today", shelf.velocity_units if known else None, unit),
        Step(f"days in stock, of the last {WINDOW}", shelf.velocity_days if known else None),
        Step(f"sold per day{few}", shelf.per_day, unit),
        Step("on hand", shelf.on_hand, unit),
        Step("days it lasts", days_of_cover(shelf.on_hand, shelf.per_day), result=True),
    ]


def order(shelf: Shelf, now: datetime, shown: tzinfo) -> list[Step]:
    """List the terms of the suggested order.

    Order up to the target when what is on hand and on its way is at or below the reorder point.
    """
    unit = shelf.unit
    at = f"({shown}) " if shelf.due_at else ""
    due = f", due {at}{due_words(shelf, now, shown)}" if shelf.on_order else ""
    return [
        Step("on hand", shelf.on_hand, unit),
        Step(f"on order{due}", shelf.on_order, unit),
        Step("on the way from other stores", shelf.in_transit, unit),
        Step("on hand and on its way", shelf.position, unit),
        Step("reorder point for this demand", shelf.policy_reorder_point, unit),
        Step("target", shelf.policy_order_up_to, unit),
        Step("suggested order", shelf.suggested_order, unit, result=True),
    ]


def written(step: Step) -> str:
    """Format the amount of a step: "1,200", "0.25", "1.204 kg", "unknown"."""
    if step.amount is None:
        return "unknown"
    if math.isinf(step.amount):
        return "\u221e"
    if step.unit in LARGE:
        return amount(step.amount, step.unit)
    if isinstance(step.amount, int):
        text = f"{step.amount:,d}"
    else:
        text = f"{step.amount:,.2f}" if abs(step.amount) >= 0.01 else f"{step.amount:.1g}"
    return text.replace("-", MINUS)
