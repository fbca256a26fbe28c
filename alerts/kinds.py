"""Kinds of alerts, and the shelves that each is about: by the needs that the page Today lists."""

from collections.abc import Mapping
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, or_

from views.database.shelves import SHELVES
from views.stock import Status
from views.urgency import RANK, Need


class Kind(StrEnum):
    """Kinds, most urgent first."""

    STALLED = "stalled"
    """The figures of the store stand still, or its tills are silent."""
    NEGATIVE = "negative"
    """More was sold than received."""
    OUT = "out"
    """Nothing on hand."""
    LOW = "low"
    """At or below the reorder point with too little on order, or empty before the next delivery."""
    OVERDUE = "overdue"
    """The expected date of a delivery has passed."""


CLEARLY = 1.2
"""Multiple of the reorder point above which a shelf is not low any more."""

_SHELF = SHELVES.c


def _needs(*needs: Need) -> ColumnElement[bool]:
    # The index of the shelves begins with the store and the rank.
    return _SHELF.need_rank.in_([RANK[each] for each in needs])


HOLDS: Mapping[Kind, ColumnElement[bool]] = {
    Kind.NEGATIVE: _needs(Need.STOCK_ERROR),
    Kind.OUT: _needs(Need.EMPTY),
    Kind.LOW: or_(
        _needs(Need.RUNS_OUT, Need.LOW),
        # A late delivery is the more urgent need of a shelf that is low, too.
        and_(_needs(Need.LATE), _SHELF.status == Status.LOW),
    ),
    Kind.OVERDUE: and_(
        _needs(Need.STOCK_ERROR, Need.EMPTY, Need.RUNS_OUT, Need.LATE), _SHELF.overdue > 0
    ),
}
"""Condition under which a shelf is alerted."""
STILL: Mapping[Kind, ColumnElement[bool]] = {
    **HOLDS,
    Kind.LOW: or_(
        _needs(*(each for each in Need if RANK[each] <= RANK[Need.LOW])),
        _SHELF.on_hand <= _SHELF.reorder_point * CLEARLY,
    ),
}
"""Condition under which an alert is not over: one piece that is brought back ends none."""
