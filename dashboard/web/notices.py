"""Above every page of a store: what is not in its figures, and why."""

from datetime import UTC, datetime, timedelta

import streamlit as st
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from streamlit.navigation.page import StreamlitPage

from connect.settings import Settings
from dashboard.queries.gaps import gaps
from dashboard.text.gap_words import gap_sentences
from dashboard.web import style
from views.database.quarantine_rows import by_reason
from views.quarantine import QUARANTINE_DAYS


@st.fragment(run_every="10s")
def show_notices(engine: Engine, settings: Settings, pipeline: StreamlitPage) -> None:
    """Draw a badge that leads to the page Pipeline when messages were refused, and the gaps.

    Nothing without any.
    """
    after = datetime.now(UTC) - timedelta(days=QUARANTINE_DAYS)
    try:
        with engine.connect() as connection:
            refused = sum(each.count for each in by_reason(connection, after))
        missing = gaps(engine, settings)
    except DBAPIError:
        return  # the line of freshness says so
    if refused:
        messages = "message was" if refused == 1 else "messages were"
        st.page_link(pipeline, label=f"{refused:,} {messages} refused", icon=":material/report:")
    for sentence in gap_sentences(missing):
        st.html(style.unknown(sentence))
