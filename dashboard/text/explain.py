"""The sums behind the figures of one shelf line.

They use the line alone; the single movements are in the stock ledger, which the dashboard does
not read.
"""

import math
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dashboard.model.shelf import Line
from dashboard.text.display_time import stamp
from dashboard.text.shelf_text import due_words
from schemas.generated import InventoryLevel
from views.demand import WINDOW


@dataclass(frozen=True, slots=True)
class Step:
    """One term of a sum, or its result."""

    words: str
    amount: float | None
    """None: unknown."""
    result: bool = False
    """True for the result of the sum."""


def on_hand(level: InventoryLevel, shown: tzinfo) -> list[Step]:
    """List the totals by movement, the correction by the latest count, and on hand, their sum.

    On hand = count + movements after it; the totals cover the movements before and after it. The
    correction is therefore the count less the movements before it. Without a count it is 0; any
    other difference is shown as not explained.
    """
    terms = [
        Step("received by shipments", level.received),
        Step("returned by customers", level.returned),
        Step("transferred in", level.transferred_in),
        Step("adjusted (found less lost)", level.adjusted),
        Step("sold", -level.sold),
        Step("transferred out", -level.transferred_out),
    ]
    moved = sum(int(term.amount or 0) for term in terms)
    corrected = level.on_hand - moved
    if level.counted_at is not None:
        at = stamp(level.counted_at, shown)
        terms.append(Step(f"corrected by the count of {at}", corrected))
    elif corrected:
        terms.append(Step("never counted: not explained", corrected))
    else:
        terms.append(Step("never counted: no correction", 0))
    return [*terms, Step("on hand", level.on_hand, result=True)]


def cover(line: Line) -> list[Step]:
    """List the terms of days of cover: on hand / velocity."""
    velocity = line.outlook.velocity
    thin = f", thin: {velocity.days} days" if velocity.days and velocity.thin else ""
    known = velocity.days > 0
    return [
        Step("net units sold before today", velocity.units if known else None),
        Step(f"days in stock, of the last {WINDOW}", velocity.days if known else None),
        Step(f"sold per day{thin}", velocity.per_day),
        Step("on hand", line.level.on_hand),
        Step("days of cover", line.days_of_cover, result=True),
    ]


def order(line: Line, now: datetime, shown: tzinfo) -> list[Step]:
    """List the terms of the suggested order.

    Order up to the target when the position is at or below the reorder point.
    """
    policy, on_order = line.outlook.policy, line.incoming.on_order
    due = f", due {due_words(line.incoming, now, shown)}" if on_order else ""
    return [
        Step("on hand", line.level.on_hand),
        Step(f"on order{due}", on_order),
        Step("position", line.position),
        Step("reorder point", policy.reorder_point if policy else None),
        Step("target", policy.order_up_to if policy else None),
        Step("suggested order", line.suggested_order, result=True),
    ]


def written(amount: float | None) -> str:
    """Format an amount: "1,200", "0.25", "unknown"."""
    if amount is None:
        return "unknown"
    if math.isinf(amount):
        return "\u221e"
    text = f"{amount:,d}" if isinstance(amount, int) else f"{amount:,.2f}"
    return text.replace("-", "\u2212")
