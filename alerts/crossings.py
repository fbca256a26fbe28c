"""Crossings: shelves and stores that need an alert now, and alerts that are over.

A look compares the shelves with the states in the database, so that a crossing is noticed however
long the process was down. It only reads: the database has one writer, and its read model comes
first.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, or_, select

from alerts.kinds import HOLDS, STILL, Kind
from alerts.outbox import STATES, Key, StateChanges
from views.database.acknowledgements import ACKNOWLEDGEMENTS, hides
from views.database.shelf_queue import WAITING
from views.database.shelves import SHELVES, as_shelf
from views.shelf_figures import Shelf

CALM = timedelta(minutes=10)
"""Time for which an alert must have been over before its shelf is alerted again."""
LIMIT = 2000
"""Shelves of one kind that are alerted at one look; the others follow at the next one."""
Subscriptions = Mapping[Kind, Sequence[str]]
"""Stores that are alerted, by kind."""


@dataclass(slots=True)
class Look:
    """All that one look has noticed."""

    shelves: list[tuple[Kind, Shelf]] = field(default_factory=list)
    """Shelves to alert, by store, the most urgent first."""
    stalled: dict[str, str] = field(default_factory=dict)
    """A sentence for each store to alert."""
    ended: list[Key] = field(default_factory=list)
    resumed: list[Key] = field(default_factory=list)
    over: list[Key] = field(default_factory=list)
    alerted: list[Key] = field(default_factory=list)
    again: list[Key] = field(default_factory=list)
    is_cut: bool = False
    """True if there are more shelves than LIMIT."""

    @property
    def changes(self) -> StateChanges:
        return StateChanges(self.ended, self.resumed, self.over, self.alerted, self.again)


def look_at_shelves(
    connection: Connection, subscriptions: Subscriptions, now: datetime, look: Look
) -> None:
    """Add what is to be noticed of the shelves."""
    for kind in HOLDS:
        if stores := subscriptions.get(kind):
            _compare(connection, kind, stores, now, look)
            query = _crossings(kind, stores, now)
            rows = connection.execute(query).all()
            look.is_cut |= len(rows) == LIMIT
            for row in rows:
                look.shelves.append((kind, as_shelf(row)))
                known = look.again if row.alerted_at is not None else look.alerted
                known.append((kind, row.store_id, row.sku))


def look_at_stores(
    connection: Connection, stores: Collection[str], stalled: Mapping[str, str], now: datetime
) -> Look:
    """Return what is to be noticed of stores. stalled: a sentence for each that stands still."""
    look = Look()
    states = STATES.c
    query = select(states.store_id, states.over_since).where(states.kind == Kind.STALLED)
    known = {store: since for store, since in connection.execute(query) if store in stores}
    for store, since in known.items():
        key = (Kind.STALLED, store, "")
        if since is not None and since <= now - CALM:
            look.ended.append(key)
        elif since is not None and store in stalled:
            look.resumed.append(key)
        elif since is None and store not in stalled:
            look.over.append(key)
    for store in stores:
        if store in stalled and store not in known:
            look.stalled[store] = stalled[store]
            look.alerted.append((Kind.STALLED, store, ""))
    return look


def _compare(
    connection: Connection, kind: Kind, stores: Sequence[str], now: datetime, look: Look
) -> None:
    """Compare the states of one kind with the shelves."""
    states = STATES.c
    since = states.over_since
    is_calm = since <= now - CALM
    for keys, condition in (
        (look.ended, is_calm),
        (look.resumed, and_(~is_calm, _shelf_with(HOLDS[kind]))),
        (look.over, and_(since.is_(None), ~_shelf_with(STILL[kind]))),
    ):
        of_kind = and_(states.kind == kind, states.store_id.in_(stores), condition)
        rows = connection.execute(select(states.store_id, states.sku).where(of_kind))
        keys.extend((kind, store, sku) for store, sku in rows)


def _shelf_with(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(_same(STATES, SHELVES), condition)


def _crossings(kind: Kind, stores: Sequence[str], now: datetime) -> Select[Any]:
    """Select the shelves of a kind that are not alerted, or were postponed until now.

    Not those that a person has seen, and not those whose figures are computed again first.
    """
    joined = (
        SHELVES.join(STATES, and_(_same(SHELVES, STATES), STATES.c.kind == kind), isouter=True)
        .join(ACKNOWLEDGEMENTS, _same(SHELVES, ACKNOWLEDGEMENTS), isouter=True)
        .join(WAITING, _same(SHELVES, WAITING), isouter=True)
    )
    until = ACKNOWLEDGEMENTS.c.until
    return (
        select(SHELVES, STATES.c.alerted_at)
        .select_from(joined)
        .where(
            SHELVES.c.store_id.in_(stores),
            HOLDS[kind],
            WAITING.c.sku.is_(None),
            or_(ACKNOWLEDGEMENTS.c.sku.is_(None), ~hides(SHELVES.c.need, now)),
            or_(STATES.c.sku.is_(None), and_(until <= now, STATES.c.alerted_at < until)),
        )
        .order_by(SHELVES.c.store_id, SHELVES.c.need_rank, SHELVES.c.urgency, SHELVES.c.sku)
        .limit(LIMIT)
    )


def _same(one: Table, other: Table) -> ColumnElement[bool]:
    return and_(one.c.store_id == other.c.store_id, one.c.sku == other.c.sku)
