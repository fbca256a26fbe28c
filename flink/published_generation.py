"""The highest generation that readers have seen: they ignore rows of a lower one.

The folder of the checkpoints does not always know it: the job may have run with another folder
meanwhile, or this one is a copy of earlier days.
"""

from typing import NamedTuple

from confluent_kafka import IsolationLevel, TopicPartition

from connect.kafka import JOB_GROUP, Admin
from connect.record_consumer import Received, RecordConsumer
from connect.settings import Settings
from flink import source_topics
from flink.checkpoints import is_possible
from flink.former_rows import PUBLISHED
from flink.overtaken import claimed
from schemas.version import version_of

TAIL, WIDER = 100, 10
"""Records to look at in each partition, and by how much more if none of them is a row."""
BATCH = 10_000
READ_SECONDS = 0.1
Key = tuple[str, int, bytes]
"""(topic, partition, key)"""


class Published(NamedTuple):
    """The newest rows in the published topics."""

    generation: int
    """The highest of a job; 0: no rows."""
    strange: list[str]
    """A sentence for each row whose generation no job can have, unless it is deleted."""


def published_generation(settings: Settings, client: Admin) -> Published:
    """Return the highest generation of the newest rows in the published topics, and strange rows.

    The rows of a job that ran beside another one may no longer be among the newest: see overtaken.
    Raises UserError when the broker, the registry or a topic is missing.
    """
    topics = [settings.prefixed(each.TOPIC) for each in PUBLISHED]
    first = source_topics.first_offsets(client, topics)
    # Before the first open transaction, such as that of a job that was killed: behind it, the
    # consumer would wait until Kafka aborts it.
    ends = source_topics.end_offsets(client, topics, IsolationLevel.READ_COMMITTED)
    consumer = RecordConsumer(settings, PUBLISHED, JOB_GROUP, {"fetch.wait.max.ms": 20})
    highest, tail = claimed(settings, client).generation, TAIL
    strange: dict[Key, str] = {}
    without = {at for at, end in ends.items() if end > first[at]}
    try:
        while without:
            consumer.assign(TopicPartition(*at, max(first[at], ends[at] - tail)) for at in without)
            rows = set()
            while consumer.unread:
                for received in consumer.read(BATCH, READ_SECONDS):
                    generation = _generation(received, strange)
                    if generation is not None:
                        highest = max(highest, generation)
                        rows.add((received.topic, received.partition))
            for at in without:
                consumer.unassign(at)
            # The newest records may all be deletions.
            without = {at for at in without - rows if ends[at] - tail > first[at]}
            tail *= WIDER
    finally:
        consumer.close()
    return Published(highest, list(strange.values()))


def _generation(received: Received, strange: dict[Key, str]) -> int | None:
    """Return the generation of a row of a job; note a row of another writer, until its deletion."""
    if received.message is None:
        return None
    at = received.topic, received.partition, bytes(received.message.key() or b"")
    if received.tombstone is not None:
        strange.pop(at, None)
    if received.record is None:
        return None
    generation, _ = version_of(received.record)
    if is_possible(generation):
        return generation
    strange[at] = (
        f"{received.topic}, partition {received.partition}, offset {received.offset} has the "
        f"generation {generation}, which no job writes: readers take it for the newest row of its "
        "key. The job rebuilds its state, and then deletes it. Let the job alone write to this "
        "topic: docs/cluster-and-security.md has its permissions."
    )
    return None
