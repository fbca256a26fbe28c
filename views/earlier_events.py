"""Events of a producer's earlier run, read back from its topics, so that repeats equal them."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from connect.record_consumer import Tombstone
from connect.settings import Settings
from schemas.record import Record
from views.reader import TopicReader

READ_LIMIT = 5_000
READ_SECONDS = 0.1
MARGIN = timedelta(hours=1)
"""Time that an event may take from Kafka to its level while the job runs."""


def earlier_events(
    settings: Settings,
    record_types: Sequence[type[Record]],
    newest_movement: datetime | None,
    ours: Callable[[Any], bool],
) -> dict[str, Any]:
    """Return the first event of each event_id for which `ours` is true.

    newest_movement: of all levels; an event that has no effect yet cannot be much older, however
    long the job has been down. None: there is no level, so that the topics are read whole.
    Raises UserError when the broker, the registry or a topic is missing.
    """
    since = {}
    if newest_movement is not None:
        earliest = newest_movement - timedelta(hours=settings.ahead_hours) - MARGIN
        since = dict.fromkeys(record_types, earliest)
    reader = TopicReader(settings, record_types, since)
    events: dict[str, Any] = {}
    try:
        while not reader.caught_up:
            for event in reader.read(READ_LIMIT, READ_SECONDS):
                if not isinstance(event, Tombstone) and ours(event):
                    # Events of one id have one key, so that the first one is read first.
                    events.setdefault(event.event_id, event)  # type: ignore[attr-defined]
    finally:
        reader.close()
    return events
