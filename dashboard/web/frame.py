"""The frame of the pages of a store: choice of the store, and the line of freshness."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import cache

import streamlit as st
from sqlalchemy import Engine
from streamlit.navigation.page import StreamlitPage

from connect.errors import UserError
from connect.settings import Settings
from dashboard.model.signs import Outage, Part, Signs
from dashboard.pipeline.watch import Watch, questions
from dashboard.queries.read_signs import signs
from dashboard.queries.shared import shared
from dashboard.queries.store_list import known_stores, nearest
from dashboard.text.freshness import freshness
from dashboard.web import style
from dashboard.web.freshness_line import add_script, show_freshness
from dashboard.web.pages import (
    book_page,
    deliveries_page,
    product_page,
    sales_page,
    stock_page,
    today_page,
)
from dashboard.web.refreshed_part import refreshed
from dashboard.web.visit import Visit, database
from views.database.engine import database_answers
from views.known_stores import KnownStores
from views.plain_text import plain
from views.store_words import label

START = "today"
"""The page of the address without a path."""
BY_BUSINESS_DAY = "sales"
"""The page whose times are those of business days."""
PAGES: Mapping[str, tuple[str, Callable[[Visit], None]]] = {
    "today": ("Today", today_page.show),
    "stock": ("Stock", stock_page.show),
    "product": ("Product", product_page.show),
    "deliveries": ("Deliveries", deliveries_page.show),
    "sales": ("Sales", sales_page.show),
    "book": ("Book", book_page.show),
}
"""Title and function of each page, by the last part of its address."""


@cache
def watch() -> Watch:
    """Return the outages that all sessions of this server process share."""
    settings = Settings.from_environment()
    return Watch({Part.DATABASE: _opened, **questions(settings)})


def visit_page(title: str, pages: dict[str, StreamlitPage]) -> Iterator[Visit]:
    """Draw what is above each page, and yield the visit, or only say why there is none.

    Call it outside of the page's own function: a choice within it would end with the page.
    """
    try:
        settings, engine, stores = _opened()
    except UserError as error:
        try_again(error.message)
        return
    head, choice = st.columns([3, 2], vertical_alignment="bottom")
    with choice:
        requested = choose(stores)
    store = nearest(requested, stores) if requested else None
    by_day = title == PAGES[BY_BUSINESS_DAY][0]
    visit = Visit(settings, engine, stores, store, pages, by_business_day=by_day)
    named = visit.name(store) if store and stores[store] else ""
    head.html(style.page_title(title, named))
    add_script()
    freshness_line(visit)
    if requested and store is None:
        st.html(style.unknown(f"There is no store {requested}."))
    yield visit


def choose(stores: KnownStores) -> str | None:
    """Return the store of the address, which may be unknown; None: none is chosen.

    The address has what the field shows: the name with the id. An id alone leads there, too.
    """
    # A store of the address stays there while it is unknown: it may not have been read yet.
    chosen: str | None = st.selectbox(
        "Store",
        tuple(stores),
        index=None,
        format_func=lambda store_id: plain(label(store_id, stores.get(store_id))),
        placeholder="Choose a store",
        key="store",
        filter_mode="contains",
        accept_new_options=True,
        bind="query-params",
    )
    return chosen if chosen or len(stores) != 1 else next(iter(stores))


@refreshed
def freshness_line(visit: Visit) -> None:
    """Draw the line of freshness; draw the whole page anew when a store is new or changed."""
    now, shown, outages = datetime.now(UTC), visit.shown, watch().outages
    limit = timedelta(seconds=visit.settings.stall_seconds)
    try:
        if Part.DATABASE in outages:
            raise UserError(outages[Part.DATABASE].reason)  # a frozen one would be waited for
        with database_answers(visit.settings):
            if shared(visit.state.version(), known_stores, visit.engine) != visit.stores:
                st.rerun()
            seen = signs(visit.engine, visit.settings, visit.store, now, outages)
    except UserError as error:
        outage = outages.get(Part.DATABASE, Outage(now, error.message))
        seen = Signs(outages={Part.DATABASE: outage})
    show_freshness(freshness(seen, now, limit, shown), now, shown)


def try_again(message: str) -> None:
    """Say why there are no figures; draw the page anew when there are."""
    _try_again(message, datetime.now(UTC) + timedelta(seconds=1))


@st.fragment(run_every="2s")
def _try_again(message: str, after: datetime) -> None:
    st.html(style.unknown(message))
    if datetime.now(UTC) < after:
        return  # not in the run that has failed: it would begin at once, again and again
    try:
        _opened()
    except UserError:
        return
    st.rerun()


def _opened() -> tuple[Settings, Engine, KnownStores]:
    """Return the settings, the database and its stores. Raises UserError."""
    settings = Settings.from_environment()
    engine = database()
    with database_answers(settings):
        return settings, engine, known_stores(engine)
