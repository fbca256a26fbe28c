"""The one way in which events and facts get into Kafka: checked, encoded, acknowledged."""

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connect import kafka, registry
from connect.errors import UserError
from connect.settings import Settings
from producers.compatibility_guard import agree
from schemas.record import Record
from schemas.wire import Encoder

POLL_EVERY = 500
"""Records between two looks at the delivery reports, which cost more singly."""
FULL_SECONDS = 0.1
SECONDS_TO_DELIVER = 120


class Publisher:
    """Sends records of some contracts and counts what the broker acknowledged.

    As a context manager it flushes at the end and raises UserError if a record was not
    delivered. Idempotent and acks=all: the client's own retries repeat and reorder nothing.

    Raises UserError when the broker, the registry, a topic or a schema is not there, or when the
    schema breaks an earlier version: nothing is ever registered or created here, so that a typing
    error cannot make a contract.
    """

    def __init__(self, settings: Settings, kinds: Sequence[type[Record]]) -> None:
        topics = kafka.admin(settings).list_topics(timeout=kafka.ANSWER_SECONDS).topics
        for kind in kinds:
            if kind.TOPIC not in topics:
                raise UserError(f"Topic {kind.TOPIC} is not there: create it with `make schemas`.")
        schemas = registry.client(settings)
        ids = {
            (f"{kind.TOPIC}-{part}", text): registry.schema_id(
                schemas, f"{kind.TOPIC}-{part}", text
            )
            for kind in kinds
            for part, text in (("key", kind.KEY_SCHEMA), ("value", kind.SCHEMA))
        }
        for kind in kinds:
            agree(schemas, kind)
        self._encoder = Encoder(lambda subject, text: ids[subject, text])
        self._producer = Producer(
            {
                **kafka.client(settings),
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": "lz4",
                "linger.ms": 2,
                "delivery.timeout.ms": SECONDS_TO_DELIVER * 1000,
                # As Java's clients do, so that every client finds a key in the same partition.
                "partitioner": "murmur2_random",
                "on_delivery": self._delivered,
            }
        )
        self.sent = 0
        self.acknowledged = 0
        self.failed = 0
        self._first_failure = ""

    def send(self, record: Record) -> None:
        """Hand one record to the client, which sends it in the background.

        Raises ContractViolationError for a record that breaks its contract (it is not counted), and
        UserError once the broker has refused one.
        """
        value = self._encoder.value(record)
        key = self._encoder.key(record)
        while True:
            try:
                self._producer.produce(record.TOPIC, value, key)
                break
            except BufferError:
                self.poll(FULL_SECONDS)
            except KafkaException as error:
                raise UserError(f"Kafka takes no more records: {error.args[0].str()}.") from None
        self.sent += 1
        if self.sent % POLL_EVERY == 0:
            self.poll()

    def poll(self, seconds: float = 0) -> None:
        """Take in delivery reports, waiting up to so many seconds for the first."""
        self._producer.poll(seconds)
        self.check()

    def flush(self) -> None:
        """Return when the fate of every record sent is known."""
        while self._producer.flush(1):
            pass

    def check(self) -> None:
        """Raise UserError if a record was not delivered."""
        if self.failed:
            raise UserError(
                f"Kafka did not acknowledge {self.failed:,} of {self.sent:,} records "
                f"({self._first_failure}): see whether the broker is well, then run this again; "
                "what it has already is recognised by its event_id."
            )

    @property
    def account(self) -> str:
        return f"sent {self.sent:,}, acknowledged {self.acknowledged:,}, failed {self.failed:,}"

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        if error is None:
            self.acknowledged += 1
        else:
            self.failed += 1
            self._first_failure = self._first_failure or error.str()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.flush()
        if kind is None:
            self.check()
