"""The gate's loop: poll, validate, forward or quarantine, commit.

At least once: an offset is committed only when every record before it has been delivered, so a
crash repeats at most COMMIT_SECONDS of work. The job recognises repeats by their event_id, and a
quarantined record's key is its coordinates.
"""

from collections import Counter, deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from confluent_kafka import Message

from connect import kafka, registry
from connect.kafka import Partition
from connect.settings import Settings
from gate import accepted_topics
from gate.consumer import GateConsumer, partition_of
from gate.envelope import headers_of, timestamp
from gate.forwarder import Forwarder
from gate.schema_cache import RegistryUnavailableError, open_cache
from gate.verdict import Limits, RecordValidator
from schemas.generated import EVENTS, QuarantinedRecord
from schemas.wire import Encoder

COMMIT_SECONDS = 1.0
"""Time between two commits."""
RETRY_SECONDS = 0.5
"""Time between two tries for records that wait for the registry."""
IDLE_SECONDS = 0.5
FLUSH_SECONDS = 5.0


class _Route(NamedTuple):
    """The validator of a public topic, and the topic of its valid records."""

    validator: RecordValidator
    accepted: str


class Gate:
    """A running gate; name: see GateConsumer.

    Raises UserError when Kafka, the registry, a topic or a schema is missing.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        accepted_topics.create_missing(kafka.admin(settings), EVENTS)
        schemas = registry.client(settings)
        self._schemas = open_cache(settings)
        limits = Limits.of(settings)
        self._routes = {
            event.TOPIC: _Route(
                RecordValidator(
                    event,
                    registry.schema_id(schemas, f"{event.TOPIC}-key", event.KEY_SCHEMA),
                    self._schemas,
                    limits,
                ),
                accepted_topics.accepted_topic(event.TOPIC),
            )
            for event in EVENTS
        }
        ids = {
            (subject, schema): registry.schema_id(schemas, subject, schema)
            for subject, schema in (
                (f"{QuarantinedRecord.TOPIC}-key", QuarantinedRecord.KEY_SCHEMA),
                (f"{QuarantinedRecord.TOPIC}-value", QuarantinedRecord.SCHEMA),
            )
        }
        self._forwarder = Forwarder(settings, Encoder(lambda subject, text: ids[subject, text]))
        self._consumer = GateConsumer(
            settings, name, self._routes, lambda: self._forwarder.flush(FLUSH_SECONDS)
        )
        self._waiting: dict[Partition, deque[Message]] = {}
        """Records, in order, of partitions whose first one waits for the registry."""
        self.accepted = 0
        """Accepted records."""
        self.quarantined: Counter[str] = Counter()
        """Quarantined records by the code of the reason."""

    @property
    def waiting(self) -> int:
        """Records that wait for the registry."""
        return sum(map(len, self._waiting.values()))

    def run(self, stop: Callable[[], bool], each_turn: Callable[[], None]) -> None:
        """Work until `stop` returns True, then flush and commit."""
        commit_at = retry_at = monotonic()
        while not stop():
            for message in self._consumer.poll(
                RETRY_SECONDS / 5 if self._waiting else IDLE_SECONDS
            ):
                self._process(message)
            self._forwarder.poll()
            now = monotonic()
            if self._waiting and now >= retry_at:
                self._retry()
                retry_at = now + RETRY_SECONDS
            if now >= commit_at and self._consumer.uncommitted:
                if self._forwarder.flush(FLUSH_SECONDS):
                    self._consumer.commit()
                commit_at = monotonic() + COMMIT_SECONDS
            each_turn()
        if self._forwarder.flush(FLUSH_SECONDS):
            self._consumer.commit(wait=True)

    def close(self) -> None:
        self._consumer.close()
        self._schemas.close()

    def _process(self, message: Message) -> None:
        partition = partition_of(message)
        if self._consumer.revoked:
            self._drop_revoked()
        if self._waiting and partition in self._waiting:
            self._waiting[partition].append(message)
            return
        try:
            self._decide(message, partition)
        except RegistryUnavailableError:
            self._consumer.pause(partition)
            self._waiting[partition] = deque([message])

    def _decide(self, message: Message, partition: Partition) -> None:
        validator, accepted = self._routes[partition[0]]
        refusal = validator.refusal(
            message.key(), message.value(), timestamp(message), headers_of(message)
        )
        if refusal is None:
            self._forwarder.accept(message, accepted)
            self.accepted += 1
        else:
            self._forwarder.quarantine(message, refusal)
            self.quarantined[refusal.reason] += 1
        self._consumer.processed(partition, message)

    def _retry(self) -> None:
        self._drop_revoked()
        for partition, messages in list(self._waiting.items()):
            try:
                while messages:
                    self._decide(messages[0], partition)
                    messages.popleft()
            except RegistryUnavailableError:
                continue
            del self._waiting[partition]
            self._consumer.resume(partition)

    def _drop_revoked(self) -> None:
        for partition in self._consumer.revoked:
            self._waiting.pop(partition, None)
        self._consumer.revoked.clear()
