"""The time from a till to the pages is kept by minute, in both databases, for a day."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from connect.settings import Settings
from schemas.clock import utc_now
from tests.support.read_model_drill import Drill
from tests.support.store_records import AT, level
from tests.support.topics_in_memory import Topics
from views import follower
from views.__main__ import KEPT, NewLevels, note_delay
from views.database.conflation import Changes
from views.database.delays import DELAYS, Delay, note, since
from views.database.engine import open_database, writing
from views.database.read_offsets import Position
from views.follower import EXPIRY_SECONDS

NOW = datetime(2026, 5, 1, 8, 30, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


@pytest.fixture
def engine(database: Settings) -> Engine:
    return open_database(database)


def noted(engine: Engine, *batches: tuple[list[datetime], datetime]) -> list[Delay]:
    """Note batches of movements that are written at a time; return all delays."""
    with writing(engine) as connection:
        for moved, at in batches:
            note(connection, moved, at)
    with engine.connect() as connection:
        return since(connection, NOW - timedelta(days=2))


def test_a_minute_has_the_age_of_the_newest_movement_at_its_best(engine: Engine) -> None:
    first, second = NOW.replace(second=0), NOW.replace(second=0) + MINUTE
    late, quick = [NOW - 2 * SECOND, NOW - timedelta(hours=3)], [NOW + SECOND - 0.25 * SECOND]
    assert noted(
        engine,
        (late, NOW),
        (quick, NOW + SECOND),
        (late, NOW + 2 * SECOND),
        ([NOW], NOW + MINUTE),
    ) == [(first, 0.25 * SECOND), (second, MINUTE)]


def test_a_clock_that_is_ahead_makes_no_delay_shorter(engine: Engine) -> None:
    ahead = [NOW + timedelta(hours=1), NOW - 5 * SECOND]
    assert [each.delay for each in noted(engine, (ahead, NOW))] == [5 * SECOND]
    assert len(noted(engine, ([NOW + 2 * MINUTE], NOW + MINUTE))) == 1


def test_the_delays_of_the_day_before_are_deleted_once_a_minute(
    database: Settings, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    topics = Topics(database)
    topics.install(monkeypatch)
    now, clock = utc_now(), [1000.0]
    monkeypatch.setattr(follower, "monotonic", lambda: clock[0])
    batches = [([at], at) for at in (now - timedelta(hours=25), now - timedelta(hours=23), now)]
    left: list[int] = []
    with closing(Drill(database, engine, topics).follower()) as opened:
        for number in range(4):
            noted(engine, *batches)
            topics.send(level(f"sku{number}", 1))
            opened.step()
            clock[0] += EXPIRY_SECONDS / 2
            with engine.connect() as connection:
                left.append(len(since(connection, now - timedelta(days=2))))
    assert left == [2, 3, 3, 2]


READ: dict[str, Any] = {"complete": True}
UNREAD: dict[str, Any] = {"complete": False}
AGAIN: dict[str, Any] = {"complete": True, "rereading": True}


@pytest.mark.parametrize(
    ("before", "after", "delays"),
    [(READ, READ, 1), (UNREAD, UNREAD, 0), (UNREAD, READ, 0), (READ, AGAIN, 0), (AGAIN, READ, 0)],
)
def test_levels_that_are_read_for_the_first_time_or_again_make_no_delay(
    engine: Engine, before: dict[str, Any], after: dict[str, Any], delays: int
) -> None:
    changes = Changes()
    changes.put(level("a", 1))
    read = Position("t", 1, 0, 1, AT, complete=True)
    are_new = NewLevels()
    with writing(engine) as connection:
        for levels, position in ((None, before), (changes, after)):
            if are_new({0: read._replace(**position), 1: read}) and levels is not None:
                note_delay(connection, levels)
        assert len(since(connection, AT)) == delays


def test_a_rebuild_keeps_the_delays() -> None:
    assert DELAYS.name in KEPT
