"""Today: what needs a person in the chosen store, or all stores beside each other."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
import streamlit as st

from dashboard.model.sales_hours import last_hour
from dashboard.model.unlisted import NO_NAME
from dashboard.queries.needs import (
    Needs,
    StoreState,
    hide,
    needs,
    steady,
    store_states,
    unhide,
)
from dashboard.queries.shared import shared
from dashboard.queries.till_state import tills
from dashboard.text.display_time import ago
from dashboard.text.shelf_words import NONE
from dashboard.text.till_words import SILENT, till_words
from dashboard.web import sales_charts, style
from dashboard.web.amount_column import WHOLE, Cells, amount_cells, amount_config
from dashboard.web.need_list import Choice, need_list
from dashboard.web.refreshed_part import refreshed
from dashboard.web.row_height import row_height
from dashboard.web.visit import Visit, minute
from schemas.generated import InventoryLevel, LedgerEntry, Product, SalesByDay, SalesPerMinute
from views.need_words import SIGNS, has_times
from views.plain_text import plain
from views.shelf_figures import Shelf
from views.urgency import Need

ROWS = 20
LATER = timedelta(hours=4)
"""Time for which a row is hidden that is to be done later."""
TILLS = 260
"""Pixels for "silent since Thu 15:10 (Europe/Berlin)": a column is as wide as its first text."""
URGENT = 260
"""Pixels for "Empty soon: Almond Croissant · BAK-001"."""
CHAIN_SECONDS = 10
SALES_SECONDS = 30
"""Interval of sums over all stores, which take longer than those of one."""


def show(visit: Visit) -> None:
    """Draw the needs of the chosen store; without one, all stores."""
    if visit.store is None:
        _chain(visit)
        _chain_sales(visit)
    else:
        _needs(visit, visit.store)


@refreshed
def _needs(visit: Visit, store: str) -> None:
    now = datetime.now(UTC)
    # Rows near the end of the list stay in it while they are about as urgent as the others.
    current = shared(visit.version(), needs, visit.engine, store, minute(), ROWS + 10)
    shelves = steady(current.shelves, st.session_state.get(_order(store), []))[:ROWS]
    st.session_state[_order(store)] = [shelf.sku for shelf in shelves]
    times = f"; times: {visit.shown}" if any(map(has_times, shelves)) else ""
    st.html(style.heading("Needs you now", _note(current, len(shelves)) + times))
    if not shelves:
        words = visit.absence("Nothing needs you now.", InventoryLevel, SalesByDay)
        st.html(style.unknown(words))
    else:
        choice = need_list(shelves, now, visit.shown, f"needs-{store}")
        if choice:
            _act(visit, shelves, choice, now)
    if current.hidden and st.button(f"Show {current.hidden:,} hidden", key="unhide"):
        unhide(visit.engine, store)
        st.rerun(scope="fragment")


def _act(visit: Visit, shelves: list[Shelf], choice: Choice, now: datetime) -> None:
    shelf = next((one for one in shelves if one.sku == choice.sku), None)
    if shelf is None:
        return
    until = now + LATER if choice.action == "later" else None
    hide(visit.engine, shelf, now, until)
    st.rerun(scope="fragment")


@refreshed
def _chain(visit: Visit) -> None:
    now = datetime.now(UTC)
    version = visit.version(seconds=CHAIN_SECONDS)
    states = shared(version, store_states, visit.engine, tuple(visit.stores))
    st.html(style.heading("All stores", "the one with the fewest weeks of supply first"))
    if not states:
        none = "No stock yet. Stores appear with their first movement."
        st.html(style.unknown(visit.absence(none, InventoryLevel)))
        return
    words = _till_words(visit, states, now)
    silent = [
        f"{visit.name(one)} {word.removeprefix(SILENT)}"
        for one, word in words.items()
        if word and word.startswith(SILENT)
    ]
    if silent:
        st.html(style.sentence(f"Tills are silent while other stores sell: {', '.join(silent)}."))
    frame = chain_frame(states, words, now, visit)
    rows = st.dataframe(
        frame,
        column_config=_columns(frame["sold"]),
        hide_index=True,
        row_height=row_height(),
        key="chain",
        on_select="rerun",
        selection_mode="single-row",
        placeholder=NONE,
        alt="Stores with weeks of supply and open items",
    ).selection.rows
    store = visit.selected("chain", [one.store_id for one in states], rows)
    if store is not None:
        visit.go("", store=store)


@refreshed
def _chain_sales(visit: Visit) -> None:
    stores = tuple(visit.stores)
    minutes = visit.version(SalesPerMinute, LedgerEntry, seconds=SALES_SECONDS)
    span = (visit.engine, stores, *last_hour(datetime.now(UTC)))
    sales_charts.minutes(span, minutes, visit.shown)
    zone = ZoneInfo(visit.settings.time_zone)
    today = datetime.now(zone).date()
    words = f"{today:%a %d %b %Y} ({zone})"
    days = visit.version(SalesByDay, Product, InventoryLevel, seconds=SALES_SECONDS)
    none = visit.absence("Nothing was sold.", SalesByDay)
    sales_charts.best_sellers((visit.engine, stores, today, today), days, words, none)


def _till_words(visit: Visit, states: list[StoreState], now: datetime) -> dict[str, str | None]:
    """Return the state of the tills of each store."""
    state = visit.state
    if state.sold_at is None:
        return {one.store_id: None for one in states}
    return {
        store_id: till_words(
            tills(visit.engine, store_id, store, state, now), store, now, visit.shown
        )
        for store_id, store in ((one.store_id, visit.stores.get(one.store_id)) for one in states)
    }


def chain_frame(
    states: list[StoreState], words: Mapping[str, str | None], now: datetime, visit: Visit
) -> pa.Table:
    """Build a row for each store, in order. words: the state of each store's tills."""
    moved = [
        None if one.newest_movement is None else ago(one.newest_movement, now, visit.shown)
        for one in states
    ]
    return pa.table(
        {
            # Before the store, whose long name fills the width of a phone.
            "open": pa.array([one.open_items for one in states], pa.int64()),
            "store": pa.array([plain(visit.name(one.store_id)) for one in states], pa.string()),
            "weeks": pa.array([one.weeks_of_supply for one in states], pa.float64()),
            "urgent": pa.array(map(_most_urgent, states), pa.string()),
            "errors": pa.array([one.stock_errors for one in states], pa.int64()),
            "empty": pa.array([one.empty for one in states], pa.int64()),
            "tills": pa.array([words[one.store_id] for one in states], pa.string()),
            "sold": amount_cells((one.sold_last_hour, None) for one in states),
            "moved": pa.array(moved, pa.string()),
            "products": pa.array([one.products for one in states], pa.int64()),
        }
    )


def _most_urgent(one: StoreState) -> str | None:
    """Word what needs a person first: "Empty: Milk · 007"."""
    if one.urgent_need is None or one.urgent_sku is None:
        return None
    word = SIGNS[Need(one.urgent_need)][1]
    return f"{word}: {plain(one.urgent_name or NO_NAME)} · {plain(one.urgent_sku)}"


def _columns(sold: Cells) -> dict[str, Any]:
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    return {
        "store": text("Store"),
        "weeks": number(
            "Weeks of supply",
            format="%,.2f",
            help="Units on hand, divided by the units sold in a week before today.",
        ),
        "open": number("Open items", format=WHOLE, help="Products that need a person."),
        "urgent": text("Most urgent", width=URGENT, help="The first need, also a hidden one."),
        "errors": number("Stock errors", format=WHOLE),
        "empty": number("Empty", format=WHOLE),
        "tills": text(
            "Tills", width=TILLS, help="Silent: the store is open and sells nothing, others do."
        ),
        "sold": amount_config("Sold, last hour", sold, "Units less returns, the last 60 minutes."),
        "moved": text("Newest movement"),
        "products": number("Products", format=WHOLE),
    }


def _note(current: Needs, shown: int) -> str:
    total = sum(current.counts.values())
    first = f"the {shown} most urgent of {total:,}: " if total > shown else ""
    parts = [f"{SIGNS[need][1].lower()} {count:,}" for need, count in current.counts.items()]
    return first + ", ".join(parts)


def _order(store: str) -> str:
    return f"order-of-needs-{store}"
