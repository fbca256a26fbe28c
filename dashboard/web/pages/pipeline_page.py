"""The page Pipeline, for operators: each part, its load, its lag and what it refused."""

from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from typing import TypeVar

import streamlit as st
from sqlalchemy import Engine

from connect.settings import Settings
from dashboard.pipeline.checkpoint_state import checkpoint_state
from dashboard.pipeline.lag import lags
from dashboard.pipeline.observer import Observer
from dashboard.pipeline.poll import Poll
from dashboard.pipeline.refused import Refused
from dashboard.pipeline.step_load import step_loads
from dashboard.text import pipeline_words as words
from dashboard.text.display_time import zone
from dashboard.text.quantity import UNKNOWN, duration, rate
from dashboard.text.quarantine_example import example_sentences
from dashboard.text.quarantine_words import reason_words
from dashboard.web import html_table, style
from views.quarantine import QUARANTINE_DAYS

RECENT = timedelta(minutes=2)
"""Age of the start of a minute whose delay is that of now."""
T = TypeVar("T")


@cache
def get_observer(settings: Settings, engine: Engine) -> Observer:
    """Return what all sessions of this server process share."""
    return Observer(settings, engine)


def show(settings: Settings, engine: Engine) -> None:
    """Draw the page."""
    st.html(html_table.CSS)
    observed(get_observer(settings, engine))


@st.fragment(run_every="3s")
def observed(observer: Observer) -> None:
    """Draw the part of the page that refreshes by itself: all of it."""
    shown, now = zone(st.context.timezone), datetime.now(UTC)
    for sentence in observer.standstills():
        st.html(style.unknown(sentence))
    _flow(observer, now, shown)
    left, right = st.columns(2, gap="large")
    with left:
        _steps(observer)
        _checkpoints(observer, now, shown)
    with right:
        _services(observer, shown)
        _versions(observer)
    _lags(observer)
    _quarantine(observer, shown)


def _answer(poll: Poll[T], title: str, note: str = "") -> T | None:
    """Draw a heading; return the newest answer, see _known."""
    st.html(style.heading(title, note))
    return _known(poll)


def _known(poll: Poll[T]) -> T | None:
    """Return the newest answer; in place of a missing one draw its reason."""
    answer = poll.answer
    if answer.outage is not None:
        st.html(style.unknown(f"{UNKNOWN} {answer.outage.reason}"))
        return None
    if answer.value is None:
        st.html(style.unknown(f"{UNKNOWN} The first answer is awaited."))
    return answer.value


def _flow(observer: Observer, now: datetime, shown: tzinfo) -> None:
    positions, delays = observer.positions.answer, observer.delays.answer
    known = lags(positions.value) if positions.value and not positions.outage else {}
    arriving = words.events_per_second(
        each for (reader, _), each in known.items() if reader == observer.first_reader
    )
    by_minute = delays.value if delays.value and not delays.outage else ()
    newest = [each.delay for each in by_minute if now - each.minute < RECENT]
    events, end_to_end = st.columns(2)
    events.metric(
        "Events",
        rate(arriving),
        help="Records that arrive in the public topics.",
        border=True,
        height="stretch",
    )
    end_to_end.metric(
        "End to end",
        duration(min(newest)) if newest else UNKNOWN,
        help="The time from a till to the pages: age of the newest movement when it was written "
        "into the database, at its best in a minute. Unknown without movements, or while the "
        "database does not answer. The line shows the last hours.",
        border=True,
        # Of one minute there is no line yet.
        chart_data=[each.delay.total_seconds() for each in by_minute]
        if len(by_minute) > 1
        else None,
    )
    if sentence := words.delay_sentence(by_minute, shown):
        st.html(f"<p>{style.text(sentence)}</p>")


def _steps(observer: Observer) -> None:
    answers = _answer(observer.steps, "Steps of the calculation")
    if not answers:
        return
    loads = step_loads(answers)
    st.html(f"<p>{style.text(words.bottleneck(loads))}</p>")
    if loads:
        head = ("step", "busy", "waits for a later step", "records")
        st.html(html_table.table(head, map(words.step_row, loads)))


def _checkpoints(observer: Observer, now: datetime, shown: tzinfo) -> None:
    answer = _answer(observer.checkpoints, "Checkpoints")
    if answer is not None:
        sentence = words.checkpoint_sentence(checkpoint_state(answer), now, shown)
        st.html(f"<p>{style.text(sentence)}</p>")


def _services(observer: Observer, shown: tzinfo) -> None:
    services = _answer(observer.services, "Services", f"times: {shown}")
    if services:
        rows = [words.service_row(each, shown) for each in services]
        st.html(html_table.table(("service", "state", "since", "memory"), rows))
        st.html(f"<p>{style.text(words.memory_sentence(*observer.machine_memory()))}</p>")


def _lags(observer: Observer) -> None:
    st.html(style.heading("Lag", words.CURRENT))
    rows = []
    for poll in (observer.positions, observer.own_positions):
        history = _known(poll)
        rows += [
            words.lag_row(observer.reader_name(reader), topic, each)
            for (reader, topic), each in lags(history or (), observer.commit_seconds).items()
        ]
    head = ("reader", "topic", "unread", "arriving", "read", "time to catch up")
    st.html(html_table.table(head, rows))


def _versions(observer: Observer) -> None:
    note = "numbers of the registry; those of schemas/released/ can be others"
    versions = _answer(observer.versions, "Contract versions in use", note)
    if versions:
        rows = map(words.version_row, versions)
        st.html(html_table.table(("contract", "version in the registry", ""), rows))


def _quarantine(observer: Observer, shown: tzinfo) -> None:
    note = f"messages of the last {QUARANTINE_DAYS} days that are in no figure"
    refused: Refused | None = _answer(observer.refused, "Quarantine", note)
    if refused is None:
        return
    if refused.newest is None:
        st.html(style.unknown("Nothing was refused."))
        return
    rows = [
        (f"{each.count:,}", f"a message that {reason_words(each.reason)}", each.reason)
        for each in refused.reasons
    ]
    st.html(html_table.table(("messages", "what is wrong", "code"), rows))
    for sentence in example_sentences(refused.newest, refused.fields, shown, refused.unit):
        st.html(f"<p>{style.text(sentence)}</p>")
