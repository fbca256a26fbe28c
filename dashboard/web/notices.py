"""Above every page of a store: what is not in its figures, and why."""

from datetime import datetime, timedelta

import streamlit as st
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from streamlit.navigation.page import StreamlitPage

from dashboard.queries.gaps import gaps
from dashboard.queries.refusals import reasons_by_store
from dashboard.queries.shared import shared
from dashboard.text.gap_words import gap_sentences
from dashboard.text.quarantine_words import store_words
from dashboard.web import style
from dashboard.web.refreshed_part import refreshed
from dashboard.web.visit import Visit, minute
from schemas.generated import QuarantinedRecord, Redrive
from views.database.quarantine_rows import by_reason
from views.quarantine import QUARANTINE_DAYS


@refreshed
def show_notices(visit: Visit, pipeline: StreamlitPage) -> None:
    """Draw a badge that leads to the page Pipeline when messages were refused, and the gaps.

    Nothing without any, nor in a store when all of them are of other stores.
    """
    after = minute() - timedelta(days=QUARANTINE_DAYS)
    try:
        version = visit.version(QuarantinedRecord, Redrive)
        refused = _badge(visit, version, after)
        missing = gaps(visit.engine, visit.settings)
    except DBAPIError:
        return  # the line of freshness says so
    if refused:
        st.page_link(pipeline, label=refused, icon=":material/report:")
    for sentence in gap_sentences(missing):
        st.html(style.unknown(sentence))


def _badge(visit: Visit, version: int, after: datetime) -> str:
    """Word the messages that were refused; "" without any."""
    if visit.store is not None:
        reasons = shared(version, reasons_by_store, visit.engine, tuple(visit.stores), after)
        return store_words(reasons[visit.store]) if visit.store in reasons else ""
    refused = shared(version, _refused, visit.engine, after)
    messages = "message was" if refused == 1 else "messages were"
    return f"{refused:,} {messages} refused" if refused else ""


def _refused(engine: Engine, after: datetime) -> int:
    with engine.connect() as connection:
        return sum(each.count for each in by_reason(connection, after))
