"""One product in the chosen store, in every store, and why its level is what it is."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pyarrow as pa
import streamlit as st

from dashboard.model.unlisted import NO_NAME
from dashboard.queries.movements import movements, on_hand
from dashboard.queries.open_deliveries import other_stores
from dashboard.queries.product_shelves import in_every_store, level_of, week_of_sales
from dashboard.queries.refusals import refusals
from dashboard.queries.shared import shared
from dashboard.text.code_words import code_words, doubt
from dashboard.text.display_time import ago, stamp
from dashboard.text.movement_words import sum_words
from dashboard.text.shelf_words import NONE, lasts
from dashboard.web import style
from dashboard.web.amount_column import amount_cells, amount_config
from dashboard.web.product_choice import choose_sku
from dashboard.web.refreshed_part import refreshed
from dashboard.web.row_height import row_height
from dashboard.web.shelf_book import Reader, book
from dashboard.web.shelf_sums import show_sums
from dashboard.web.visit import Visit
from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenTransfer,
    Product,
    QuarantinedRecord,
    Redrive,
    SalesByDay,
)
from views.amounts import amount
from views.database.product_unit import unit_of
from views.need_words import reason, supply, times_note
from views.plain_text import plain
from views.shelf_figures import Shelf
from views.urgency import Need

LINES = 100
"""Movements that are listed, the newest ones."""
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
EVER = datetime(9999, 1, 1, tzinfo=UTC)
"""Later than every movement: the level counts those of a clock that is ahead, too."""
STORE_COLUMNS = ("on_hand", "store", "state", "lasts", "coming")
"""On hand first: a long name of a store fills the width of a phone."""
STORE_TITLES = ("On hand", "Store", "State", "Lasts", "Coming")


def show(visit: Visit) -> None:
    """Draw the product of the address."""
    sku = choose_sku(visit)
    if sku is None:
        return
    is_known = bool(shared(visit.version(), in_every_store, visit.engine, sku))
    _figures(visit, sku, is_known)
    if visit.store is not None:
        _why(visit, visit.store, sku, _moment(visit) if is_known else None, is_known)


def _moment(visit: Visit) -> datetime | None:
    moment: datetime | None = st.datetime_input(
        f"On hand at a past moment ({visit.shown})",
        value=None,
        step=timedelta(minutes=1),
        key="at",
        bind="query-params",
        width=320,
    )
    return moment


@refreshed
def _figures(visit: Visit, sku: str, was_known: bool) -> None:
    """Draw the figures of the product in the chosen store, then in the others.

    was_known: a product without any figures has no other parts on its page.
    """
    now = datetime.now(UTC)
    shelves = shared(visit.version(), in_every_store, visit.engine, sku)
    if shelves and not was_known:
        st.rerun()
    if not shelves:
        _no_product(visit, sku)
        return
    here = next((one for one in shelves if one.store_id == visit.store), None)
    name = plain(shelves[0].name or NO_NAME)
    st.html(style.heading(name, code_words(sku, shelves[0].barcodes)))
    if here is not None:
        _headline(visit, here, now)
        _week(visit, here, now)
        show_sums(here, now, visit.shown)
    elif visit.store is not None:
        none = f"{visit.name(visit.store)} has not had this product."
        st.html(style.unknown(visit.absence(none, InventoryLevel)))
    _stores(visit, shelves, now)


def _no_product(visit: Visit, sku: str) -> None:
    none = f"No store has had the product {sku}.{doubt(sku)}"
    st.html(style.unknown(visit.absence(none, InventoryLevel)))
    if visit.store is not None:
        address = f"stock?store={quote(visit.store, safe='')}"
        stock = f"the stock of {visit.name(visit.store)}"
        st.html(style.choices("Choose one of", [(stock, address)]))


def _headline(visit: Visit, here: Shelf, now: datetime) -> None:
    if here.need is not Need.NONE:
        st.html(style.sentence(f"{reason(here, now, visit.shown)}{times_note(here, visit.shown)}"))
    per_day = NONE if here.per_day is None else f"{here.amount(here.per_day)} a day"
    cards = [
        ("On hand", here.amount(here.on_hand), f"{here.status}. {_counted(here, visit, now)}"),
        ("Lasts", lasts(here), f"At today's pace. Before today: {per_day}."),
        (
            "On order",
            _known(here, here.on_order),
            f"{supply(here, now, visit.shown)}{times_note(here, visit.shown)}",
        ),
        (
            "Sold today",
            _known(here, here.sold_today),
            f"Since midnight in {visit.settings.time_zone}. "
            f"Last hour: {_known(here, here.sold_last_hour)}.",
        ),
    ]
    with st.container(horizontal=True, gap="small", key="headline"):
        for label, value, help_text in cards:
            st.metric(label, value, help=help_text, border=True, width="stretch")


def _week(visit: Visit, here: Shelf, now: datetime) -> None:
    today = now.astimezone(ZoneInfo(visit.settings.time_zone)).date()
    if here.sold_today is None:
        st.html(style.heading("A week of sales", "unknown: sales by day are not read yet"))
        return
    version = visit.version(SalesByDay)
    sold = shared(version, week_of_sales, visit.engine, here.store_id, here.sku, today)
    highest = max(*sold.values(), 1)
    bars = "".join(
        f"<li><b>{here.amount(number)}</b>"
        f'<i style="height: {max(number, 0) / highest * 3:.2f}rem"></i>'
        f"{'today' if day == today else f'{day:%a} {day.day}'}</li>"
        for day, number in sold.items()
    )
    goods = here.amount(sum(sold.values()))
    total = f"{goods} sold, returns deducted; days of {visit.settings.time_zone}"
    st.html(style.heading("A week of sales", total) + f'<ul class="inv-week">{bars}</ul>')


def _stores(visit: Visit, shelves: list[Shelf], now: datetime) -> None:
    """Draw the product in every store."""
    total = shelves[0].amount(sum(one.on_hand for one in shelves))
    stores = "1 store" if len(shelves) == 1 else f"{len(shelves):,} stores"
    st.html(style.heading("In every store", f"{total} in {stores}"))
    frame = stores_frame(shelves, now, visit)
    titles: dict[str, Any] = dict(zip(STORE_COLUMNS, STORE_TITLES, strict=True))
    titles["coming"] = f"Coming ({visit.shown})"
    rows = st.dataframe(
        frame,
        column_config=titles | {"on_hand": amount_config("On hand", frame["on_hand"])},
        hide_index=True,
        row_height=row_height(),
        key="in-every-store",
        on_select="rerun",
        selection_mode="single-row",
        alt="On hand of this product in every store",
    ).selection.rows
    store = visit.selected("in-every-store", [one.store_id for one in shelves], rows)
    if store is not None and store != visit.store:
        visit.go("product", store=store, sku=shelves[0].sku)


def stores_frame(shelves: list[Shelf], now: datetime, visit: Visit) -> pa.Table:
    """Build a row for each store, in order."""
    return pa.table(
        {
            "on_hand": amount_cells((one.on_hand, one.unit) for one in shelves),
            "store": pa.array([plain(visit.name(one.store_id)) for one in shelves], pa.string()),
            "state": pa.array([str(one.status) for one in shelves], pa.string()),
            "lasts": pa.array([lasts(one) for one in shelves], pa.string()),
            "coming": pa.array([supply(one, now, visit.shown) for one in shelves], pa.string()),
        }
    )


@refreshed
def _why(visit: Visit, store: str, sku: str, moment: datetime | None, is_known: bool) -> None:
    """Draw the book of the shelf, from which on hand follows, until a moment.

    is_known: False for a product without any figures, which may have refused messages at most.
    """
    until = moment.replace(tzinfo=visit.shown) if moment else EVER
    version = visit.version(LedgerEntry, InventoryLevel, Product)
    lines = shared(version, movements, visit.engine, store, sku, until, LINES + 1)
    unit = shared(version, unit_of, visit.engine, sku)
    shown = lines[:LINES]
    balance = on_hand(shown)
    first = shown[-1].occurred_at if len(lines) > LINES else BEGINNING
    ahead = timedelta(seconds=visit.settings.count_ahead_seconds)
    transfers = shared(visit.version(OpenTransfer), other_stores, visit.engine, store, sku)
    others = {transfer: visit.name(other) for transfer, other in transfers.items()}
    reader = Reader(visit.shown, unit, others, datetime.now(UTC) + ahead)
    quarantine = visit.version(QuarantinedRecord, Redrive)
    every = shared(quarantine, refusals, visit.engine, store, sku)
    refused = [one for one in every if first <= one.at <= until]
    if balance is None and not is_known and not refused:
        return
    if balance is None:
        when = f"until {stamp(until, visit.shown)}" if moment else "yet"
        words = visit.absence(f"No movement {when}.", LedgerEntry)
        st.html(style.heading("Why", "") + style.unknown(words))
        if refused:
            st.html(book([], refused, reader))
        return
    then = f" at {stamp(until, visit.shown)}" if moment else ""
    question = f"Why {amount(balance, unit)}{then}?"
    words = sum_words(shown, unit, is_whole=len(lines) <= LINES)
    st.html(style.heading(question, words) + book(shown, refused, reader))
    level = None if moment else shared(version, level_of, visit.engine, store, sku)
    if level is not None and level != balance:
        st.html(
            style.unknown(
                f"On hand is {amount(level, unit)}: "
                "the movements that lead to it are still on their way."
            )
        )
    if len(lines) > LINES:
        st.html(style.unknown(f"The {LINES} newest lines; choose a past moment for earlier ones."))


def _counted(here: Shelf, visit: Visit, now: datetime) -> str:
    if here.counted_at is None:
        return "Never counted."
    return f"Counted {ago(here.counted_at, now, visit.shown)}."


def _known(here: Shelf, number: int | None) -> str:
    return NONE if number is None else here.amount(number)
