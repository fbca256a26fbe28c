"""The shelves of a store: searched, sorted and paged by the database."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Engine, UnaryExpression, func, select

from dashboard.model.unlisted import NO_NAME
from dashboard.queries.comparable import comparable
from dashboard.queries.word_search import has_words
from views.amounts import LARGE
from views.database.shelves import SHELVES, as_shelf
from views.shelf_figures import Shelf
from views.stock import Status

COLUMNS = SHELVES.c
URGENT = "most urgent"
_MEASURED = COLUMNS.unit.in_(LARGE)
SORTS: Mapping[str, tuple[ColumnElement[object] | UnaryExpression[object], ...]] = {
    URGENT: (COLUMNS.need_rank, COLUMNS.urgency),
    "name": (COLUMNS.name.nulls_last(),),
    "SKU": (),
    "least on hand": (comparable(COLUMNS.on_hand, _MEASURED),),
    "most on hand": (comparable(COLUMNS.on_hand, _MEASURED).desc(),),
    "empty first": (COLUMNS.hours_left.nulls_last(),),
    "most on order": (comparable(COLUMNS.on_order, _MEASURED).desc().nulls_last(),),
    "due first": (COLUMNS.due_at.nulls_last(),),
    "best sold today": (comparable(COLUMNS.sold_today, _MEASURED).desc().nulls_last(),),
    "longest uncounted": (COLUMNS.counted_at.nulls_first(),),
}
"""Columns of each order; shelves of one rank are sorted by SKU."""
NO_CATEGORY = NO_NAME


@dataclass(frozen=True, slots=True)
class Search:
    """Filters and order of the shelves of a store."""

    store_id: str
    words: str = ""
    """Each must be in the name or the SKU, in upper or lower case, or be a barcode."""
    category: str | None = None
    """None: any; NO_CATEGORY: products that are not in the catalogue."""
    statuses: tuple[Status, ...] = ()
    """Empty: any."""
    sort: str = URGENT
    """A key of SORTS."""


def read(engine: Engine, search: Search, first: int, limit: int) -> tuple[Shelf, ...]:
    """Return up to `limit` shelves, from number `first` on; 0: the first one."""
    query = (
        select(SHELVES)
        .where(*_conditions(search))
        .order_by(*SORTS[search.sort], COLUMNS.sku)
        .offset(first)
        .limit(limit)
    )
    with engine.connect() as connection:
        return tuple(map(as_shelf, connection.execute(query)))


def count(engine: Engine, search: Search) -> Mapping[Status, int]:
    """Count the shelves by status."""
    query = select(COLUMNS.status, func.count()).where(*_conditions(search))
    with engine.connect() as connection:
        rows = connection.execute(query.group_by(COLUMNS.status))
        counts = {status: number for status, number in rows}
    return {status: counts.get(status.value, 0) for status in Status}


def categories(engine: Engine, store_id: str) -> tuple[str, ...]:
    """Return the categories of a store's products, sorted."""
    query = select(COLUMNS.category).where(COLUMNS.store_id == store_id).distinct()
    with engine.connect() as connection:
        names = set(connection.scalars(query))
    return tuple(sorted(NO_CATEGORY if each is None else each for each in names))


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    conditions = [COLUMNS.store_id == search.store_id]
    if search.category == NO_CATEGORY:
        conditions.append(COLUMNS.category.is_(None))
    elif search.category is not None:
        conditions.append(COLUMNS.category == search.category)
    if search.statuses:
        conditions.append(COLUMNS.status.in_([status.value for status in search.statuses]))
    return conditions + has_words(search.words, COLUMNS.name, COLUMNS.sku)
