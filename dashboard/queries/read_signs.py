"""Observations in the database that decide whether the figures of a page are up to date."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select

from connect.settings import Settings
from connect.standstill import standstills
from dashboard.model.signs import Activity, Outage, Part, Signs
from dashboard.queries.read_state import ReadState, read_state
from dashboard.queries.shared import shared
from dashboard.queries.store_list import known_stores
from dashboard.queries.till_state import tills
from schemas.generated import InventoryLevel
from views.database.heartbeats import GATE, JOB, REBUILD
from views.database.tables import TABLES
from views.read_freshness import freshness, is_useful
from views.stopped_parts import SILENT, behind_since, recent, stopped

LEVELS = TABLES[InventoryLevel].c
PARTS = {JOB: Part.JOB, GATE: Part.GATE}
"""By the names of the services."""
READ_MODEL = "views"
"""Name of the service."""


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
    # A standstill that the read model names itself counts, too.
    if levels is not None and (now - levels.read_at > SILENT or standstills(settings, READ_MODEL)):
        outages = {**outages, Part.READ_MODEL: Outage(levels.read_at, "")}
    history_read_at = min((each.read_at for each in topics.values()), default=now)
    beats = recent(state.beats, now)
    of_beats = {PARTS[part]: Outage(since, "") for part, since in stopped(beats).items()}
    outages = {**outages, **of_beats}
    return Signs(
        complete=is_useful(list(topics.values()), settings.prefixed),
        history_read=all(topic.complete for topic in topics.values()),
        history_until=history_read_at if now - history_read_at > SILENT else None,
        loaded=sum(
            each.next_offset - each.start_offset
            for (topic, _), each in state.positions.items()
            if levels is not None and topic == levels.topic
        ),
        outages=outages,
        held_up=any(standstills(settings, part) for part in PARTS),
        job_runs=JOB in beats and beats[JOB].beat_at is not None and Part.JOB not in outages,
        anew_since=beats[REBUILD].beat_at if REBUILD in beats else None,
        behind_since=behind_since(beats.get(JOB), settings),
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
    # A movement of a clock that is ahead would be the newest one until its time has come.
    has_been = LEVELS.last_movement_at <= datetime.now(UTC)
    query = select(func.max(LEVELS.last_movement_at)).where(LEVELS.store_id == store_id, has_been)
    with engine.connect() as connection:
        moved: datetime | None = connection.scalar(query)
        return moved
