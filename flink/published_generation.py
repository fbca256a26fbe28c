"""The highest generation that readers have seen: they ignore rows of a lower one.

The folder of the checkpoints does not always know it: the job may have run with another folder
meanwhile, or this one is a copy of earlier days.
"""

from confluent_kafka import IsolationLevel, TopicPartition
from confluent_kafka.admin import AdminClient

from connect.kafka import JOB_GROUP
from connect.record_consumer import RecordConsumer
from connect.settings import Settings
from flink import source_topics
from flink.former_rows import PUBLISHED
from schemas.version import version_of

TAIL, WIDER = 100, 10
"""Records to look at in each partition, and by how much more if none of them is a row."""
BATCH = 10_000
READ_SECONDS = 0.1


def published_generation(settings: Settings, client: AdminClient) -> int:
    """Return the highest generation of the newest rows in the published topics; 0: no rows.

    Raises UserError when the broker, the registry or a topic is missing.
    """
    topics = [settings.prefixed(each.TOPIC) for each in PUBLISHED]
    first = source_topics.first_offsets(client, topics)
    # Before the first open transaction, such as that of a job that was killed: behind it, the
    # consumer would wait until Kafka aborts it.
    ends = source_topics.end_offsets(client, topics, IsolationLevel.READ_COMMITTED)
    consumer = RecordConsumer(settings, PUBLISHED, JOB_GROUP, {"fetch.wait.max.ms": 20})
    highest, tail = 0, TAIL
    without = {at for at, end in ends.items() if end > first[at]}
    try:
        while without:
            consumer.assign(TopicPartition(*at, max(first[at], ends[at] - tail)) for at in without)
            rows = set()
            while consumer.unread:
                for received in consumer.read(BATCH, READ_SECONDS):
                    if received.record is not None:
                        highest = max(highest, version_of(received.record)[0])
                        rows.add((received.topic, received.partition))
            for at in without:
                consumer.unassign(at)
            # The newest records may all be deletions.
            without = {at for at in without - rows if ends[at] - tail > first[at]}
            tail *= WIDER
    finally:
        consumer.close()
    return highest
