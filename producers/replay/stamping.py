"""The recorded_at of a file's lines: the time at which a replay first sent each of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from producers.replay.mapping_file import STAMPED
from producers.replay.row_batch import Proposed
from producers.replay.sent_lines import SentLines


def stamp(
    proposed: Iterable[Proposed],
    lines: SentLines,
    now: datetime,
    horizon: timedelta | None,
    is_checked: bool,
) -> None:
    """Give the lines of earlier replays their recorded_at again. now: their present one.

    A valid line is stored before it is sent. One that Kafka has, from longer ago than the job
    recognises repeats, is marked as a repeat; one that Kafka may have is rejected. If it is known
    not to be counted (is_checked), it is recorded anew. Lines whose mapping has an expression for
    recorded_at, facts, and counted lines stay as they are.
    """
    stamped = [
        each
        for each in proposed
        if each.outcome == "sent" and each.event_id and STAMPED not in each.event.fields
    ]
    oldest = datetime.min.replace(tzinfo=UTC) if horizon is None else now - horizon
    stored = lines.store([each.event_id for each in stamped], now, oldest, is_checked)
    for each in stamped if stored else ():
        recorded_at, is_acknowledged = stored.get(each.event_id, (now, False))
        if recorded_at >= oldest:
            if recorded_at != now:
                record: Any = each.record
                each.record = replace(record, recorded_at=recorded_at)
        elif is_acknowledged:
            each.record, each.outcome = None, "repeats"
        else:
            each.reject(
                f"recorded_at: first sent at {recorded_at:%Y-%m-%d %H:%M} UTC, by a replay that "
                f"did not end, and longer ago than the job recognises repeats ({horizon}): it "
                "might be counted twice"
            )
