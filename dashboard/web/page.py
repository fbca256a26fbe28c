"""The page: choice of store, freshness, and panels that refresh every second."""

from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st

from connect.errors import UserError
from connect.settings import Settings
from dashboard.feed.live_feed import Feed
from dashboard.feed.source import opener
from dashboard.model.snapshot import Snapshot, Store
from dashboard.text import display_time, quarantine_notice, spreadsheet
from dashboard.text.freshness import State, freshness
from dashboard.web import panels, style, supply_panels
from views.stock import Status

ICON = str(Path(__file__).with_name("icon.svg"))
"""A local file: Streamlit would load its icons from another host."""


@st.cache_resource(show_spinner=False, on_release=Feed.stop)
def get_feed() -> Feed:
    """Return the feed that all sessions of this server process share."""
    settings = Settings.from_environment()
    return Feed(opener(settings), ZoneInfo(settings.time_zone)).start()


def show() -> None:
    """Draw the page for one browser."""
    st.set_page_config("Store inventory", ICON, layout="wide")
    st.html(style.CSS)
    try:
        settings = Settings.from_environment()
        feed = get_feed()
    except UserError as error:
        st.html(style.unknown(error.message))
        return
    stores = tuple(feed.snapshot.stores)
    head, choice = st.columns([3, 2], vertical_alignment="bottom")
    head.html(style.title())
    with choice:
        chosen = choose(stores)
    live(feed, chosen, stores, timedelta(seconds=settings.stall_seconds))


def choose(stores: tuple[str, ...]) -> str | None:
    """Return the chosen store_id; the query parameter `store` keeps it."""
    requested = st.query_params.get("store")
    if not stores:
        return requested
    chosen: str | None = st.selectbox(
        "Store",
        stores,
        index=stores.index(requested) if requested in stores else None if requested else 0,
        placeholder="Choose a store",
        key="store",
        filter_mode="contains",
    )
    if chosen is not None:
        st.query_params["store"] = chosen
    return chosen or requested


@st.fragment(run_every="1s")
def live(feed: Feed, chosen: str | None, stores: tuple[str, ...], limit: timedelta) -> None:
    """Draw the part of the page that refreshes by itself."""
    snapshot = feed.snapshot
    if tuple(snapshot.stores) != stores:
        st.rerun()
    store = snapshot.stores.get(chosen) if chosen else None
    shown = display_time.zone(st.context.timezone)
    now = datetime.now(UTC)
    fresh = freshness(snapshot, store, now, limit, shown)
    st.html(style.freshness_line(fresh))
    _quarantine(snapshot, shown)
    if store is None:
        st.html(style.unknown(_no_store(snapshot, chosen, fresh.state)))
        return
    panels.headline(store, now, shown)
    search = search_fields(store)
    lines = search.lines(store)
    left, right = st.columns([3, 2], gap="large")
    with left:
        panels.stock(lines, search.limit)
    with right:
        panels.per_minute(store, shown)
        panels.best_sellers(store)
    panels.products(lines, now, shown)
    download(feed, store.store_id, search)
    supply_panels.explained(lines, store, now, shown)
    supply_panels.deliveries(store, now, shown)
    _notices(snapshot)


def search_fields(store: Store) -> panels.Search:
    """Draw the search fields and return their values."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="search"):
        words = st.text_input("Find a product", placeholder="name or SKU", icon=":material/search:")
        category = st.selectbox(
            "Category", store.categories, index=None, placeholder="all", key="category"
        )
        statuses = st.multiselect("Status", list(Status), placeholder="all", key="statuses")
        limit = st.number_input("Bars in the chart", 5, 200, 25, 5, key="limit", width=150)
    return panels.Search(words, category, tuple(statuses), limit)


def download(feed: Feed, store_id: str, search: panels.Search) -> None:
    """Draw the download button; the file has the products at the time of the click."""

    def content() -> bytes:
        file = StringIO(newline="")
        store = feed.snapshot.stores.get(store_id)
        spreadsheet.write(search.lines(store) if store else (), file)
        return file.getvalue().encode("utf-8-sig")

    st.download_button(
        "Download these products (CSV)",
        content,
        file_name="inventory.csv",
        mime="text/csv",
        icon=":material/download:",
        on_click="ignore",
        key="download",
        help="Text that a spreadsheet would run as a formula is prefixed with '.",
    )


def _no_store(snapshot: Snapshot, chosen: str | None, state: State) -> str:
    if not snapshot.complete:
        retry = " It appears as soon as Kafka answers." if state is State.DOWN else ""
        return f"The stock is not loaded yet.{retry}"
    if not snapshot.stores:
        return "No stock yet. Stores appear with their first movement."
    if chosen is None:
        return "Choose a store."
    return f"Unknown store {chosen}: choose another one above."


def _quarantine(snapshot: Snapshot, shown: tzinfo) -> None:
    counts = snapshot.quarantine
    if counts:
        written = {each.reason: f"{each.since.astimezone(shown):%d %b %H:%M}" for each in counts}
        st.html(style.unknown(quarantine_notice.sentence(counts, written)))


def _notices(snapshot: Snapshot) -> None:
    if snapshot.undecodable:
        counts = ", ".join(f"{count:,} of {topic}" for topic, count in snapshot.undecodable.items())
        st.html(style.unknown(f"Not shown, because they cannot be decoded: {counts}."))
    if snapshot.absent:
        topics = ", ".join(snapshot.absent)
        st.html(
            style.unknown(
                f"Missing topics: {topics}. Their figures are not shown. "
                "Create them with `make schemas`, then restart the dashboard."
            )
        )
