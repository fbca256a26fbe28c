"""Topics read from their beginning and followed: records of contracts, one batch after another.

No consumer group: every reader sees every record, and nothing is committed.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from connect import kafka, registry
from connect.errors import UserError
from connect.settings import Settings
from schemas.record import Record
from schemas.wire import DecodeError, Decoder

ANSWER_SECONDS = 10.0


class TopicReader:
    """Follows the topics of some contracts.

    since: contracts to read from a time (when the broker took the record) instead of from the
    beginning. Raises UserError when the broker, the registry or a topic is not there.
    """

    def __init__(
        self,
        settings: Settings,
        kinds: Sequence[type[Record]],
        since: Mapping[type[Record], datetime] | None = None,
    ) -> None:
        schemas = registry.client(settings)
        kafka.admin(settings)
        self._decoders: dict[str, Decoder[Any]] = {
            kind.TOPIC: Decoder(kind, lambda schema_id: registry.text(schemas, schema_id))
            for kind in kinds
        }
        self._consumer = Consumer(
            {
                **kafka.client(settings),
                "group.id": "inventory-views",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 20,
            }
        )
        self._unread: set[tuple[str, int]] = set()
        for kind in kinds:
            self._assign(kind, (since or {}).get(kind))
        self.undecodable: Counter[str] = Counter()
        """Records that are none of their topic's contract, by topic: passed over."""

    @property
    def caught_up(self) -> bool:
        """Whether the end of every partition has been reached once."""
        return not self._unread

    def read(self, most: int, seconds: float) -> list[Record]:
        """Up to `most` further records, or fewer after `seconds`. Tombstones are passed over.

        Raises UserError for a topic that may not be read.
        """
        records = []
        for message in self._consumer.consume(most, seconds):
            topic = message.topic()
            error = message.error()
            if error is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    self._unread.discard((str(topic), int(message.partition() or 0)))
                elif error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED:
                    raise UserError(
                        f"Kafka does not let this client read topic {topic}: give it the "
                        "permission."
                    )
                continue
            value = message.value()
            if topic is None or value is None:
                continue
            try:
                records.append(self._decoders[topic].value(bytes(value)))
            except (DecodeError, registry.UnknownSchemaError):
                self.undecodable[topic] += 1
        return records

    def close(self) -> None:
        self._consumer.close()

    def _assign(self, kind: type[Record], since: datetime | None) -> None:
        topic = self._consumer.list_topics(kind.TOPIC, timeout=ANSWER_SECONDS).topics[kind.TOPIC]
        if topic.error is not None:
            raise UserError(
                f"Topic {kind.TOPIC} is not there, or may not be seen: create it with "
                "`make schemas`, or give this client the permission."
            )
        starts = [TopicPartition(kind.TOPIC, p, OFFSET_BEGINNING) for p in topic.partitions]
        if since is not None:
            milliseconds = int(since.timestamp() * 1000)
            starts = self._consumer.offsets_for_times(
                [TopicPartition(kind.TOPIC, p, milliseconds) for p in topic.partitions],
                timeout=ANSWER_SECONDS,
            )
        self._unread |= {(kind.TOPIC, start.partition) for start in starts}
        self._consumer.incremental_assign(starts)
