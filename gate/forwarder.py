"""The gate's output: accepted messages unchanged, refused ones into the quarantine."""

from confluent_kafka import KafkaError, Message

from connect.errors import UserError
from connect.kafka_producer import KafkaProducer, RecordRefusedError
from connect.settings import Settings
from gate.envelope import envelope, headers_of, timestamp
from gate.reasons import Refusal
from schemas.clock import utc_now
from schemas.generated import QuarantinedRecord
from schemas.wire import Encoder

LARGEST_MESSAGE = 2_000_000
LINGER_MILLISECONDS = 1


class Forwarder:
    """Produces in the background; `flush` waits for the acknowledgements.

    Idempotent, acks=all, without a delivery time-out: it waits for a broker that is down.
    """

    def __init__(self, settings: Settings, encoder: Encoder) -> None:
        self._encoder = encoder
        self._failure: UserError | None = None
        self._producer = KafkaProducer(
            settings,
            {
                "compression.type": "lz4",
                "linger.ms": LINGER_MILLISECONDS,
                "message.timeout.ms": 0,
                "message.max.bytes": LARGEST_MESSAGE,
                # Thousands of delivery reports a second would cost more than the records.
                "delivery.report.only.error": True,
                "on_delivery": self._report,
            },
        )

    def accept(self, message: Message, topic: str) -> None:
        """Produce the same bytes, key, timestamp and headers to the same partition of a topic."""
        self._producer.send(
            topic,
            message.value(),
            message.key(),
            partition=message.partition(),
            timestamp=timestamp(message),
            headers=headers_of(message),
        )

    def quarantine(self, message: Message, refusal: Refusal) -> None:
        record = envelope(message, refusal, utc_now())
        self._producer.send(
            QuarantinedRecord.TOPIC, self._encoder.value(record), self._encoder.key(record)
        )

    def poll(self) -> None:
        """Handle delivery reports. Raises UserError for the first failure."""
        self._producer.poll(0)
        if self._failure:
            raise self._failure

    def flush(self, seconds: float) -> bool:
        """Return True when the broker has acknowledged everything, False after `seconds`."""
        waiting = self._producer.flush(seconds)
        self.poll()
        return waiting == 0

    def _report(self, error: KafkaError | None, message: Message) -> None:
        if error is not None and not self._failure:
            self._failure = RecordRefusedError(str(message.topic()), error.str())
