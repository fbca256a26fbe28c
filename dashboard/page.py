"""The page: which store, how fresh, and the panels, drawn anew each second."""

from datetime import UTC, datetime, timedelta, tzinfo
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import streamlit as st

from connect.errors import UserError
from connect.settings import Settings
from dashboard import display_time, panels, quarantine_notice, spreadsheet, style, supply_panels
from dashboard.feed import Feed
from dashboard.freshness import State, freshness
from dashboard.snapshot import Snapshot, Store
from dashboard.source import opener
from views.stock import Status

ICON = str(Path(__file__).with_name("icon.svg"))
"""A file of our own: Streamlit would fetch its symbols from elsewhere."""


@st.cache_resource(show_spinner=False, on_release=Feed.stop)
def get_feed() -> Feed:
    """The one feed of this server process."""
    settings = Settings.from_environment()
    return Feed(opener(settings), ZoneInfo(settings.time_zone)).start()


def show() -> None:
    """Draw the page for one browser."""
    st.set_page_config("Store inventory", ICON, layout="wide")
    st.html(style.CSS)
    try:
        settings = Settings.from_environment()
        feed = get_feed()
    except UserError as problem:
        st.html(style.unknown(problem.message))
        return
    stores = tuple(feed.snapshot.stores)
    head, choice = st.columns([3, 2], vertical_alignment="bottom")
    head.html(style.title())
    with choice:
        chosen = choose(stores)
    live(feed, chosen, stores, timedelta(seconds=settings.stall_seconds))


def choose(stores: tuple[str, ...]) -> str | None:
    """The chosen store_id, which the address of the page keeps for the next visit."""
    asked = st.query_params.get("store")
    if not stores:
        return asked
    chosen: str | None = st.selectbox(
        "Store",
        stores,
        index=stores.index(asked) if asked in stores else None if asked else 0,
        placeholder="Choose a store",
        key="store",
        filter_mode="contains",
    )
    if chosen is not None:
        st.query_params["store"] = chosen
    return chosen or asked


@st.fragment(run_every="1s")
def live(feed: Feed, chosen: str | None, stores: tuple[str, ...], limit: timedelta) -> None:
    """All that changes by itself."""
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
        st.html(style.unknown(_nothing(snapshot, chosen, fresh.state)))
        return
    panels.headline(store, now, shown)
    search = look_for(store)
    lines = search.lines(store)
    left, right = st.columns([3, 2], gap="large")
    with left:
        panels.stock(lines, search.most)
    with right:
        panels.pace(store, shown)
        panels.best_sellers(store)
    panels.products(lines, now, shown)
    download(feed, store.store_id, search)
    supply_panels.explained(lines, store, now, shown)
    supply_panels.on_the_way(store, now, shown)
    _passed_over(snapshot)


def look_for(store: Store) -> panels.Search:
    """The fields by which products are found."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="search"):
        words = st.text_input("Find a product", placeholder="name or SKU", icon=":material/search:")
        category = st.selectbox(
            "Category", store.categories, index=None, placeholder="all", key="category"
        )
        statuses = st.multiselect("Status", list(Status), placeholder="all", key="statuses")
        most = st.number_input("Bars in the chart", 5, 200, 25, 5, key="most", width=150)
    return panels.Search(words, category, tuple(statuses), most)


def download(feed: Feed, store_id: str, search: panels.Search) -> None:
    """A button for the products found, as they are when it is pressed."""

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
        help="Text that a spreadsheet would run as a formula gets a ' in front.",
    )


def _nothing(snapshot: Snapshot, chosen: str | None, state: State) -> str:
    if not snapshot.complete:
        again = "They appear here as soon as Kafka can be read." if state is State.DOWN else ""
        return f"The stock of the stores is not known yet. {again}"
    if not snapshot.stores:
        return "No store has a level yet: they appear with the first movement."
    if chosen is None:
        return "Choose a store."
    return f"No store {chosen} is known: choose another one above."


def _quarantine(snapshot: Snapshot, shown: tzinfo) -> None:
    counts = snapshot.quarantine
    if counts:
        written = {each.reason: f"{each.since.astimezone(shown):%d %b %H:%M}" for each in counts}
        st.html(style.unknown(quarantine_notice.sentence(counts, written)))


def _passed_over(snapshot: Snapshot) -> None:
    if snapshot.undecodable:
        counts = ", ".join(f"{count:,} of {t}" for t, count in snapshot.undecodable.items())
        st.html(style.unknown(f"Records that could not be decoded and are not shown: {counts}."))
    if snapshot.absent:
        topics = ", ".join(snapshot.absent)
        st.html(
            style.unknown(
                f"Topics that are not there, so that what they tell is unknown: {topics}. "
                "Create them with `make schemas`, then start the dashboard anew."
            )
        )
