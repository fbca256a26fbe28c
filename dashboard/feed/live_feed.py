"""The feed: one thread that reads Kafka and publishes snapshots.

After a lost connection the thread reads the topics from their beginning into new tables, and
replaces the old ones when it has caught up. Topics that were emptied meanwhile are thus empty.
"""

import gc
import threading
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from time import monotonic
from typing import Self

from tenacity import RetryCallState, Retrying, sleep_using_event, stop_when_event_set
from tenacity.wait import wait_exponential

from connect.errors import UserError
from dashboard.feed.source import Open, Source
from dashboard.feed.store_tables import StoreTables
from dashboard.model.snapshot import Outage, Snapshot

BATCH = 5_000
READ_SECONDS = 0.25
PUBLISH_SECONDS = 0.4
QUIET_SECONDS = 2.0
"""Silence after which the feed checks that Kafka answers."""
TIDY_SECONDS = 600.0


class Feed:
    """Publishes the newest state as `snapshot`, which any thread may read."""

    def __init__(self, opened: Open, zone: tzinfo = UTC) -> None:
        """zone: of the business days."""
        self.snapshot = Snapshot()
        self._open = opened
        self._zone = zone
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop the thread and wait for it."""
        self._stop.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        while not self._stop.is_set():
            connecting = Retrying(
                wait=wait_exponential(multiplier=0.5, max=5),
                stop=stop_when_event_set(self._stop),
                sleep=sleep_using_event(self._stop),
                before_sleep=self._failed_to_open,
                retry_error_callback=lambda _: None,
            )
            source = connecting(self._open)
            if source is None:
                return
            try:
                with closing(source.reader):
                    self._follow(source)
            except Exception as error:  # noqa: BLE001 - the thread must survive every failure
                self._lost(error)
                self._stop.wait(1)

    def _follow(self, source: Source) -> None:
        reader = source.reader
        tables = StoreTables(self._zone, source.absent)
        heard = published = monotonic()
        tidied: float | None = None
        while not self._stop.is_set():
            records = reader.read(BATCH, READ_SECONDS)
            now = datetime.now(UTC)
            for record in records:
                tables.put(record, now)
            if not records and monotonic() - heard > QUIET_SECONDS:
                source.check()
                heard = monotonic()
            elif records:
                heard = monotonic()
            if monotonic() - published >= PUBLISH_SECONDS:
                published = monotonic()
                silence = timedelta(seconds=published - heard)
                self._publish(source, tables, datetime.now(UTC) - silence)
                if reader.caught_up and (not tidied or published - tidied > TIDY_SECONDS):
                    tidied = monotonic()
                    _tidy()

    def _publish(self, source: Source, tables: StoreTables, heard_at: datetime) -> None:
        if source.reader.caught_up:
            self.snapshot = Snapshot(
                complete=True,
                stores=tables.stores(datetime.now(UTC)),
                levels_read=tables.levels_read,
                read_at=tables.read_at,
                heard_at=heard_at,
                undecodable=dict(source.reader.undecodable),
                quarantine=tables.quarantine(),
                absent=tuple(each.TOPIC for each in source.absent),
            )
        elif not self.snapshot.complete:
            self.snapshot = Snapshot(levels_read=tables.levels_read, heard_at=heard_at)

    def _failed_to_open(self, state: RetryCallState) -> None:
        assert state.outcome is not None
        self._lost(state.outcome.exception())

    def _lost(self, error: BaseException | None) -> None:
        reason = error.message if isinstance(error, UserError) else f"The feed failed: {error!r}."
        outage = self.snapshot.outage
        since = outage.since if outage else datetime.now(UTC)
        self.snapshot = replace(self.snapshot, outage=Outage(since, reason))


def _tidy() -> None:
    """Exempt the levels from garbage collection.

    Streamlit runs a full collection after each run of a page; traversing 600,000 levels takes
    half a second.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
