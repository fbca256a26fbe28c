"""Observations in the database that decide whether the figures of a page are up to date."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Engine, func, select

from connect.settings import Settings
from connect.standstill import of_all_services
from dashboard.model.signs import Activity, Outage, Part, Signs
from dashboard.queries.read_state import ReadState, read_state
from dashboard.queries.shared import shared
from dashboard.queries.store_list import known_stores
from dashboard.queries.till_state import tills
from schemas.generated import InventoryLevel
from views.database.heartbeats import GATE, JOB, REBUILD, Heartbeat
from views.database.tables import TABLES
from views.read_freshness import freshness, is_useful

LEVELS = TABLES[InventoryLevel].c
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


def signs(
    engine: Engine,
    settings: Settings,
    store_id: str | None,
    now: datetime,
    outages: Mapping[Part, Outage],
) -> Signs:
    """Collect the observations. outages: those of other parts than the read model."""
    state = read_state(engine, settings)
    topics = {one.topic: one for one in freshness(state.positions)}
    levels = topics.get(settings.prefixed(InventoryLevel.TOPIC))
    stopped = levels is not None and now - levels.read_at > SILENT
    if stopped and levels is not None:
        outages = {**outages, Part.READ_MODEL: Outage(levels.read_at, "")}
    # A part of which no answer came is not known to have stopped.
    recent = {part: beat for part, beat in state.beats.items() if now - beat.looked_at <= LOOKED}
    outages = {**outages, **dict(_stopped(recent))}
    return Signs(
        complete=is_useful(list(topics.values()), settings.prefixed),
        loaded=sum(
            each.next_offset - each.start_offset
            for (topic, _), each in state.positions.items()
            if levels is not None and topic == levels.topic
        ),
        outages=outages,
        standstills=tuple(of_all_services(settings)),
        job_runs=JOB in recent and recent[JOB].beat_at is not None and Part.JOB not in outages,
        anew_since=recent[REBUILD].beat_at if REBUILD in recent else None,
        behind_since=_behind(recent.get(JOB), settings),
        chain=Activity(levels.newest_at if levels else None, state.sold_at),
        silent_since=_silent_since(engine, store_id, state, now) if store_id else None,
        store_id=store_id,
        newest_movement=shared(state.version(), _newest_movement, engine, store_id)
        if store_id
        else None,
    )


def _silent_since(
    engine: Engine, store_id: str, state: ReadState, now: datetime
) -> datetime | None:
    store = shared(state.version(), known_stores, engine).get(store_id)
    return tills(engine, store_id, store, state, now).silent_since


def _newest_movement(engine: Engine, store_id: str) -> datetime | None:
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
