"""A quiet evening, a calculation that has stopped and a silent store are three sentences.

Random times are written into a database as the read model writes them; the line of freshness must
say what follows from them.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, insert, update

from connect.settings import Settings
from connect.standstill import Observation, StandstillLog
from dashboard.queries.read_signs import signs
from dashboard.queries.read_state import read_state
from dashboard.queries.shared import forget
from dashboard.queries.till_state import tills
from dashboard.text.freshness import HISTORY_BEHIND, freshness
from dashboard.text.till_words import till_words
from schemas.generated import Store
from schemas.record import Record
from tests.support.page_database import filled, say_read
from tests.support.page_test import OpenPage, html
from tests.support.store_records import level, sold
from views.database import heartbeats
from views.database.engine import writing
from views.database.heartbeats import JOB, Heartbeat
from views.database.tables import METADATA
from views.plain_text import plain

NOW = datetime(2026, 1, 14, 15, 10, tzinfo=UTC)
LIMIT = timedelta(seconds=5)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
BY_DAY = Store(store_id="S1", name="x", time_zone="UTC", opening_hours="Mo-Su 08:00-15:00")
seconds = st.one_of(st.integers(0, 80), st.integers(0, 3_000))


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    return filled(tmp_path_factory.mktemp("database"), [])


def clock(age: int) -> str:
    return f"{NOW - age * SECOND:%H:%M:%S} (UTC)"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    looked=st.integers(0, 12),
    beat=seconds,
    reached=seconds,
    chain_sold=seconds,
    minutes=st.integers(0, 60),
    units=st.integers(1, 200),
    closed=st.booleans(),
)
def test_each_silence_has_its_own_sentence(  # noqa: PLR0913, PLR0917 - the facts
    engine: Engine,
    looked: int,
    beat: int,
    reached: int,
    chain_sold: int,
    minutes: int,
    units: int,
    closed: bool,
) -> None:
    beat, reached = max(beat, looked), max(reached, looked)
    is_known = looked <= 8
    has_stopped = is_known and beat - looked > 2
    if has_stopped:
        chain_sold = max(chain_sold, beat)  # nothing is published after the end of the job
    minutes = max(minutes, -(-chain_sold // 60))
    sold_at = NOW - minutes * MINUTE
    with writing(engine) as connection:
        for table in METADATA.sorted_tables:
            if table.name in {"sales_per_minute", "stores"}:
                connection.execute(delete(table))
        say_read(connection, 1, NOW, newest_at=NOW - chain_sold * SECOND)
        row = Heartbeat(JOB, NOW - looked * SECOND, NOW - beat * SECOND, NOW - reached * SECOND)
        heartbeats.save(connection, [row])
        minute = replace(sold(0, units), minute_start=sold_at - MINUTE)
        elsewhere = (NOW - chain_sold * SECOND).replace(second=0)
        other = replace(sold(0, 1), store_id="S2", minute_start=elsewhere)
        rows = [minute.to_dict(), other.to_dict()]
        connection.execute(insert(METADATA.tables["sales_per_minute"]), rows)
        if closed:
            connection.execute(insert(METADATA.tables["stores"]), BY_DAY.to_dict())
    forget()
    seen = signs(engine, Settings(checkpoint_seconds=30), "S1", NOW, {})
    text = freshness(seen, NOW, LIMIT, UTC).text

    is_silent = chain_sold <= 60 and not closed and units * minutes > 30 * 60
    if has_stopped:
        assert text.startswith(f"The calculation of stock stopped at {clock(beat)}.")
    elif is_known and reached - looked > 70:
        assert text == f"Complete up to {clock(reached)}; later sales may be missing."
    elif not is_known and chain_sold > 5:
        assert "nothing is sold, or the calculation of stock has stopped" in text
    elif is_silent:
        assert text == (
            f"The tills of this store are silent since {sold_at:%H:%M:%S} (UTC), "
            "while other stores sell."
        )
    elif chain_sold > 5:
        assert text == f"No sales in any store since {clock(chain_sold)}."
    else:
        assert text.startswith("As of 15:10:00 (UTC).")


def test_a_job_that_was_never_seen_at_work_is_not_known_to_run(tmp_path: Path) -> None:
    engine = filled(tmp_path, [sold(0, 1)])
    with writing(engine) as connection:
        say_read(connection, 1, NOW, newest_at=NOW - MINUTE)
        connection.execute(delete(heartbeats.HEARTBEATS))
        heartbeats.save(connection, [Heartbeat(JOB, NOW, None)])
    seen = signs(engine, Settings(), "S1", NOW, {})
    text = freshness(seen, NOW, LIMIT, UTC).text
    assert "nothing is sold, or the calculation of stock has stopped" in text


def test_minutes_that_are_published_once_more_are_no_sales(tmp_path: Path) -> None:
    minutes = [
        replace(sold(0, 90), minute_start=NOW - 120 * MINUTE),
        replace(sold(0, 90), store_id="S2", minute_start=NOW - 60 * MINUTE),
    ]
    engine = filled(tmp_path, minutes, NOW)
    text = freshness(signs(engine, Settings(), "S1", NOW, {}), NOW, LIMIT, UTC).text
    assert text == f"No sales in any store since {clock(59 * 60)}."


def line_of(engine: Engine, arrived_at: datetime, now: datetime, slow: dict[str, int]) -> str:
    """Return the line of S1 among stores that sold each second until some seconds before."""
    with writing(engine) as connection:
        connection.execute(delete(METADATA.tables["sales_per_minute"]))
        say_read(connection, 1, now, newest_at=arrived_at)
        for store_id, seconds in slow.items():
            newest = (arrived_at - seconds * SECOND).replace(second=0)
            rows = [
                replace(sold(0, 180), store_id=store_id, minute_start=newest - back * MINUTE)
                for back in range(60)
            ]
            values = [row.to_dict() for row in rows]
            connection.execute(insert(METADATA.tables["sales_per_minute"]), values)
    forget()
    return freshness(signs(engine, Settings(), "S1", now, {}), now, LIMIT, UTC).text


@pytest.mark.parametrize("slow", [{"S1": 30, "S2": 30}, {"S1": 30, "S2": 0}, {"S1": 30}])
def test_tills_whose_sales_arrive_half_a_minute_late_are_not_silent(
    engine: Engine, slow: dict[str, int]
) -> None:
    for second in range(0, 60, 5):
        now = NOW + second * SECOND
        assert line_of(engine, now, now, slow).startswith("As of "), now


def test_no_silence_is_derived_from_tables_that_are_still_being_read(tmp_path: Path) -> None:
    minutes = [
        replace(sold(0, 90), minute_start=NOW - 120 * MINUTE),
        replace(sold(0, 90), store_id="S2", minute_start=NOW - MINUTE),
    ]
    engine = filled(tmp_path, [level("a", 1), *minutes], NOW)
    offsets = METADATA.tables["read_offsets"]
    for topic in ("sales-per-minute", "stock-ledger"):
        with writing(engine) as connection:
            say_read(connection, 1, NOW)
            partial = update(offsets).where(offsets.c.topic == topic)
            connection.execute(partial.values(complete=False))
        forget()
        seen = signs(engine, Settings(), "S1", NOW, {})
        assert (seen.complete, seen.chain.sold_at is None) == (True, topic != "stock-ledger")
        assert freshness(seen, NOW, LIMIT, UTC).heading == "Loading"


@pytest.mark.parametrize(("age", "is_shown"), [(4, False), (70, True)])
@pytest.mark.parametrize("topic", ["sales-per-minute", "stock-ledger", "open-orders"])
def test_no_silence_is_derived_from_tables_that_are_behind_the_levels(
    tmp_path: Path, topic: str, age: int, is_shown: bool
) -> None:
    engine = filled(tmp_path, [level("a", 1), replace(sold(0, 90), minute_start=NOW)], NOW)
    offsets = METADATA.tables["read_offsets"]
    with writing(engine) as connection:
        say_read(connection, 1, NOW)
        late = update(offsets).where(offsets.c.topic == topic)
        connection.execute(late.values(read_at=NOW - age * SECOND))
    text = freshness(signs(engine, Settings(), "S1", NOW, {}), NOW, LIMIT, UTC).text
    assert (text == HISTORY_BEHIND.format(clock(age))) == is_shown
    assert text.startswith("As of ") != is_shown


@pytest.mark.parametrize("second", [0, 5, 25, 59])
def test_the_sales_of_a_slow_line_end_when_the_newest_has_arrived(
    engine: Engine, second: int
) -> None:
    arrived_at = NOW + second * SECOND
    slow = {"S1": 30, "S2": 30}
    assert line_of(engine, arrived_at, arrived_at + LIMIT, slow).startswith("As of ")
    text = line_of(engine, arrived_at, arrived_at + LIMIT + SECOND, slow)
    assert text == f"No sales in any store since {arrived_at:%H:%M:%S} (UTC)."


@pytest.mark.parametrize(("age", "is_shown"), [(9, False), (12, True)])
def test_a_gate_that_has_stopped_has_a_sentence_of_its_own(
    tmp_path: Path, age: int, is_shown: bool
) -> None:
    engine = filled(tmp_path, [], NOW)
    with writing(engine) as connection:
        row = Heartbeat(heartbeats.GATE, NOW, NOW - age * SECOND)
        heartbeats.save(connection, [row])
    text = freshness(signs(engine, Settings(), None, NOW, {}), NOW, LIMIT, UTC).text
    assert text.startswith(f"New sales are not checked since {clock(age)}") == is_shown


@pytest.mark.parametrize(("age", "is_shown"), [(0, True), (9, False)])
def test_figures_that_are_calculated_anew_are_not_called_complete(
    tmp_path: Path, age: int, is_shown: bool
) -> None:
    engine = filled(tmp_path, [level("a", 1)], NOW)
    with writing(engine) as connection:
        rows = [
            Heartbeat(JOB, NOW, NOW, NOW - 30 * MINUTE),
            Heartbeat(heartbeats.REBUILD, NOW - age * SECOND, NOW - 30 * MINUTE),
        ]
        heartbeats.save(connection, rows)
    text = freshness(signs(engine, Settings(), None, NOW, {}), NOW, LIMIT, UTC).text
    assert text.startswith(f"All figures are calculated anew since {clock(30 * 60)}") == is_shown


@pytest.mark.parametrize(("age", "is_shown"), [(4, False), (5, True)])
def test_a_read_model_that_reads_nothing_is_named_after_four_seconds(
    tmp_path: Path, age: int, is_shown: bool
) -> None:
    engine = filled(tmp_path, [level("a", 1)], NOW - age * SECOND)
    text = freshness(signs(engine, Settings(), None, NOW, {}), NOW, LIMIT, UTC).text
    assert text.startswith("These pages are not brought up to date since ") == is_shown


def stands_still(folder: Path, service: str, work: str) -> Settings:
    """Let a service have work and not move; return the settings of its folder."""
    state = Settings(state=folder)
    log = StandstillLog(state, service, seconds=0)
    for _ in range(2):
        log.observe({"it": Observation(7, work)})
    return state


def test_a_read_model_that_cannot_read_is_named_at_once_in_the_words_of_a_shop(
    tmp_path: Path,
) -> None:
    engine = filled(tmp_path, [level("a", 1)], NOW - SECOND)
    state = stands_still(tmp_path, "views", "No leaders found")
    text = freshness(signs(engine, state, None, NOW, {}), NOW, LIMIT, UTC).text
    assert plain(text) == (
        f"These pages are not brought up to date since {clock(1)}. These numbers are from then."
    )


@pytest.mark.parametrize("service", ["gate", "job"])
def test_a_gate_or_job_that_does_not_move_is_named_in_the_words_of_a_shop(
    tmp_path: Path, service: str
) -> None:
    engine = filled(tmp_path, [level("a", 1)], NOW)
    state = stands_still(tmp_path, service, "31 records wait.")
    text = freshness(signs(engine, state, None, NOW, {}), NOW, LIMIT, UTC).text
    assert text.startswith("Some sales, counts or deliveries are held up on their way: ")


def test_the_chain_names_the_store_whose_tills_are_silent(opened: OpenPage, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    hour_ago = now.replace(second=0, microsecond=0) - 60 * MINUTE
    berlin = Store(store_id="S1", name="Mitte", time_zone="Europe/Berlin")
    # Neither yesterday, today nor tomorrow.
    other_day = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")[(now.weekday() + 3) % 7]
    away = Store(store_id="S3", name="C", time_zone="UTC", opening_hours=f"{other_day} 08:00-08:01")
    records: list[Record] = [
        level("a", 1),
        level("a", 1, store="S2"),
        level("a", 1, store="S3"),
        berlin,
        away,
        replace(sold(0, 90), minute_start=hour_ago),
        replace(sold(0, 90), store_id="S2", minute_start=now - MINUTE),
        replace(sold(0, 90), store_id="S3", minute_start=hour_ago),
    ]
    app = opened(filled(tmp_path, records), "today")
    table = app.dataframe[0].value
    words = dict(zip(table["store"], table["tills"], strict=True))
    assert words["Mitte (S1)"].startswith("silent since ")
    assert words["Mitte (S1)"].endswith(" (Europe/Berlin)")
    assert words["S2"].startswith("sold ")
    assert words["C (S3)"] == "closed"
    since = words["Mitte (S1)"].removeprefix("silent ")
    assert f"Tills are silent while other stores sell: Mitte (S1) {since}." in html(app)


@pytest.mark.parametrize(
    ("age", "words"),
    [(2, "sold 60 s ago"), (14, "sold 13 min ago"), (16, "closed"), (90, "closed")],
    ids=["just now", "a while ago", "too long ago", "before it closed"],
)
def test_a_store_that_sells_outside_of_its_opening_hours_is_not_called_closed(
    tmp_path: Path, age: int, words: str
) -> None:
    closed_at = NOW - 60 * MINUTE
    store = replace(BY_DAY, opening_hours=f"Mo-Su 08:00-{closed_at:%H:%M}")
    sale = replace(sold(0, 9), minute_start=NOW - age * MINUTE)
    engine = filled(tmp_path, [store, sale], NOW)
    state = read_state(engine, Settings())
    assert till_words(tills(engine, "S1", store, state, NOW), store, NOW, UTC) == words


def test_a_store_is_closed_at_once_when_its_last_sale_was_before(tmp_path: Path) -> None:
    store = replace(BY_DAY, opening_hours=f"Mo-Su 08:00-{NOW - MINUTE:%H:%M}")
    engine = filled(tmp_path, [store, replace(sold(0, 9), minute_start=NOW - 2 * MINUTE)], NOW)
    state = read_state(engine, Settings())
    assert till_words(tills(engine, "S1", store, state, NOW), store, NOW, UTC) == "closed"
