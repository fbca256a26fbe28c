"""Topics read from their beginning and followed: records of contracts, batch after batch."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from confluent_kafka import OFFSET_BEGINNING, KafkaException, TopicPartition

from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS, VIEWS_GROUP
from connect.record_consumer import RecordConsumer, Tombstone
from connect.settings import Settings
from connect.topics import require_topics
from schemas.record import Record


class TopicReader:
    """Follows the topics of some contracts.

    since: contracts to read from a time (of the broker's timestamp) instead of from the beginning.
    Raises UserError when the broker, the registry or a topic is missing, or Kafka does not return
    the offsets of a time.
    """

    def __init__(
        self,
        settings: Settings,
        record_types: Sequence[type[Record]],
        since: Mapping[type[Record], datetime] | None = None,
    ) -> None:
        self._records = RecordConsumer(
            settings, record_types, VIEWS_GROUP, {"fetch.wait.max.ms": 20}
        )
        topics = {settings.prefixed(each.TOPIC): each for each in record_types}
        partitions = require_topics(self._records.consumer, topics)
        for topic, record_type in topics.items():
            self._assign(topic, partitions[topic], (since or {}).get(record_type))
        self.undecodable: Counter[str] = Counter()
        """Skipped records and tombstones that cannot be decoded, by topic."""

    @property
    def caught_up(self) -> bool:
        """True once the end of every partition has been reached."""
        return not self._records.unread

    def read(self, limit: int, seconds: float) -> list[Record | Tombstone]:
        """Return up to `limit` further records and tombstones, or fewer after `seconds`.

        Raises UserError for a topic that may not be read.
        """
        records: list[Record | Tombstone] = []
        for received in self._records.read(limit, seconds):
            change = received.record or received.tombstone
            if change is not None:
                records.append(change)
            else:
                self.undecodable[received.topic] += 1
        return records

    def close(self) -> None:
        self._records.close()

    def _assign(self, topic: str, partitions: int, since: datetime | None) -> None:
        starts = [TopicPartition(topic, number, OFFSET_BEGINNING) for number in range(partitions)]
        if since is not None:
            starts = self._starts(topic, partitions, since)
        self._records.assign(starts)

    def _starts(self, topic: str, partitions: int, since: datetime) -> list[TopicPartition]:
        milliseconds = int(since.timestamp() * 1000)
        times = [TopicPartition(topic, number, milliseconds) for number in range(partitions)]
        try:
            return self._records.consumer.offsets_for_times(times, timeout=ANSWER_SECONDS)
        except KafkaException as error:
            # Of a partition without a leader, the client says that it does not know the partition.
            raise UserError(
                f"Kafka did not return the offsets of topic {topic} ({error.args[0].str()}): check "
                "that the broker is healthy and each partition has a leader, then try again."
            ) from None
