"""Publisher of events and facts: validates, encodes, sends and counts acknowledgements."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from types import TracebackType
from typing import Any, Self

from confluent_kafka import KafkaError, Message

from connect import kafka, registry
from connect.errors import UserError
from connect.kafka_producer import KafkaProducer
from connect.message_headers import Headers
from connect.settings import Settings
from connect.topics import require_topics
from contracts.compatibility_guard import require_compatible
from schemas.record import Record
from schemas.wire import Encoder

POLL_EVERY = 500
"""Records between two polls, as one poll a record would cost more than the record."""
DELIVERY_SECONDS = 120


class Publisher:
    """Sends records of some contracts and counts the acknowledged ones.

    As a context manager it flushes at the end and raises UserError if a record was not delivered.
    Idempotent and acks=all: retries neither repeat nor reorder records.

    Raises UserError when the broker, the registry, a topic or a schema is missing, or when the
    schema breaks an earlier version. It registers and creates nothing, so that a typing error
    cannot make a contract.
    """

    def __init__(self, settings: Settings, record_types: Sequence[type[Record]]) -> None:
        require_topics(
            kafka.admin(settings), [settings.prefixed(each.TOPIC) for each in record_types]
        )
        schemas = registry.client(settings)
        ids = {
            (subject, schema): registry.schema_id(schemas, settings.prefixed(subject), schema)
            for each in record_types
            for subject, schema in (
                (each.KEY_SUBJECT, each.KEY_SCHEMA),
                (each.VALUE_SUBJECT, each.SCHEMA),
            )
        }
        for each in record_types:
            require_compatible(schemas, each, settings.prefix)
        self._encoder = Encoder(lambda subject, schema: ids[subject, schema])
        self._prefixed = settings.prefixed
        self._producer = KafkaProducer(
            settings,
            {
                "compression.type": "lz4",
                "linger.ms": 2,
                "delivery.timeout.ms": DELIVERY_SECONDS * 1000,
                "on_delivery": self._delivered,
            },
        )
        self.sent = 0
        self.acknowledged = 0
        self.failed = 0
        self._first_failure = ""

    def send(self, record: Record, headers: Headers = ()) -> None:
        """Queue one record; the client sends it in the background.

        headers: of the message, such as who caused it; they are no part of the contract.

        Raises ContractViolationError for an invalid record, which is not counted, and UserError
        once the broker has refused one.
        """
        value = self._encoder.value(record)
        key = self._encoder.key(record)
        arguments = {"headers": list(headers)} if headers else {}
        self._queue(self._prefixed(record.TOPIC), value, key, **arguments)

    def send_valid(self, records: Iterable[Record]) -> None:
        """Queue records that validate() has passed, in their order. Raises UserError likewise."""
        for record_type, some in groupby(records, attrgetter("__class__")):
            topic = self._prefixed(record_type.TOPIC)
            for key, value in self._encoder.batch(record_type, list(some)):
                self._queue(topic, value, key)

    def poll(self, seconds: float = 0) -> None:
        """Handle delivery reports, waiting up to `seconds` for the first."""
        self._producer.poll(seconds)
        self.check()

    def flush(self) -> None:
        """Return when every record is delivered or has failed."""
        while self._producer.flush(1):
            pass

    def check(self) -> None:
        """Raise UserError if a record was not delivered."""
        if self.failed:
            raise UserError(
                f"Kafka did not acknowledge {self.failed:,} of {self.sent:,} records "
                f"({self._first_failure}, then run this again; records that it already has are "
                "recognised by their event_id."
            )

    @property
    def cluster(self) -> str:
        """Kafka's id of the cluster, after the prefix of the installation."""
        return self._prefixed(kafka.cluster_id(self._producer))

    @property
    def account(self) -> str:
        return f"sent {self.sent:,}, acknowledged {self.acknowledged:,}, failed {self.failed:,}"

    def _queue(self, topic: str, value: bytes, key: bytes, **arguments: Any) -> None:
        self._producer.send(topic, value, key, **arguments)
        self.sent += 1
        if self.sent % POLL_EVERY == 0:
            self.poll()

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self.acknowledged += 1
        else:
            self.failed += 1
            self._first_failure = self._first_failure or _cause(error, str(message.topic()))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flush()
        if error_type is None:
            self.check()


def _cause(error: KafkaError, topic: str) -> str:
    """Return the cause that a record is not acknowledged, and the remedy."""
    remedy = (
        "give this client the permission Write on the topic"
        if error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
        else "check that the broker is healthy"
    )
    return f"{topic}: {error.str()}): {remedy}"
