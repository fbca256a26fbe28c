"""What leaves the gate: accepted messages as they came, refused ones into the quarantine."""

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connect import kafka
from connect.errors import UserError
from connect.settings import Settings
from gate.envelope import envelope, headers_of, timestamp
from gate.reasons import Refusal
from schemas.clock import utc_now
from schemas.generated import QuarantinedRecord
from schemas.wire import Encoder

LARGEST_MESSAGE = 2_000_000
FULL_SECONDS = 0.05
LINGER_MILLISECONDS = 1


class Forwarder:
    """Sends in the background; `delivered` says that everything has arrived.

    Idempotent and acks=all, and patient without end: a broker that is away is waited for.
    """

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        self._encoder = encoder
        self._producer = Producer(
            {
                **kafka.client(settings),
                "enable.idempotence": True,
                "acks": "all",
                "compression.type": "lz4",
                "linger.ms": LINGER_MILLISECONDS,
                "message.timeout.ms": 0,
                "message.max.bytes": LARGEST_MESSAGE,
                "partitioner": "murmur2_random",
                # A report for each of many thousand records a second would cost more than they.
                "delivery.report.only.error": True,
                "on_delivery": self._failed,
            }
        )
        self._failure = ""

    def accept(self, message: Message, topic: str) -> None:
        """The same bytes, key, timestamp and headers into the same partition of a topic."""
        while True:
            try:
                self._producer.produce(
                    topic,
                    message.value(),
                    message.key(),
                    message.partition(),  # type: ignore[arg-type]
                    timestamp=timestamp(message),
                    headers=headers_of(message),  # type: ignore[arg-type]
                )
                return
            except BufferError:
                self.poll(FULL_SECONDS)
            except KafkaException as error:
                raise _refused(topic, error.args[0].str()) from None

    def quarantine(self, message: Message, refusal: Refusal) -> None:
        record = envelope(message, refusal, utc_now())
        value, key = self._encoder.value(record), self._encoder.key(record)
        while True:
            try:
                self._producer.produce(QuarantinedRecord.TOPIC, value, key)
                return
            except BufferError:
                self.poll(FULL_SECONDS)
            except KafkaException as error:
                raise _refused(QuarantinedRecord.TOPIC, error.args[0].str()) from None

    def poll(self, seconds: float = 0) -> None:
        """Take in failures. Raises UserError for the first."""
        self._producer.poll(seconds)
        if self._failure:
            raise UserError(self._failure)

    def delivered(self, seconds: float) -> bool:
        """Whether the broker has acknowledged everything, after at most so many seconds."""
        waiting = self._producer.flush(seconds)
        self.poll()
        return waiting == 0

    def _failed(self, error: KafkaError | None, message: Message) -> None:
        if error is not None and not self._failure:
            self._failure = _refused(str(message.topic()), error.str()).message


def _refused(topic: str, why: str) -> UserError:
    return UserError(
        f"Kafka does not take a record for {topic} ({why}): see that the topic is there and that "
        "the gate may write to it; it goes on where it stopped."
    )
