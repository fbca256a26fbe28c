"""Readiness and metrics of the read model's process, from what it keeps and watches anyway."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from time import monotonic

from sqlalchemy import func, select

from connect import metrics
from connect.metrics import Sample
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import InventoryLevel
from views.database.engine import database_answers
from views.database.tables import TABLES
from views.heartbeat_watch import HeartbeatWatch
from views.read_freshness import STOPPED_AFTER, freshness, is_useful, sentence
from views.read_model_process import ReadModel

MOVED = TABLES[InventoryLevel].c.last_movement_at


class ReadModelReport:
    """See connect.part_status.Report."""

    def __init__(self, settings: Settings, read_model: ReadModel, watch: HeartbeatWatch) -> None:
        self._settings, self._read_model, self._watch = settings, read_model, watch

    def obstacle(self) -> str:
        model = self._read_model
        if model.failure:
            return model.failure
        topics = freshness(model.positions)
        if not is_useful(topics, self._settings.prefixed):
            return f"It has not read all levels once: it {sentence(topics)}."
        seconds = monotonic() - model.noted
        moves = seconds <= STOPPED_AFTER.total_seconds()
        return "" if moves else f"It has not moved for {seconds:.0f} s: it {sentence(topics)}."

    def samples(self) -> Iterator[Sample]:
        positions = self._read_model.positions
        read: Counter[str] = Counter()
        for (topic, _), position in positions.items():
            read[topic] += position.next_offset
        for each in freshness(positions):
            yield metrics.READ.of(read[each.topic], each.topic)
            yield metrics.SKIPPED.of(each.undecodable, each.topic)
            yield metrics.READ_LAG.of(each.behind, each.topic)
            yield metrics.READ_AT.of(each.read_at.timestamp(), each.topic)
        for topic, offsets in self._watch.job_lag.items():
            yield metrics.JOB_LAG.of(offsets, topic)
        for beat in self._watch.newest:
            if beat.beat_at is not None:
                yield metrics.BEAT_AT.of(beat.beat_at.timestamp(), beat.part)
            if beat.reached_at is not None:
                yield metrics.COMPUTED_AT.of(beat.reached_at.timestamp())
        moved_at = self._moved_at()
        if moved_at is not None:
            yield metrics.MOVED_AT.of(moved_at.timestamp())

    def _moved_at(self) -> datetime | None:
        engine = self._read_model.engine
        if engine is None:
            return None
        # The clock of a till may be ahead.
        query = select(func.max(MOVED)).where(utc_now() >= MOVED)
        with database_answers(self._settings), engine.connect() as connection:
            moved_at: datetime | None = connection.scalar(query)
        return moved_at
