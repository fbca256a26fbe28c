"""Why a number is what it is: the sums behind one line of the shelf.

All from the line itself, so that it is exact and costs nothing. The movements one by one are in
the stock ledger, which is too large to be read here.
"""

import math
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dashboard.display_time import stamp
from dashboard.product_table import due_words
from dashboard.shelf import Line
from schemas.generated import InventoryLevel
from views.demand import WINDOW


@dataclass(frozen=True, slots=True)
class Step:
    """One term of a sum, or its result; amount is a number or None for what is not known."""

    words: str
    amount: float | None
    result: bool = False


def on_hand(level: InventoryLevel, shown: tzinfo) -> list[Step]:
    """The totals by kind, what the latest count has put right, and on hand: their sum.

    On hand = the count + what moved after it, and the totals = what moved before + after; so
    the difference is what the count found beside what had moved before it. Without a count there
    is none; were there one, it would be shown as not explained.
    """
    terms = [
        Step("received by shipments", level.received),
        Step("returned by customers", level.returned),
        Step("transferred in", level.transferred_in),
        Step("adjusted: found less lost", level.adjusted),
        Step("sold", -level.sold),
        Step("transferred out", -level.transferred_out),
    ]
    moved = sum(int(term.amount or 0) for term in terms)
    corrected = level.on_hand - moved
    if level.counted_at is not None:
        at = stamp(level.counted_at, shown)
        terms.append(Step(f"put right by the count of {at}", corrected))
    elif corrected:
        terms.append(Step("never counted: not explained", corrected))
    else:
        terms.append(Step("never counted: nothing put right", 0))
    return [*terms, Step("on hand", level.on_hand, result=True)]


def cover(line: Line) -> list[Step]:
    """How long it lasts: on hand over the velocity."""
    sells = line.outlook.velocity
    thin = f", thin: {sells.days} days" if sells.days and sells.thin else ""
    known = sells.days > 0
    return [
        Step("net units sold before today", sells.units if known else None),
        Step(f"days in stock, of the last {WINDOW}", sells.days if known else None),
        Step(f"sold per day{thin}", sells.per_day),
        Step("on hand", line.level.on_hand),
        Step("days of cover", line.days_of_cover, result=True),
    ]


def order(line: Line, now: datetime, shown: tzinfo) -> list[Step]:
    """What to order: up to the target, once the position is at or below the reorder point."""
    policy, on_order = line.outlook.policy, line.coming.on_order
    due = f", due {due_words(line.coming, now, shown)}" if on_order else ""
    return [
        Step("on hand", line.level.on_hand),
        Step(f"on order{due}", on_order),
        Step("position", line.position),
        Step("reorder point", policy.reorder_point if policy else None),
        Step("target", policy.order_up_to if policy else None),
        Step("suggested order", line.suggested_order, result=True),
    ]


def written(amount: float | None) -> str:
    """An amount as people read it: "1,200", "0.25", "unknown"."""
    if amount is None:
        return "unknown"
    if math.isinf(amount):
        return "\u221e"
    text = f"{amount:,d}" if isinstance(amount, int) else f"{amount:,.2f}"
    return text.replace("-", "\u2212")
