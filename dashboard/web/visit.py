"""One browser's visit: the database, the chosen store and the way to other pages."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from functools import cache
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

import streamlit as st
from sqlalchemy import Engine
from streamlit.navigation.page import StreamlitPage

from connect.settings import Settings
from dashboard.queries.read_state import SECONDS, ReadState, interval, read_state
from dashboard.text.display_time import zone
from dashboard.text.shelf_words import NONE
from dashboard.web import style
from dashboard.web.page_parts import Parts
from schemas.generated import InventoryLevel
from schemas.record import Record
from views.database.engine import open_database
from views.known_stores import KnownStores
from views.local_time import known_zone
from views.store_words import label

NOT_READ = f"{NONE} Not read yet."


@cache
def database() -> Engine:
    """Return the engine that all sessions of this server process share. Raises UserError."""
    return open_database(Settings.from_environment())


@dataclass(frozen=True)
class Visit:
    """The facts that every page has of its visitor."""

    settings: Settings
    engine: Engine
    stores: KnownStores
    store: str | None
    """The chosen store_id; None: none is chosen."""
    pages: Mapping[str, StreamlitPage]
    """The pages by the last part of their address, such as stock."""
    parts: Parts = field(default_factory=Parts)
    """The parts of the page that are drawn again and again."""

    by_business_day: bool = False
    """True on a page whose times are those of business days."""

    @property
    def shown(self) -> tzinfo:
        """The zone of all times of the page."""
        if self.by_business_day or self.store is None:
            return ZoneInfo(self.settings.time_zone)
        return self.local_zone

    @property
    def local_zone(self) -> tzinfo:
        """The zone of the chosen store, or else of the browser."""
        fact = self.stores.get(self.store) if self.store else None
        return known_zone(fact.time_zone if fact else None) or zone(st.context.timezone)

    @property
    def state(self) -> ReadState:
        """The newest look at what has been read."""
        return read_state(self.engine, self.settings)

    def version(self, *record_types: type[Record], seconds: float = SECONDS) -> int:
        """Return what changes with each record of some contracts, at most once in some seconds.

        Without contracts it changes each time: figures of shelves change with time, too.
        """
        if not record_types:
            return interval(seconds)
        topics = [self.settings.prefixed(each.TOPIC) for each in record_types]
        return read_state(self.engine, self.settings, seconds).version(topics)

    def has_read(self, *record_types: type[Record]) -> bool:
        """Return True once all records of some contracts have been read."""
        return self.state.has_read([self.settings.prefixed(each.TOPIC) for each in record_types])

    def absence(self, words: str, *record_types: type[Record]) -> str:
        """Return the words for nothing of some contracts, which is unknown until all is read."""
        return words if self.has_read(*record_types) else NOT_READ

    def name(self, store_id: str) -> str:
        """Return the store's name with its id, or only the id."""
        return label(store_id, self.stores.get(store_id))

    def selected(self, table: str, ids: Sequence[str], rows: Sequence[int]) -> str | None:
        """Return the id of the row that is selected in a table; None: none is.

        ids: of the rows, in the order of this run; rows: the numbers of those that are selected.
        A person selects one of the rows that the browser has, which are those of the run before.
        """
        key, nothing = f"rows of {table}", (ids, list[int](), None)
        drawn: tuple[Sequence[str], list[int], str | None] = st.session_state.get(key, nothing)
        former, before, chosen = drawn
        if list(rows) != before:
            chosen = former[rows[0]] if rows and rows[0] < len(former) else None
        st.session_state[key] = ids, list(rows), chosen
        return chosen

    def open_product(self, table: str, skus: Sequence[str], rows: Sequence[int]) -> None:
        """Go to the product of the row that is selected, if any; see selected."""
        sku = self.selected(table, skus, rows)
        if sku is not None and self.store and "product" in self.pages:
            self.go("product", store=self.store, sku=sku)

    def go(self, page: str, **choices: str) -> None:
        """Go to a page with choices in its address, as a link does.

        Streamlit's own way to another page takes the choices that fields hold out of the address.
        """
        address = f"{page}?{urlencode(choices, quote_via=quote)}"
        st.html(
            f"<script>window.location.assign({json.dumps(address)})</script>",
            unsafe_allow_javascript=True,
        )

    def need_store(self) -> str | None:
        """Return the chosen store, or draw the list of stores and return None."""
        if not self.stores:
            none = "No store yet. Stores appear with their first movement."
            st.html(style.unknown(self.absence(none, InventoryLevel)))
        elif self.store is None:
            links = [(self.name(one), _link(one)) for one in self.stores]
            st.html(style.choices("Choose a store:", links))
        return self.store


def minute() -> datetime:
    """Return the start of the current minute, UTC."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


def _link(store_id: str) -> str:
    return f"?store={quote(store_id, safe='')}"
