"""Sales of a store by hour from its ledger, for days of which not all minutes are known.

Minutes are published for sales that come up to a day late, and kept for days. The ledger has each
sale and return once, with its time: over a day they add up to its sales by day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, and_, case, func, select

from dashboard.queries.store_sales import IN_UNITS, LEDGER, LEVELS, Stores

SALE, RETURN = "sale", "return"


@dataclass(frozen=True, slots=True)
class LedgerHours:
    """Sums by the start of the hour; none of an hour without a sale or return."""

    net: Mapping[datetime, float]
    """Units sold less returned; a kilogram, litre or metre counts as a unit."""
    returned: Mapping[datetime, float]
    lines: int
    """Number of sales and returns."""


def ledger_hours(engine: Engine, stores: Stores, limits: tuple[datetime, ...]) -> LedgerHours:
    """Sum the sales between each moment and the next one. limits: in order."""
    columns = LEDGER.c
    # From the shelves of the stores: the ledger has an index by shelf and time, and none by time.
    of_span = and_(
        columns.store_id == LEVELS.c.store_id,
        columns.sku == LEVELS.c.sku,
        columns.occurred_at >= limits[0],
        columns.occurred_at < limits[-1],
        columns.kind.in_((SALE, RETURN)),
    )
    number = case(*((columns.occurred_at < end, n) for n, end in enumerate(limits[1:])))
    rows = (
        select(number.label("number"), columns.kind, IN_UNITS.label("units"))
        # To the left: SQLite then looks up each shelf, and reads no other entry.
        .select_from(LEVELS.join(LEDGER, of_span, isouter=True))
        .where(LEVELS.c.store_id.in_(stores))
        .subquery()
    )
    returned = case((rows.c.kind == RETURN, rows.c.units), else_=0)
    query = select(
        rows.c.number, func.sum(rows.c.units), func.sum(returned), func.count(rows.c.kind)
    ).group_by(rows.c.number)
    with engine.connect() as connection:
        sums = [row for row in connection.execute(query) if row[0] is not None]
    return LedgerHours(
        {limits[number]: -float(moved) for number, moved, _, _ in sums},
        {limits[number]: float(back) for number, _, back, _ in sums if back},
        sum(count for *_, count in sums),
    )
