"""Observations in the database that decide whether the figures of a page are up to date."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache

from sqlalchemy import Connection, Engine, func, select

from connect.settings import Settings
from connect.standstill import of_all_services
from dashboard.model.signs import Activity, Outage, Part, Signs
from dashboard.queries.till_state import tills
from schemas.generated import InventoryLevel, SalesPerMinute, Store
from views.database import heartbeats, read_offsets
from views.database.heartbeats import GATE, JOB, Heartbeat
from views.database.tables import OFFSETS, TABLES
from views.read_freshness import freshness, is_useful

LEVELS, MINUTES, STORES = TABLES[InventoryLevel].c, TABLES[SalesPerMinute].c, TABLES[Store]
MINUTE = timedelta(minutes=1)
SILENT = timedelta(seconds=4)
"""Time without an answer of Kafka after which the read model counts as stopped."""
BEATS = {
    JOB: (Part.JOB, timedelta(seconds=2.5)),
    # A gate that starts makes all gates join their group again.
    GATE: (Part.GATE, timedelta(seconds=10)),
}
"""Time without a heartbeat after which each part counts as stopped."""
LOOKED = timedelta(seconds=8)
"""Age of a look beyond which nothing is known; a part that hangs lets a look take seconds."""
BEHIND = timedelta(seconds=10)
"""Time that a look and a checkpoint may take, beyond two intervals of checkpoints."""


def version(engine: Engine, topics: Collection[str] = ()) -> int:
    """Return a number that changes with each record of some topics, or of all, that is read."""
    query = select(func.sum(OFFSETS.c.next_offset))
    if topics:
        query = query.where(OFFSETS.c.topic.in_(topics))
    with engine.connect() as connection:
        return int(connection.scalar(query) or 0)


def signs(
    engine: Engine,
    settings: Settings,
    store_id: str | None,
    now: datetime,
    outages: Mapping[Part, Outage],
) -> Signs:
    """Collect the observations. outages: those of other parts than the read model."""
    with engine.connect() as connection:
        positions = read_offsets.load(connection)
        beats = heartbeats.load(connection)
        store = _store(connection, store_id) if store_id else None
        sold_at = chain_sold_at(connection, settings)
    topics = {one.topic: one for one in freshness(positions)}
    levels = topics.get(settings.prefixed(InventoryLevel.TOPIC))
    stopped = levels is not None and now - levels.read_at > SILENT
    if stopped and levels is not None:
        outages = {**outages, Part.READ_MODEL: Outage(levels.read_at, "")}
    # A part of which no answer came is not known to have stopped.
    recent = {part: beat for part, beat in beats.items() if now - beat.looked_at <= LOOKED}
    outages = {**outages, **dict(_stopped(recent))}
    number = sum(each.next_offset for each in positions.values())
    return Signs(
        complete=is_useful(list(topics.values()), settings.prefixed),
        loaded=sum(
            each.next_offset - each.start_offset
            for (topic, _), each in positions.items()
            if levels is not None and topic == levels.topic
        ),
        outages=outages,
        standstills=tuple(of_all_services(settings)),
        job_runs=JOB in recent and recent[JOB].beat_at is not None and Part.JOB not in outages,
        behind_since=_behind(recent.get(JOB), settings),
        chain=Activity(levels.newest_at if levels else None, sold_at),
        silent_since=tills(engine, store_id, store, sold_at, now).silent_since
        if store_id and sold_at
        else None,
        store_id=store_id,
        newest_movement=_newest_movement(engine, store_id, number) if store_id else None,
    )


def chain_sold_at(connection: Connection, settings: Settings) -> datetime | None:
    """Return the time of the newest sale of any store; None: none is known.

    By the clock of Kafka, which no till sets, and by that of the tills: a job that starts again
    publishes former minutes once more.
    """
    published = select(func.max(OFFSETS.c.newest_at)).where(
        OFFSETS.c.topic == settings.prefixed(SalesPerMinute.TOPIC)
    )
    published_at: datetime | None = connection.scalar(published)
    minute: datetime | None = connection.scalar(select(func.max(MINUTES.minute_start)))
    if published_at is None or minute is None:
        return published_at
    return min(published_at, minute + MINUTE)


@lru_cache(maxsize=64)
def _newest_movement(engine: Engine, store_id: str, version: int) -> datetime | None:
    del version
    query = select(func.max(LEVELS.last_movement_at)).where(LEVELS.store_id == store_id)
    with engine.connect() as connection:
        moved: datetime | None = connection.scalar(query)
        return moved


def _stopped(beats: Mapping[str, Heartbeat]) -> Iterator[tuple[Part, Outage]]:
    for name, (part, limit) in BEATS.items():
        beat = beats.get(name)
        if beat is not None and beat.beat_at is not None and beat.looked_at - beat.beat_at > limit:
            yield part, Outage(beat.beat_at, "")


def _behind(job: Heartbeat | None, settings: Settings) -> datetime | None:
    """Return the time up to which the figures are complete, if it is long ago."""
    if job is None or job.reached_at is None:
        return None
    limit = timedelta(seconds=2 * settings.checkpoint_seconds) + BEHIND
    return job.reached_at if job.looked_at - job.reached_at > limit else None


def _store(connection: Connection, store_id: str) -> Store | None:
    query = select(STORES).where(STORES.c.store_id == store_id)
    row = connection.execute(query).mappings().first()
    return Store.from_dict(dict(row)) if row else None
