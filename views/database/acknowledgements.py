"""Needs that a person has seen or postponed: what no topic can fill again."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Column, ColumnElement, Table, and_, or_

from views.database.column_types import Characters, Instant
from views.database.tables import METADATA
from views.urgency import RANK, Need

ESTIMATED = (Need.RUNS_OUT, Need.LOW, Need.FAST)
"""Needs by the pace of sales, the most urgent first: each sale may end one, or bring it back."""
COVERED: Mapping[Need, tuple[Need, ...]] = {
    need: ESTIMATED[ESTIMATED.index(need) :] if need in ESTIMATED else (need,) for need in Need
}
"""The needs that an acknowledgement of a need hides: of an estimate, less urgent ones, too."""
AWAY = timedelta(hours=1)
"""Time for which an estimate may be away without being news when it comes back."""

ACKNOWLEDGEMENTS = Table(
    "acknowledgements",
    METADATA,
    Column("store_id", Characters, primary_key=True),
    Column("sku", Characters, primary_key=True),
    Column("need", Characters, nullable=False),
    Column("acknowledged_at", Instant, nullable=False),
    Column("until", Instant),
)
"""Shelves that are not listed as needing a person: until a moment, or, without one, until the need
is another one. A rebuild of the read model keeps this table.

need: urgency.Need at that moment. acknowledged_at: that moment, or the later one since which an
estimate is away. For the end of a row see has_ended.
"""


def hides(need: Column[str], now: datetime) -> ColumnElement[bool]:
    """Return the condition that an acknowledgement hides a need of its shelf now."""
    until, acknowledged = ACKNOWLEDGEMENTS.c.until, ACKNOWLEDGEMENTS.c.need
    covers = [and_(acknowledged == each, need.in_(COVERED[each])) for each in ESTIMATED]
    return and_(or_(acknowledged == need, *covers), or_(until.is_(None), until > now))


def has_ended(acknowledged: Need, before: Need, after: Need, away: timedelta) -> bool:
    """Return True if an acknowledgement ends as the need of its shelf changes.

    Another need is news, but an estimate may go and come back within AWAY, while nothing more
    urgent takes its place. away: time since it went, if it comes back now.
    """
    covered = COVERED[acknowledged]
    if after in covered:
        return before not in covered and away > AWAY
    return acknowledged not in ESTIMATED or RANK[after] < RANK[acknowledged]
