"""Stock: the shelves of a store, to search, sort, page and download."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import streamlit as st

from dashboard.queries import shelf_search as query
from dashboard.queries.shared import shared
from dashboard.queries.shelf_search import SORTS, URGENT, Search
from dashboard.text.code_words import doubt
from dashboard.text.shelf_words import NONE
from dashboard.text.table_file import FORMATS, Sheet, file_name
from dashboard.web import shelf_bars, shelf_table, style
from dashboard.web.palette import palette
from dashboard.web.refreshed_part import refreshed
from dashboard.web.row_height import row_height
from dashboard.web.visit import Visit, minute
from schemas.generated import InventoryLevel
from views.plain_text import plain
from views.stock import Status

PAGE = 25
"""Number of shelves in view."""
DOWNLOAD = 200_000
"""Maximum number of shelves in a file."""
DOWNLOAD_EVERY = "60.3s"
"""Interval at which the names of the files take the time; such that it seldom begins with the run
of the parts. Each run makes the addresses of the files anew."""
DOWNLOAD_HELP = {
    "xlsx": "For Excel and other spreadsheets: all pages, in the columns and the order of the "
    "table. Codes stay as they are.",
    "csv": "The same as text, for other programs. Text that a spreadsheet would run as a formula "
    "is prefixed with '.",
}
BY_NEED = (
    "In the order of Today. An ok product comes early when its delivery is late, and a low one "
    "comes late when enough is on its way: More columns has the need."
)
TABLE = "stock"


@dataclass(frozen=True, slots=True)
class View:
    """The shelves and columns in view."""

    search: Search
    first: int
    columns: tuple[str, ...]


def show(visit: Visit) -> None:
    """Draw the stock of the chosen store."""
    if visit.need_store():
        view = _choose(visit)
        _table(visit, view)
        _download(visit, view)
        _bars(visit, view)


def _choose(visit: Visit) -> View:
    """Draw the fields of the search; all are kept in the address."""
    assert visit.store is not None
    version = visit.version()
    known = shared(version, query.categories, visit.engine, visit.store)
    with st.container(horizontal=True, vertical_alignment="bottom", key="search"):
        words = st.text_input(
            "Find a product",
            placeholder="name, SKU, barcode",
            icon=":material/search:",
            key="find",
            bind="query-params",
        )
        category = st.selectbox(
            "Category",
            known,
            index=None,
            placeholder="all",
            format_func=plain,
            key="category",
            bind="query-params",
        )
        statuses = st.multiselect(
            "State", [*Status], placeholder="all", key="status", bind="query-params"
        )
        sort = st.selectbox("Sort by", [*SORTS], key="sort", bind="query-params")
        more = st.multiselect(
            "More columns", [*shelf_table.MORE], key="columns", bind="query-params"
        )
        search = Search(visit.store, words, category, tuple(statuses), sort or URGENT)
        total = sum(shared(version, query.count, visit.engine, search).values())
        pages = max(-(-total // PAGE), 1)
        page = st.number_input(
            f"Page of {pages:,}", 1, pages, key="page", bind="query-params", width=140
        )
    columns = (*shelf_table.USUAL, *(shelf_table.MORE[label] for label in more))
    return View(search, (min(page, pages) - 1) * PAGE, columns)


@refreshed
def _table(visit: Visit, view: View) -> None:
    version = visit.version()
    counts = shared(version, query.count, visit.engine, view.search)
    shelves = shared(version, query.read, visit.engine, view.search, view.first, PAGE)
    note = f"{sum(counts.values()):,} found, {view.search.sort}"
    st.html(style.heading("Products", note) + style.legend(counts))
    if view.search.sort == URGENT:
        st.caption(BY_NEED)
    if not shelves and view.first and any(counts.values()):
        st.rerun()  # the page has become empty: the fields know how many there are now
    if not shelves:
        none = "No product of this store is as searched."
        if view.search == Search(view.search.store_id, sort=view.search.sort):
            none = "This store has had no product yet."
        sentence = f"{none}{doubt(view.search.words)}"
        st.html(style.unknown(visit.absence(sentence, InventoryLevel)))
        return
    frame = shelf_table.frame(shelves, view.columns, minute(), visit.shown)
    selected = st.dataframe(
        frame,
        column_config=shelf_table.config(view.columns, visit.shown, frame),
        hide_index=True,
        row_height=row_height(),
        placeholder=NONE,
        key=TABLE,
        on_select=_sort_by_heading,
        selection_mode=("single-row", "single-column"),
        alt=f"Stock by product, {view.search.sort}",
    )
    visit.open_product(TABLE, [one.sku for one in shelves], selected.selection.rows)


@refreshed
def _bars(visit: Visit, view: View) -> None:
    version = visit.version()
    shelves = shared(version, query.read, visit.engine, view.search, view.first, PAGE)
    if shelves:
        st.html(style.heading("Units on hand", "of the products in view"))
        st.vega_lite_chart(
            shelf_bars.bars(shelves),
            shelf_bars.spec(palette()),
            width="stretch",
            key="bars",
            alt="Units on hand, on order and reorder point of the products in view",
        )


def _sort_by_heading() -> None:
    """Sort by the column whose heading was clicked; the database sorts all pages."""
    for name in st.session_state[TABLE].selection.columns:
        if (sort := shelf_table.COLUMNS[name].sort) is not None:
            st.session_state["sort"] = sort
            st.rerun()


@st.fragment(run_every=DOWNLOAD_EVERY)
def _download(visit: Visit, view: View) -> None:
    """Draw a button for each kind of file, which has the rows at the time of the click."""
    search, shown = view.search, visit.shown

    def content(write: Callable[[Sheet], bytes]) -> bytes:
        shelves = query.read(visit.engine, search, 0, DOWNLOAD)
        return write(shelf_table.sheet(shelves, view.columns, minute(), shown))

    with st.container(horizontal=True, key="downloads"):
        for ending, kind in FORMATS.items():
            st.download_button(
                f"Download ({ending})",
                partial(content, kind.write),
                file_name=file_name("stock", search.store_id, datetime.now(shown), ending),
                mime=kind.mime,
                icon=":material/download:",
                on_click="ignore",
                key=f"download-{ending}",
                help=DOWNLOAD_HELP[ending],
            )
