"""Above every page of a store: what is not in its figures, and why."""

from datetime import datetime, timedelta

import streamlit as st
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from streamlit.navigation.page import StreamlitPage

from dashboard.queries.gaps import gaps
from dashboard.queries.shared import shared
from dashboard.text.gap_words import gap_sentences
from dashboard.web import style
from dashboard.web.refreshed_part import refreshed
from dashboard.web.visit import Visit, minute
from schemas.generated import QuarantinedRecord, Redrive
from views.database.quarantine_rows import by_reason
from views.quarantine import QUARANTINE_DAYS


@refreshed
def show_notices(visit: Visit, pipeline: StreamlitPage) -> None:
    """Draw a badge that leads to the page Pipeline when messages were refused, and the gaps.

    Nothing without any.
    """
    after = minute() - timedelta(days=QUARANTINE_DAYS)
    try:
        version = visit.version(QuarantinedRecord, Redrive)
        refused = shared(version, _refused, visit.engine, after)
        missing = gaps(visit.engine, visit.settings)
    except DBAPIError:
        return  # the line of freshness says so
    if refused:
        messages = "message was" if refused == 1 else "messages were"
        st.page_link(pipeline, label=f"{refused:,} {messages} refused", icon=":material/report:")
    for sentence in gap_sentences(missing):
        st.html(style.unknown(sentence))


def _refused(engine: Engine, after: datetime) -> int:
    with engine.connect() as connection:
        return sum(each.count for each in by_reason(connection, after))
