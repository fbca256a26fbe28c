"""Watch gate and job: is each at work, and up to when has the job computed all records?

The job's checkpoint barriers are its heartbeat. They enter at the sources, pass each step behind
the records before them, and the sinks flush; then the job commits the offsets of its sources. So
what is committed has gone the whole way, through the step that computes the levels, too.
"""

import threading
from collections import Counter, deque
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from confluent_kafka import ConsumerGroupState, KafkaException

from connect import kafka
from connect.errors import UserError
from connect.group_coordinator import described
from connect.group_offsets import committed_offsets
from connect.kafka import GATE_GROUP, JOB_GROUP, Admin, Partition
from connect.lasting_admin import LastingAdmin
from connect.running_job import running_job
from connect.settings import Settings
from connect.topics import require_topics
from schemas import generated
from schemas.clock import utc_now
from schemas.version import version_of
from views.database.conflation import Changes
from views.database.heartbeats import GATE, JOB, REBUILD, Heartbeat
from views.topic_facts import LATEST, offsets_of

EVERY_SECONDS = 1.0
ANSWER_SECONDS = 2.0
FIRST_COMMIT = timedelta(seconds=30)
"""Duration of the first checkpoint of a job that begins anew, of which the buffers are full."""
LOOKS = 600
"""Looks that are kept while the job has not reached them; later ones replace them."""


class Reached:
    """The time up to which a consumer group has processed all records that had arrived."""

    def __init__(self, patience: timedelta = timedelta(0)) -> None:
        """patience: time after which a group that begins anew has committed an earlier position."""
        self.at: datetime | None = None
        self.anew_since: datetime | None = None
        """Time at which the group began again with earlier records, until it has processed all."""
        self._patience, self._went_back = patience, False
        self._committed: Mapping[Partition, int] = {}
        self._looks: deque[tuple[datetime, Mapping[Partition, int]]] = deque(maxlen=LOOKS)

    def begin_anew(self, at: datetime) -> None:
        """Take a sign that the group began anew: what it has committed may be of before."""
        if self.anew_since is None:
            self.anew_since, self._went_back = at, False

    def add(
        self, at: datetime, ends: Mapping[Partition, int], committed: Mapping[Partition, int]
    ) -> None:
        """Add a look. ends: of the partitions at that time; committed: read after them."""
        if any(committed.get(each, 0) < before for each, before in self._committed.items()):
            self.begin_anew(at)
            self._went_back = True
            self._looks.clear()
        self._committed = committed
        self._looks.append((at, ends))
        while self._looks and _is_reached(self._looks[0][1], committed):
            self.at, _ = self._looks.popleft()
            if self.anew_since is not None and (
                self._went_back or at - self.anew_since > self._patience
            ):
                self.anew_since = None


def _is_reached(ends: Mapping[Partition, int], committed: Mapping[Partition, int]) -> bool:
    return all(committed.get(each, 0) >= end for each, end in ends.items())


class HeartbeatWatch:
    """Looks about every second, in a thread of its own, while the context is open."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._admin = LastingAdmin(lambda: kafka.admin(settings))
        self._reached = Reached(timedelta(seconds=2 * settings.checkpoint_seconds) + FIRST_COMMIT)
        self._generation: int | None = None
        self._anew_since: datetime | None = None
        """Since when the job calculates all anew, by the newest look; None also if unknown."""
        self._stop = threading.Event()
        self.newest: tuple[Heartbeat, ...] = ()
        """The heartbeats of the newest look of each part."""
        self.job_lag: Mapping[str, int] = {}
        """Offsets of each topic that the job has not committed, of the newest look."""

    def __enter__(self) -> Self:
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            # Without an answer of Kafka nothing is known of a part; others name the cause.
            try:
                self.look()
            except Exception:  # noqa: BLE001 - the thread must survive every failure
                self.newest, self.job_lag = (), {}

    def see_levels(self, changes: Changes, are_new: bool) -> None:
        """Notice that the job calculates anew: its levels are then of a higher generation.

        are_new: False for levels of before, which may be of several generations.
        """
        for newest, _ in map(version_of, changes.newest.values()):
            if are_new and self._generation is not None and newest > self._generation:
                self._reached.begin_anew(utc_now())
            self._generation = max(newest, self._generation or 0)

    def look(self) -> None:
        """Look at both parts. Raises UserError or KafkaException when Kafka does not answer."""
        beats = [self._job()]
        if self._anew_since is not None:
            beats.append(Heartbeat(REBUILD, utc_now(), self._anew_since))
        if self._settings.has_gate:
            # A client that may not describe a group knows nothing of it.
            with suppress(KafkaException), self._admin.client() as client:
                beats.append(self._gate(client))
        self.newest = tuple(beats)

    def _job(self) -> Heartbeat:
        # Each time: of a Kafka that does not answer, nothing is known.
        with self._admin.client() as client:
            cluster = kafka.cluster_id(client, ANSWER_SECONDS)
        computed_at, lag, self._anew_since = None, Counter[str](), None
        with suppress(KafkaException, UserError), self._admin.client() as client:
            computed_at, lag = self._computed(client)
        self.job_lag = lag
        try:
            running_job(self._settings, cluster, ANSWER_SECONDS)
        except UserError:
            return Heartbeat(JOB, utc_now(), None, computed_at)
        now = utc_now()
        return Heartbeat(JOB, now, now, computed_at)

    def _computed(self, client: Admin) -> tuple[datetime | None, Counter[str]]:
        """Return the time up to which all is computed, and the lag of each topic."""
        # Offsets of producers' transactions are no records, and the job commits none of them; the
        # gate uses no transactions.
        if not self._settings.has_gate:
            return None, Counter()
        # Of the events only offsets are read, no records: see contracts.data_flow.
        topics = [self._settings.topic_prefix + each.TOPIC for each in generated.EVENTS]
        counts = require_topics(client, topics)
        partitions = [(topic, n) for topic, count in counts.items() for n in range(count)]
        now = utc_now()
        ends = offsets_of(client, partitions, LATEST)
        group = self._settings.prefixed(JOB_GROUP)
        offsets = committed_offsets(client, group, partitions, ANSWER_SECONDS)
        # Of a partition without a record nothing is committed, or no more.
        committed = {partition: max(offset, 0) for partition, offset in offsets.items()}
        self._reached.add(now, ends, committed)
        self._anew_since = self._reached.anew_since
        lag: Counter[str] = Counter()
        for partition, end in ends.items():
            lag[partition[0]] += max(end - committed.get(partition, 0), 0)
        return self._reached.at, lag

    def _gate(self, client: Admin) -> Heartbeat:
        group = self._settings.prefixed(GATE_GROUP)
        gates = described(client, group, ANSWER_SECONDS)
        now = utc_now()
        is_at_work = gates.state == ConsumerGroupState.STABLE and gates.members
        return Heartbeat(GATE, now, now if is_at_work else None)
