"""Needs for a person: the most urgent shelves of a store, and the state of all stores."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, and_, delete, func, or_, select, text

from dashboard.queries.shared import forget
from views.database.acknowledgements import ACKNOWLEDGEMENTS, hides
from views.database.column_types import Instant
from views.database.engine import writing
from views.database.shelves import SHELVES, as_shelf
from views.database.write import INSERT
from views.shelf_figures import Shelf
from views.urgency import RANK, Need

_STORES = text(Path(__file__).with_name("chain.sql").read_text(encoding="utf-8")).columns(
    newest_movement=Instant
)
CLEARLY = 0.2
"""Share by which hours left differ clearly."""
_SHELF = and_(
    ACKNOWLEDGEMENTS.c.store_id == SHELVES.c.store_id, ACKNOWLEDGEMENTS.c.sku == SHELVES.c.sku
)


@dataclass(frozen=True, slots=True)
class Needs:
    """The needs of one store."""

    shelves: list[Shelf]
    """The most urgent first."""
    counts: dict[Need, int]
    """Number of shelves by need, without the hidden ones."""
    hidden: int
    """Number of shelves that were acknowledged or postponed."""


@dataclass(frozen=True, slots=True)
class StoreState:
    """One store beside others."""

    store_id: str
    products: int
    weeks_of_supply: float | None
    """Units on hand / units sold in a week before today; None: unknown, or nothing sells."""
    open_items: int
    """Number of shelves that need a person."""
    stock_errors: int
    empty: int
    sold_last_hour: float | None
    """Units, of which some may be parts of a kilogram, litre or metre."""
    newest_movement: datetime | None
    """None: it has had no movement."""
    urgent_sku: str | None = None
    """Product that needs a person most, with the need; None: none needs one."""
    urgent_name: str | None = None
    """None also if it is not in the catalogue."""
    urgent_need: str | None = None
    """A need of urgency.Need."""


def needs(engine: Engine, store_id: str, now: datetime, limit: int) -> Needs:
    """Return the most urgent shelves of a store that are not hidden."""
    is_open = and_(SHELVES.c.store_id == store_id, SHELVES.c.need_rank < RANK[Need.NONE])
    is_hidden = hides(SHELVES.c.need, now)
    joined = SHELVES.join(ACKNOWLEDGEMENTS, _SHELF, isouter=True)
    is_listed = and_(is_open, or_(ACKNOWLEDGEMENTS.c.sku.is_(None), ~is_hidden))
    urgent = (
        select(SHELVES)
        .select_from(joined)
        .where(is_listed)
        .order_by(SHELVES.c.need_rank, SHELVES.c.urgency, SHELVES.c.sku)
        .limit(limit)
    )
    counts = (
        select(SHELVES.c.need, func.count().label("number"))
        .select_from(joined)
        .where(is_listed)
        .group_by(SHELVES.c.need)
    )
    hidden = select(func.count()).select_from(joined).where(is_open, is_hidden)
    with engine.connect() as connection:
        by_need = {row.need: row.number for row in connection.execute(counts)}
        return Needs(
            [as_shelf(row) for row in connection.execute(urgent)],
            {each: by_need[each] for each in Need if each in by_need},
            connection.scalar(hidden) or 0,
        )


def store_states(engine: Engine, stores: Collection[str] = ()) -> list[StoreState]:
    """Return all stores, the one with the fewest weeks of supply first.

    stores: all that are known; those that have had no movement are the last ones.
    """
    with engine.connect() as connection:
        moved = [StoreState(**row._mapping) for row in connection.execute(_STORES)]
    others = set(stores) - {each.store_id for each in moved}
    return moved + [StoreState(store, 0, None, 0, 0, 0, None, None) for store in sorted(others)]


def hide(engine: Engine, shelf: Shelf, now: datetime, until: datetime | None) -> None:
    """Hide the need of a shelf until a moment; None: until it is another one.

    Of two people who hide it at once, the choice of the later one holds.
    """
    statement = INSERT[engine.dialect.name](ACKNOWLEDGEMENTS)
    key = ["store_id", "sku"]
    others = {each.name: each for each in statement.excluded if each.name not in key}
    values = {name: getattr(shelf, name) for name in (*key, "need")}
    with writing(engine) as connection:
        connection.execute(
            statement.on_conflict_do_update(index_elements=key, set_=others),
            {**values, "acknowledged_at": now, "until": until},
        )
    forget()


def unhide(engine: Engine, store_id: str) -> None:
    """List all needs of a store."""
    with writing(engine) as connection:
        connection.execute(delete(ACKNOWLEDGEMENTS).where(ACKNOWLEDGEMENTS.c.store_id == store_id))
    forget()


def steady(shelves: Sequence[Shelf], before: Sequence[str]) -> list[Shelf]:
    """Order shelves as they were before, unless one is clearly more urgent than another.

    shelves: the most urgent first; before: SKUs as they were shown. In the sort key, hours of one
    need differ clearly by a fifth; another need always does. A shelf that was not shown takes the
    place that its urgency gives it.
    """
    places = {sku: place for place, sku in enumerate(before)}
    waiting = list(shelves)
    ordered = []
    while waiting:
        first = waiting[0]
        known = [one for one in waiting if one.sku in places and not _is_clearly(first, one)]
        chosen = min(known, key=lambda one: places[one.sku]) if first.sku in places else first
        ordered.append(chosen)
        waiting.remove(chosen)
    return ordered


def _is_clearly(first: Shelf, other: Shelf) -> bool:
    """Return True if the first one is clearly more urgent."""
    if first.need is not other.need:
        return True
    larger = max(abs(first.urgency), abs(other.urgency))
    return other.urgency - first.urgency > CLEARLY * larger
