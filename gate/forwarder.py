"""The gate's output: valid records, and refused messages into the quarantine."""

from collections import defaultdict, deque
from collections.abc import Callable
from functools import partial

from confluent_kafka import KafkaError, Message

from connect.errors import UserError
from connect.kafka_producer import KafkaProducer, RecordRefusedError
from connect.settings import Settings
from gate.coordinates import RecordCoordinates
from gate.envelope import bare_envelope, coordinates_of, envelope
from gate.headers import size_with_headers
from gate.reasons import Refusal
from gate.verdict import Forward
from schemas.clock import utc_now
from schemas.generated import GateLimits
from schemas.record import Record
from schemas.wire import Encoder

LARGEST_MESSAGE = 2_000_000
LARGEST_UNFLUSHED = 48_000_000
"""Bytes between two flushes. What was sent is kept until then, as Kafka may refuse it."""
RECORD_BYTES = 1_000
"""Memory of a record beside its own bytes."""
LARGEST_QUEUE_KILOBYTES = 65_536
"""More than what is sent before a flush: to send never waits, so that the gate sees what Kafka does
not store, and a shutdown."""
LINGER_MILLISECONDS = 1
LONGEST_SECONDS = 12 * 3600
"""Age at which what was accepted is not forwarded: the gate ends, and decides again. SLACK_SECONDS
of the job is longer."""
ANY_PARTITION = -1
"""Leaves the choice to the partitioner."""
OF_THE_RECORD = (
    KafkaError.MSG_SIZE_TOO_LARGE,
    KafkaError.RECORD_LIST_TOO_LARGE,
    KafkaError.INVALID_RECORD,
    KafkaError.INVALID_TIMESTAMP,
    KafkaError._INVALID_ARG,
)
"""Errors that the record causes: the next one may be taken."""
Refused = Callable[[str], None]
"""Handles the refusal of a message by Kafka; gets the reason in Kafka's words."""
MessageRefused = Callable[[Message, str], None]
"""The same for any message; gets the message, too."""


Accepted = tuple[Message, Forward, str]
"""A message, its record, and the accepted topic to which it goes."""


class Forwarder:
    """Produces in the background; `flush` waits for the acknowledgements.

    Idempotent, acks=all. It waits for a broker that is down, for at most LONGEST_SECONDS.
    refused: called by `flush` for an accepted message that its topic does not take.
    """

    def __init__(self, settings: Settings, encoder: Encoder, refused: MessageRefused) -> None:
        self._encoder = encoder
        self._prefixed = settings.prefixed
        self._refused = refused
        self.flushes = 0
        """Number of times that Kafka has taken all records."""
        self._unflushed = 0
        """Bytes that were sent since the last flush."""
        self._failure: UserError | None = None
        self._refusals: list[Callable[[], None]] = []
        """Handlers of the refusals that were reported since the last flush."""
        self._accepted: list[Accepted] = []
        """Messages that were accepted since the last poll."""
        self._sent: list[Accepted] = []
        """Messages that were sent since the last flush."""
        self._failed: list[Message] = []
        """Messages of it that their topic has not taken."""
        self._producer = KafkaProducer(
            settings,
            {
                "compression.type": "lz4",
                "linger.ms": LINGER_MILLISECONDS,
                "message.timeout.ms": 1000 * LONGEST_SECONDS,
                "message.max.bytes": LARGEST_MESSAGE,
                "queue.buffering.max.kbytes": LARGEST_QUEUE_KILOBYTES,
                # Thousands of delivery reports a second would cost more than the records.
                "delivery.report.only.error": True,
                "on_delivery": self._report_sent,
            },
        )

    def accept(self, message: Message, record: Forward, topic: str) -> None:
        """Forward a message's valid record to the same partition of a topic, with the next poll."""
        self._accepted.append((message, record, topic))

    def quarantine(self, message: Message, refusal: Refusal, headers_readable: bool = True) -> None:
        """Produce a refused message to the quarantine, with all of it that can be kept."""
        coordinates = coordinates_of(message)
        try:
            record = envelope(message, refusal, utc_now(), headers_readable)
        except Exception:  # noqa: BLE001 - whatever the message is, its coordinates are kept
            self.quarantine_coordinates(coordinates, refusal)
            return
        self._write(record, lambda _: self.quarantine_coordinates(coordinates, refusal))

    def quarantine_coordinates(self, coordinates: RecordCoordinates, refusal: Refusal) -> None:
        """Produce the coordinates of a message that cannot be kept to the quarantine."""
        self._write(bare_envelope(coordinates, refusal, utc_now()), None)

    def poll(self) -> None:
        """Send what was accepted and handle delivery reports.

        Raises UserError for the first failure.
        """
        self._send_accepted()
        self._producer.poll(0)
        if self._failure:
            raise self._failure

    def flush(self, seconds: float) -> bool:
        """Return True when everything is delivered or its refusal handled, False after `seconds`.

        Raises UserError for the first failure.
        """
        while True:
            self._send_accepted()
            waiting = self._producer.flush(seconds)
            self.poll()
            if waiting:
                return False
            self._refusals += self._refusals_of_sent()
            if not self._refusals:
                self.flushes += 1
                self._unflushed = 0
                return True
            refusals, self._refusals = self._refusals, []
            for handle in refusals:
                handle()
                self._producer.flush(seconds)

    def _send_accepted(self) -> None:
        """Send all that was accepted, together: the client then makes few and large batches.

        A callback for each message would cost as much as the rest of its way.
        """
        accepted, self._accepted = self._accepted, []
        for sent in accepted:
            message, record, topic = sent
            try:
                self._producer.send(
                    topic,
                    record.value,
                    record.key,
                    partition=message.partition(),
                    headers=record.headers,
                )
            except RecordRefusedError as error:
                if error.code not in OF_THE_RECORD:
                    raise
                self._refusals.append(partial(self._accept_alone, sent))
            else:
                self._sent.append(sent)
                self._unflushed += _size(record)

    def _accept_alone(self, sent: Accepted) -> None:
        """Try a second time: the whole batch of the message may have been too large."""
        message, record, topic = sent
        self._produce(topic, record, partial(self._refused, message), message.partition())

    def _refusals_of_sent(self) -> list[Callable[[], None]]:
        """Forget what was accepted since the last flush, and return handlers of its refusals."""
        failed, sent = self._failed, self._sent
        self._failed, self._sent = [], []
        if not failed:
            return []
        same: defaultdict[tuple[object, ...], deque[Accepted]] = defaultdict(deque)
        for each in sent:
            message, record, topic = each
            same[topic, message.partition(), record.key, record.value].append(each)
        return [
            partial(
                self._accept_alone,
                same[one.topic(), one.partition(), one.key(), one.value()].popleft(),
            )
            for one in failed
        ]

    @property
    def is_full(self) -> bool:
        """True if a flush has to come before further records."""
        return self._unflushed >= LARGEST_UNFLUSHED

    @property
    def unsent(self) -> int:
        """Records that Kafka has not taken yet."""
        return len(self._producer)

    def limits(self, record: GateLimits) -> None:
        """Produce the limits of the gate."""
        self._write(record, None)

    def _write(self, record: Record, refused: Refused | None) -> None:
        message = Forward(self._encoder.key(record), self._encoder.value(record), None)
        self._produce(self._prefixed(record.TOPIC), message, refused)

    def _produce(
        self,
        topic: str,
        record: Forward,
        refused: Refused | None,
        partition: int | None = ANY_PARTITION,
    ) -> None:
        self._unflushed += _size(record)
        try:
            self._producer.send(
                topic,
                record.value,
                record.key,
                partition=partition,
                headers=record.headers,
                on_delivery=partial(self._report, refused),
            )
        except RecordRefusedError as error:
            if refused is None or error.code not in OF_THE_RECORD:
                raise
            self._refusals.append(partial(refused, error.reason))

    def _report_sent(self, error: KafkaError | None, message: Message) -> None:
        """Handle the report of a message without a callback of its own."""
        if error is not None and error.code() in OF_THE_RECORD:
            self._failed.append(message)
        else:
            self._report(None, error, message)

    def _report(self, refused: Refused | None, error: KafkaError | None, message: Message) -> None:
        if error is None:
            return
        if refused is not None and error.code() in OF_THE_RECORD:
            self._refusals.append(partial(refused, str(error.str())))
        elif not self._failure:
            self._failure = RecordRefusedError(str(message.topic()), error)


def _size(record: Forward) -> int:
    """Return the bytes that a record takes, about."""
    return RECORD_BYTES + size_with_headers(record.key, record.value, record.headers)
