"""The gate at work: take, judge, hand on, commit.

At least once: an offset is committed only when what came before it has been delivered, so that
a crash repeats at most the last COMMIT_SECONDS. The job knows repeats by their event_id, and a
quarantined record has its coordinates as its key.
"""

from collections import Counter, deque
from collections.abc import Callable
from time import monotonic
from typing import NamedTuple

from confluent_kafka import Message

from connect import kafka, registry
from connect.settings import Settings
from gate import accepted_topics
from gate.consumer import GateConsumer, Partition, place_of
from gate.envelope import headers_of, timestamp
from gate.forwarder import Forwarder
from gate.schema_cache import RegistryUnavailableError, SchemaCache, fetch_from
from gate.verdict import Limits, RecordValidator
from schemas.generated import EVENTS, QuarantinedRecord
from schemas.wire import Encoder

COMMIT_SECONDS = 1.0
AGAIN_SECONDS = 0.5
"""How long held records wait before the registry is asked again."""
IDLE_SECONDS = 0.5
SETTLE_SECONDS = 5.0


class _Lane(NamedTuple):
    """What is done with the records of one public topic."""

    judge: RecordValidator
    accepted: str


class Gate:
    """name: see GateConsumer.

    Raises UserError when Kafka, the registry, a topic or a schema is not there.
    """

    def __init__(self, settings: Settings, name: str) -> None:
        accepted_topics.prepare(kafka.admin(settings), EVENTS)
        schemas = registry.client(settings)
        self._texts = SchemaCache(fetch_from(settings))
        limits = Limits.of(settings)
        self._lanes = {
            each.TOPIC: _Lane(
                RecordValidator(
                    each,
                    registry.schema_id(schemas, f"{each.TOPIC}-key", each.KEY_SCHEMA),
                    self._texts,
                    limits,
                ),
                accepted_topics.accepted_topic(each.TOPIC),
            )
            for each in EVENTS
        }
        ids = {
            (subject, text): registry.schema_id(schemas, subject, text)
            for subject, text in (
                (f"{QuarantinedRecord.TOPIC}-key", QuarantinedRecord.KEY_SCHEMA),
                (f"{QuarantinedRecord.TOPIC}-value", QuarantinedRecord.SCHEMA),
            )
        }
        self._outlet = Forwarder(settings, Encoder(lambda subject, text: ids[subject, text]))
        self._inlet = GateConsumer(
            settings, name, self._lanes, lambda: self._outlet.delivered(SETTLE_SECONDS)
        )
        self._held: dict[Partition, deque[Message]] = {}
        """Records, in order, of partitions whose first awaits the registry's answer."""
        self.accepted = 0
        self.quarantined: Counter[str] = Counter()
        """Records by the reason's code."""

    @property
    def waiting(self) -> int:
        """Records that wait for the registry."""
        return sum(map(len, self._held.values()))

    def run(self, stop: Callable[[], bool], each_turn: Callable[[], None]) -> None:
        """Work until asked to stop, then hand on and commit what has been taken."""
        commit_at = again_at = monotonic()
        while not stop():
            for message in self._inlet.take(AGAIN_SECONDS / 5 if self._held else IDLE_SECONDS):
                self._take(message)
            self._outlet.poll()
            now = monotonic()
            if self._held and now >= again_at:
                self._try_held()
                again_at = now + AGAIN_SECONDS
            if now >= commit_at and self._inlet.uncommitted:
                if self._outlet.delivered(SETTLE_SECONDS):
                    self._inlet.commit()
                commit_at = monotonic() + COMMIT_SECONDS
            each_turn()
        if self._outlet.delivered(SETTLE_SECONDS):
            self._inlet.commit(wait=True)

    def close(self) -> None:
        self._inlet.close()
        self._texts.close()

    def _take(self, message: Message) -> None:
        place = place_of(message)
        if self._inlet.gone:
            self._drop_gone()
        if self._held and place in self._held:
            self._held[place].append(message)
            return
        try:
            self._judge(message, place)
        except RegistryUnavailableError:
            self._inlet.pause(place)
            self._held[place] = deque([message])

    def _judge(self, message: Message, place: Partition) -> None:
        judge, accepted = self._lanes[place[0]]
        refusal = judge.refusal(
            message.key(), message.value(), timestamp(message), headers_of(message)
        )
        if refusal is None:
            self._outlet.accept(message, accepted)
            self.accepted += 1
        else:
            self._outlet.quarantine(message, refusal)
            self.quarantined[refusal.reason] += 1
        self._inlet.passed(place, message)

    def _try_held(self) -> None:
        self._drop_gone()
        for place, messages in list(self._held.items()):
            try:
                while messages:
                    self._judge(messages[0], place)
                    messages.popleft()
            except RegistryUnavailableError:
                continue
            del self._held[place]
            self._inlet.resume(place)

    def _drop_gone(self) -> None:
        for place in self._inlet.gone:
            self._held.pop(place, None)
        self._inlet.gone.clear()
