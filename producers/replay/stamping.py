"""The recorded_at of a file's lines: the time at which a replay first sent each of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from producers.replay.mapping_file import STAMPED
from producers.replay.row_batch import Proposed
from producers.replay.sent_lines import SentLine, SentLines
from schemas.violations import ContractViolationError


class Stamping:
    """Gives the lines of earlier replays their recorded_at again.

    A valid line is stored before it is sent. One that Kafka has, from longer ago than the job
    recognises repeats, is marked as a repeat; one that Kafka may have is rejected. If it is known
    not to be counted, it is recorded anew. Lines whose mapping has an expression for recorded_at,
    facts, and counted lines stay as they are.
    """

    def __init__(self, lines: SentLines, horizon: timedelta | None) -> None:
        self._lines = lines
        self._horizon = horizon

    def stamp(self, proposed: list[Proposed], now: datetime) -> None:
        """Set the records' recorded_at; now: their present one."""
        stamped = [
            each
            for each in proposed
            if each.record
            and each.event_id
            and not each.is_counted
            and STAMPED not in each.event.fields
        ]
        oldest = datetime.min.replace(tzinfo=UTC) if self._horizon is None else now - self._horizon
        uncounted = [each.event_id for each in stamped if each.is_counted is False]
        event_ids = [each.event_id for each in stamped]
        stored = self._lines.store(event_ids, now, oldest, uncounted)
        for each in stamped:
            line = stored[each.event_id]
            if line.recorded_at < oldest:
                each.record = None
                self._drop(each, line)
            elif line.recorded_at != now:
                record: Any = each.record
                each.record = replace(record, recorded_at=line.recorded_at)

    def _drop(self, each: Proposed, line: SentLine) -> None:
        if line.acknowledged:
            each.is_repeat = True
        else:
            each.problem = (
                f"recorded_at: first sent at {line.recorded_at:%Y-%m-%d %H:%M} UTC, by a replay "
                f"that did not end, and longer ago than the job recognises repeats "
                f"({self._horizon}): it might be counted twice"
            )


def validate(proposed: list[Proposed]) -> None:
    """Reject the records that break their contract."""
    for each in proposed:
        if each.record is not None:
            try:
                each.record.validate()
            except ContractViolationError as violation:
                each.record, each.problem = None, str(violation)
