"""One thread that follows Kafka and publishes snapshots, whatever happens to Kafka.

A cut connection is made anew from the beginning of the topics, into new tables that replace
the old ones when they are complete: so a Kafka that was emptied meanwhile is believed, too.
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
from dashboard.snapshot import Outage, Snapshot
from dashboard.source import Open, Source
from dashboard.store_tables import Tables

BATCH = 5_000
READ_SECONDS = 0.25
PUBLISH_SECONDS = 0.4
QUIET_SECONDS = 2.0
"""Silence after which Kafka is asked whether it is still there."""
TIDY_SECONDS = 600.0


class Feed:
    """Publishes what it reads as `snapshot`, which any thread may take at any time."""

    def __init__(self, opened: Open, zone: tzinfo = UTC) -> None:
        """zone: that of the business days."""
        self.snapshot = Snapshot()
        self._open = opened
        self._zone = zone
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="feed", daemon=True)

    def start(self) -> Self:
        self._thread.start()
        return self

    def stop(self) -> None:
        """Ask the thread to end, and wait for it."""
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
            except Exception as error:  # noqa: BLE001 - the thread must outlive every fault
                self._lost(error)
                self._stop.wait(1)

    def _follow(self, source: Source) -> None:
        reader = source.reader
        tables = Tables(self._zone, source.absent)
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

    def _publish(self, source: Source, tables: Tables, heard_at: datetime) -> None:
        if source.reader.caught_up:
            self.snapshot = Snapshot(
                complete=True,
                stores=tables.stores(datetime.now(UTC)),
                levels_read=tables.levels_read,
                read_at=tables.read_at,
                heard_at=heard_at,
                undecodable=dict(source.reader.undecodable),
                quarantine=tables.quarantine(),
                absent=tuple(kind.TOPIC for kind in source.absent),
            )
        elif not self.snapshot.complete:
            self.snapshot = Snapshot(levels_read=tables.levels_read, heard_at=heard_at)

    def _failed_to_open(self, state: RetryCallState) -> None:
        assert state.outcome is not None
        self._lost(state.outcome.exception())

    def _lost(self, error: BaseException | None) -> None:
        why = error.message if isinstance(error, UserError) else f"The feed failed: {error!r}."
        there = self.snapshot.outage
        since = there.since if there else datetime.now(UTC)
        self.snapshot = replace(self.snapshot, outage=Outage(since, why))


def _tidy() -> None:
    """Keep the levels out of the sight of the garbage collector.

    Streamlit runs a full collection after each drawing of a page; to walk through every level
    each time would cost more than all else (half a second for 600,000).
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
