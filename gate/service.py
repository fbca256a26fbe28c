"""The gate's loop: poll, validate, forward or quarantine, commit.

At least once: an offset is committed only when every record before it has been delivered, so a
crash repeats at most COMMIT_SECONDS of work. The job recognises repeats by their event_id, and a
quarantined record's key is its coordinates.
"""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping
from time import monotonic

from confluent_kafka import Message

from connect import registry
from connect.errors import UserError
from connect.kafka import Partition
from connect.message_headers import UnreadableHeadersError
from connect.settings import Settings
from connect.standstill import Observation
from connect.unreadable_batches import UnreadableBatch
from gate import accepted_topics
from gate.accepted_topics import event_types
from gate.consumer import GateConsumer, partition_of
from gate.coordinates import RecordCoordinates
from gate.forwarder import Forwarder
from gate.message_verdict import MessageVerdicts
from gate.partition_progress import observations
from gate.reasons import Reason, Refusal, UndecidedError
from gate.verdict import Forward
from schemas.clock import utc_now
from schemas.generated import GATED, GateLimits, QuarantinedRecord
from schemas.wire import Encoder

COMMIT_SECONDS = 1.0
"""Time between two commits."""
RETRY_SECONDS = 0.02
"""Time between two tries for records that wait."""
IDLE_SECONDS = 0.5
FLUSH_SECONDS = 5.0
OFFSETS_A_TURN = 10_000
"""Records of an unreadable batch that are quarantined before other partitions have their turn: zstd
packs hundreds of thousands into a batch."""


class Gate:
    """A running gate; name: see GateConsumer.

    Raises UserError when Kafka, the registry, a topic or a schema is missing.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        accepted_topics.create_missing(settings, GATED)
        schemas = registry.client(settings)
        self._verdicts = MessageVerdicts(settings, self._was_there_first)
        self._accepted = {
            topic: accepted_topics.accepted_topic(topic, settings.prefix)
            for topic in event_types(settings)
        }
        ids = {
            (subject, schema): registry.schema_id(schemas, settings.prefixed(subject), schema)
            for written in (QuarantinedRecord, GateLimits)
            for subject, schema in (
                (written.KEY_SUBJECT, written.KEY_SCHEMA),
                (written.VALUE_SUBJECT, written.SCHEMA),
            )
        }
        self._forwarder = Forwarder(
            settings, Encoder(lambda subject, text: ids[subject, text]), self._refused
        )
        self._write_limits(settings)
        self._consumer = GateConsumer(
            settings, name, self._accepted, lambda: self._forwarder.flush(FLUSH_SECONDS)
        )
        self._waiting: dict[Partition, deque[Message | UnreadableBatch]] = {}
        """Records, in order, of partitions whose first one waits: see UndecidedError; and parts of
        unreadable batches."""
        self.valid = 0
        """Records that break no rule, those included that their topic has refused."""
        self.completed_keys = 0
        """Accepted records that came without the key that their fields make, or in another form."""
        self.repeats = 0
        """Records that came later than the dedup horizon and are counted already."""
        self.quarantined: Counter[str] = Counter()
        """Quarantined records by the code of the reason."""
        self.positions: Mapping[Partition, tuple[int, int]] = {}
        """Positions at the newest observation: see GateConsumer.positions."""

    @property
    def accepted(self) -> int:
        """Records that were forwarded, or will be."""
        return self.valid - self.quarantined[Reason.UNFORWARDABLE]

    @property
    def unsent(self) -> int:
        """Records that Kafka has not taken yet."""
        return self._forwarder.unsent

    @property
    def flushes(self) -> int:
        """Number of times that Kafka had taken all records."""
        return self._forwarder.flushes

    @property
    def waiting(self) -> int:
        """Records that wait for the registry or the read model."""
        return sum(map(len, self._waiting.values()))

    def run(self, stop: Callable[[], bool], each_turn: Callable[[], None]) -> None:
        """Work until `stop` returns True, then flush and commit."""
        commit_at = monotonic()
        while not stop():
            if not self._forwarder.is_full:
                self._take()
            self._forwarder.poll()
            is_due = monotonic() >= commit_at and self._consumer.uncommitted
            if is_due or self._forwarder.is_full:
                if self._forwarder.flush(COMMIT_SECONDS):
                    self._consumer.commit()
                commit_at = monotonic() + COMMIT_SECONDS
            each_turn()
        if self._forwarder.flush(FLUSH_SECONDS):
            self._consumer.commit(wait=True)

    def _take(self) -> None:
        """Decide on the next records, and again on those that wait."""
        for message in self._consumer.poll(RETRY_SECONDS if self._waiting else IDLE_SECONDS):
            self._process(message)
        if self._waiting:
            self._retry()

    def observations(self, settings: Settings) -> dict[str, Observation]:
        """Return the gate's work, for a StandstillLog."""
        self.positions = self._consumer.positions()
        return observations(settings, self._waiting, self.positions, self._forwarder)

    def close(self) -> None:
        self._consumer.close()
        self._verdicts.close()

    def _was_there_first(self, message: Message) -> bool:
        return self._consumer.was_there_first(message)

    def _write_limits(self, settings: Settings) -> None:
        """Write the limits before anything is accepted under them: see flink.gate_limits."""
        self._forwarder.limits(
            GateLimits(
                dedup_seconds=settings.dedup_seconds,
                count_seconds=settings.count_seconds,
                applied_at=utc_now(),
            )
        )
        if not self._forwarder.flush(FLUSH_SECONDS):
            raise UserError(
                f"Kafka has not stored the limits in {settings.prefixed(GateLimits.TOPIC)} within "
                f"{FLUSH_SECONDS:.0f} s: check that the broker is healthy, then start the gate "
                "again."
            )

    def _process(self, message: Message | UnreadableBatch) -> None:
        partition = partition_of(message)
        if self._consumer.revoked:
            self._drop_revoked()
        if isinstance(message, UnreadableBatch):
            self._hold(partition, message.parts(OFFSETS_A_TURN))
            return
        if self._waiting and partition in self._waiting:
            self._waiting[partition].append(message)
            return
        try:
            self._decide(message, partition)
        except UndecidedError:
            self._hold(partition, [message])

    def _hold(self, partition: Partition, records: Iterable[Message | UnreadableBatch]) -> None:
        """Let records wait behind those of the partition that do."""
        self._consumer.pause(partition)
        self._waiting.setdefault(partition, deque()).extend(records)

    def _decide(self, message: Message | UnreadableBatch, partition: Partition) -> None:
        """Forward or quarantine a message. Raises UndecidedError when it must wait."""
        if isinstance(message, UnreadableBatch):
            self._quarantine_batch(message)
            return
        try:
            judged = self._verdicts.judged(message)
            if type(judged) is Forward:
                self._forwarder.accept(message, judged, self._accepted[partition[0]])
                self.valid += 1
                self.completed_keys += judged.key != message.key()
            elif isinstance(judged, Refusal):
                self._quarantine(message, judged)
            else:
                self.repeats += 1
        except (UndecidedError, UserError):
            raise
        except UnreadableHeadersError as error:
            refusal = Refusal(Reason.UNREADABLE, str(error))
            self._quarantine(message, refusal, headers_readable=False)
        except Exception as error:  # noqa: BLE001 - no record stops the gate
            self._quarantine(message, Refusal(Reason.UNREADABLE, f"the gate fails: {error!r}"))
        self._consumer.processed(partition, message)

    def _refused(self, message: Message, reason: str) -> None:
        """Quarantine an accepted message that its topic does not take."""
        topic = self._accepted[str(message.topic())]
        sentence = f"Kafka does not accept the record for {topic}: {reason}"
        self._quarantine(message, Refusal(Reason.UNFORWARDABLE, sentence))

    def _quarantine(
        self, message: Message, refusal: Refusal, headers_readable: bool = True
    ) -> None:
        self._forwarder.quarantine(message, refusal, headers_readable)
        self.quarantined[refusal.reason] += 1

    def _quarantine_batch(self, batch: UnreadableBatch) -> None:
        """Quarantine each record of a part of a batch that cannot be read, by its coordinates."""
        refusal = Refusal(Reason.UNREADABLE, f"Kafka's client cannot read {batch.reason}")
        for offset in range(batch.first, batch.end):
            coordinates = RecordCoordinates(*batch.partition, offset)
            self._forwarder.quarantine_coordinates(coordinates, refusal)
        self.quarantined[Reason.UNREADABLE] += batch.end - batch.first
        self._consumer.processed(batch.partition, batch)

    def _retry(self) -> None:
        self._drop_revoked()
        for partition, messages in list(self._waiting.items()):
            try:
                while messages:
                    self._decide(messages[0], partition)
                    if isinstance(messages.popleft(), UnreadableBatch):
                        break
            except UndecidedError as reason:
                self._verdicts.request_ahead(messages, reason)
                continue
            if not messages:
                del self._waiting[partition]
                self._consumer.resume(partition)

    def _drop_revoked(self) -> None:
        for partition in self._consumer.revoked:
            self._waiting.pop(partition, None)
        self._consumer.revoked.clear()
