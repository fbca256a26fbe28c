"""However late its copies come, and whatever is behind, a late event counts once."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

import views.counted_events
from connect.errors import UserError
from connect.settings import SLACK_SECONDS, Settings
from schemas.generated import LedgerEntry, Transaction
from tests.support.counting_pipeline import entry
from tests.support.page_database import say_read
from tests.support.poisons import good
from views.counted_events import CountedEvents
from views.database import heartbeats
from views.database.engine import open_database, writing
from views.database.heartbeats import JOB, Heartbeat
from views.database.tables import TABLES

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
TICK = timedelta(milliseconds=1)
KEPT = timedelta(seconds=60 + SLACK_SECONDS)
"""Time for which the job keeps an id, with a dedup horizon of a minute."""
SALE: Any = good(Transaction, START)


class Pipeline:
    """A gate, a job and a read model that work when they are let, at a time that passes."""

    def __init__(self, folder: Path) -> None:
        self.now = START
        self._engine = open_database(Settings(state=folder))
        self._counted = CountedEvents(Settings(state=folder))
        self._accepted: list[tuple[datetime, str]] = []
        self._job = 0
        self._kept: dict[str, datetime] = {}
        self._published: list[str] = []
        self._read = 0
        self.counts: Counter[str] = Counter()
        self.refused: set[str] = set()

    def deliver(self, event_id: str) -> None:
        """Let the gate decide on a late event; it refuses while it does not know."""
        try:
            known = self._counted.entries([event_id], ())
        except UserError:
            self.refused.add(event_id)
        else:
            if not known:
                self._accepted.append((self.now, event_id))

    def count(self, limit: int) -> None:
        """Let the job process some accepted records: it forgets ids by log time."""
        for at, event_id in self._accepted[self._job : self._job + limit]:
            self._job += 1
            if self._kept.get(event_id, at) <= at:
                self._kept[event_id] = at + KEPT
                self.counts[event_id] += 1
                self._published.append(event_id)

    def look(self) -> None:
        """Let the read model look how far the job is."""
        behind = self._accepted[self._job :]
        reached = behind[0][0] - TICK if behind else self.now
        with writing(self._engine) as connection:
            heartbeats.save(connection, [Heartbeat(JOB, self.now, self.now, reached)])

    def read(self) -> None:
        """Let the read model read the ledger to its end."""
        new = [
            {**entry(SALE).to_dict(), "event_id": each} for each in self._published[self._read :]
        ]
        self._read = len(self._published)
        with writing(self._engine) as connection:
            before = heartbeats.load(connection).values()
            if new:
                connection.execute(insert(TABLES[LedgerEntry]), new)
            say_read(connection, self._read, self.now)
            connection.execute(heartbeats.HEARTBEATS.delete())
            heartbeats.save(connection, before)

    def close(self) -> None:
        self._counted.close()
        self._engine.dispose()


steps = st.lists(
    st.one_of(
        st.tuples(st.just("deliver"), st.sampled_from("abc")),
        st.tuples(st.just("pass"), st.sampled_from([0.1, 0.9, 1.1, 20, 47, 49, 400])),
        st.tuples(st.just("count"), st.integers(1, 3)),
        st.tuples(st.just("look")),
        st.tuples(st.just("read")),
        st.just(("settle",)),  # all parts do all that there is to do
    ),
    max_size=25,
)
COPY: list[Any] = [("settle",), ("deliver", "a"), ("pass", 49)]
CAUGHT_UP = [*COPY, ("settle",), ("deliver", "a")]
BEHIND = [*COPY, ("look",), ("read",), ("deliver", "a")]
LOOKED_LATER = [*COPY, ("read",), ("count", 1), ("look",), ("deliver", "a")]


@settings(max_examples=60)
@example(steps=CAUGHT_UP)
@example(steps=BEHIND)
@example(steps=LOOKED_LATER)
@given(steps=steps)
def test_each_late_event_counts_once_whatever_is_behind(steps: list[Any]) -> None:
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        pipeline = Pipeline(Path(name))
        patch.setattr(views.counted_events, "utc_now", lambda: pipeline.now)
        for step, *arguments in steps:
            pipeline.now += TICK
            if step == "pass":
                pipeline.now += timedelta(hours=arguments[0])
            elif step == "settle":
                pipeline.count(100)
                pipeline.look()
                pipeline.now += TICK
                pipeline.read()
            else:
                getattr(pipeline, step)(*arguments)
        pipeline.count(100)
        pipeline.close()
    assert set(pipeline.counts.values()) <= {1}
    delivered = {step[1] for step in steps if step[0] == "deliver"}
    assert delivered == pipeline.counts.keys() | pipeline.refused
