"""Above every page of a store: what is not in its figures, and why."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from urllib.parse import quote, urlencode

import streamlit as st
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from streamlit.navigation.page import StreamlitPage

from dashboard.queries import counts_too_late
from dashboard.queries.gaps import gaps
from dashboard.queries.read_state import SECONDS
from dashboard.queries.refusals import reasons_by_store
from dashboard.queries.shared import shared
from dashboard.text.gap_words import gap_sentences
from dashboard.text.quarantine_words import LATE_COUNT, late_count_words, store_words
from dashboard.web import style
from dashboard.web.refreshed_part import refreshed
from dashboard.web.visit import Visit, minute
from schemas.generated import InventoryLevel, Product, QuarantinedRecord, Redrive
from views.database.quarantine_rows import by_reason
from views.plain_text import plain
from views.quarantine import QUARANTINE_DAYS

ALL_SECONDS = 10
"""Interval of what concerns all stores."""
LISTED = 3
"""Maximum number of counts to be taken again that are listed."""


@refreshed
def show_notices(visit: Visit, pipeline: StreamlitPage) -> None:
    """Draw what the visitor can do about refused messages, and the gaps; nothing without any.

    A badge leads to the page Pipeline, but for a store whose messages are all counts to be taken
    again; a store has none of those that are of other stores only.
    """
    after = minute() - timedelta(days=QUARANTINE_DAYS)
    try:
        version = visit.version(QuarantinedRecord, Redrive)
        reasons = _reasons(visit, version, after)
        again = []
        if visit.store is None or counts_too_late.REASON in reasons:
            again = list(islice(_late_counts(visit, version, after), LISTED))
        if visit.store is None:
            refused = _all_refused(shared(version, _refused, visit.engine, after))
        else:
            refused = store_words(reasons - {counts_too_late.REASON})
        missing = gaps(visit.engine, visit.settings)
    except DBAPIError:
        return  # the line of freshness says so
    if again:
        st.html(style.choices(LATE_COUNT, again))
    if refused:
        st.page_link(pipeline, label=refused, icon=":material/report:")
    for sentence in gap_sentences(missing):
        st.html(style.unknown(sentence))


def _reasons(visit: Visit, version: int, after: datetime) -> frozenset[str]:
    """Return the reasons of the messages that may be of the chosen store; none without one."""
    if visit.store is None:
        return frozenset()
    stores = shared(version, reasons_by_store, visit.engine, tuple(visit.stores), after)
    return stores.get(visit.store, frozenset())


def _late_counts(visit: Visit, version: int, after: datetime) -> Iterator[tuple[str, str]]:
    """Link the counts that came too late to the page Book, those that can be read by name.

    Those of the chosen store, or without one of all, with its name. None for those after whose
    moment their shelf was counted.
    """
    prefix = visit.settings.prefix
    counts = shared(version, counts_too_late.late_counts, visit.engine, prefix, after)
    if visit.store is not None and visit.store not in counts:
        yield "Book", _book(store=visit.store)
    levels = visit.version(InventoryLevel, Product, seconds=SECONDS if visit.store else ALL_SECONDS)
    now = minute()
    for store in sorted(counts.keys() & ({visit.store} if visit.store else visit.stores.keys())):
        named = "" if visit.store else f"{plain(visit.name(store))}: "
        for each in shared(levels, counts_too_late.to_count_again, visit.engine, counts[store]):
            words = late_count_words(each, now, visit.shown)
            yield f"{named}{words}", _book(store=store, sku=each.counted.sku)


def _book(**choices: str) -> str:
    return f"book?{urlencode(choices, quote_via=quote)}"


def _all_refused(count: int) -> str:
    messages = "message was" if count == 1 else "messages were"
    return f"{count:,} {messages} refused" if count else ""


def _refused(engine: Engine, after: datetime) -> int:
    with engine.connect() as connection:
        return sum(each.count for each in by_reason(connection, after))
