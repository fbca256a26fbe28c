"""A till that sends events without pause, and its book of what Kafka has acknowledged.

An event is in the book once its delivery report has come, and not before: what is in the book must
count, once. What was never acknowledged is sent again, as a till does that was started again.
"""

import random
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, Message

from connect.kafka_producer import KafkaProducer
from connect.settings import Settings
from gate.coordinates import RecordCoordinates
from schemas.avro.encode import milliseconds
from schemas.clock import utc_now
from schemas.generated import ReplenishmentOrder, StockCount, Transaction
from schemas.wire import Encoder, IdOf
from tests.support.oracle import Event
from tests.support.poisons import Poison, poisons
from tests.support.running_pipeline import RunningPipeline

RATE = 150
"""Events a second."""
TURN_SECONDS = 0.1
PURGED = (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)
OPTIONS = {
    "linger.ms": 5,
    # Longer than a run: an event that is given up might be in its topic, or not.
    "message.timeout.ms": 900_000,
    "message.max.bytes": 2_000_000,
}
DISORDER_HOURS = 20
NO_BRANCH = b"\0"
"""A field of a widened contract that is null."""
BRIEF = "counted_at"
"""In the name of a poison that is one for a minute only: a count a little ahead of its arrival."""


class Sent(NamedTuple):
    """A message, and what has to become of it."""

    topic: str
    key: bytes | None
    value: bytes | None
    event: Event | None = None
    """None: a poison."""
    reason: str = ""
    """Reason with which the gate quarantines a poison."""


@dataclass
class Book:
    """Everything that Kafka has acknowledged."""

    events: list[Event] = field(default_factory=list)
    """Events that count, repeats included, in the order of their reports."""
    refused: dict[RecordCoordinates, str] = field(default_factory=dict)
    """Coordinates of records that belong in the quarantine -> reason."""
    uncertain: set[bytes | None] = field(default_factory=set)
    """Values of messages whose reports were given up: they may be in their topics once more."""
    poisons: int = 0
    repeats: int = 0


class Till(threading.Thread):
    """Sends random events until it is stopped, and what the nemesis asks for; any thread may call.

    world: makes the events, of stores of its own; ids: schema ids by (subject, schema).
    """

    def __init__(self, world: RunningPipeline, ids: IdOf, chance: random.Random) -> None:
        super().__init__(daemon=True)
        self.book = Book()
        self.failure: BaseException | None = None
        self.wrong_by = timedelta(0)
        """Error of this till's clock."""
        self._world, self._ids, self._chance = world, ids, chance
        self._settings: Settings = world.settings
        self._encoder = Encoder(ids)
        self._widened: bytes | None = None
        """Header of sales of a widened contract."""
        self._unanswered: dict[int, Sent] = {}
        self._number = 0
        self._lock, self._done = threading.RLock(), threading.Event()
        self._producer = KafkaProducer(self._settings, OPTIONS)

    def run(self) -> None:
        begun, due = time.monotonic(), 0
        try:
            while not self._done.wait(TURN_SECONDS):
                with self._lock:
                    expected = int((time.monotonic() - begun) * RATE)
                    self.send(self._world.events(expected - due))
                    due = expected
                    self._producer.poll(0)
        except BaseException as failure:  # noqa: BLE001 - the run raises it
            self.failure = failure

    def stop(self) -> None:
        """Stop sending new events."""
        self._done.set()
        self.join()
        if self.failure:
            raise self.failure

    def settle(self, seconds: float) -> list[str]:
        """Wait until every message is acknowledged; say what is not after `seconds`."""
        end = time.monotonic() + seconds
        while self._unanswered and time.monotonic() < end:
            self._producer.poll(0.1)
        left = Counter(sent.topic for sent in self._unanswered.values())
        return [f"till: {left[topic]:,} events not acknowledged: {topic}" for topic in left]

    def send(self, events: Sequence[Event]) -> None:
        with self._lock:
            wrong_by = self.wrong_by  # of all: a repeat is the same event
            for event in (_moved(each, wrong_by) for each in events):
                value = self._encoder.value(event)
                if self._widened and isinstance(event, Transaction):
                    value = self._widened + value[5:] + NO_BRANCH
                self._produce(Sent(event.TOPIC, self._encoder.key(event), value, event))

    def repeat(self, count: int) -> None:
        """Send acknowledged events once more, in any order."""
        with self._lock:
            known = self.book.events
            again = self._chance.sample(known, min(count, len(known)))
            self.book.repeats += len(again)
            for event in again:
                key, value = self._encoder.key(event), self._encoder.value(event)
                self._produce(Sent(event.TOPIC, key, value, event))

    def disorder(self, count: int) -> None:
        """Send events of the last hours, in any order."""
        with self._lock:
            events = [_earlier(event) for event in self._world.events(count)]
            self.send(self._chance.sample(events, len(events)))

    def poison(self, count: int) -> None:
        """Send some of all kinds of bad records."""
        with self._lock:
            every = [each for each in poisons(self._ids, utc_now()) if _is_lasting(each)]
            for each in self._chance.sample(every, min(count, len(every))):
                self.book.poisons += 1
                self._produce(Sent(each.topic, each.key, each.value, reason=each.reason))

    def restart(self) -> None:
        """Give up what is not acknowledged, and send it again by a new client."""
        with self._lock:
            self._producer.purge(in_queue=True, in_flight=True, blocking=True)
            self._producer.flush(5)
            given_up, self._unanswered = list(self._unanswered.values()), {}
            self._producer = KafkaProducer(self._settings, OPTIONS)
            for sent in given_up:
                self.book.uncertain.add(sent.value)
                self._produce(sent)

    def widen(self, header: bytes) -> None:
        """Write sales by a schema with one more field. header: of their messages."""
        with self._lock:
            self._widened = header

    def _produce(self, sent: Sent) -> None:
        self._number += 1
        self._unanswered[self._number] = sent
        report = partial(self._report, self._number)
        self._producer.send(sent.topic, sent.value, sent.key, on_delivery=report)

    def _report(self, number: int, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            if error.code() not in PURGED:
                self.failure = AssertionError(f"{message.topic()}: {error}")
            return
        sent = self._unanswered.pop(number, None)
        if sent is None:
            return
        reason = sent.reason or _reason(sent.event, message)
        if reason:
            at = (str(message.topic()), int(message.partition() or 0), int(message.offset() or 0))
            self.book.refused[RecordCoordinates(*at)] = reason
        elif sent.event is not None:
            self.book.events.append(sent.event)


def _earlier(event: Event) -> Event:
    """Return an event some hours before: a repeat as long before as the first one."""
    seconds = random.Random(event.event_id).randint(0, DISORDER_HOURS * 3600)
    name = str(type(event).EVENT_TIME)
    changes: Mapping[str, Any] = {name: getattr(event, name) - timedelta(seconds=seconds)}
    return replace(event, **changes)


def _moved(event: Event, by: timedelta) -> Event:
    """Return an event as a till records it whose clock is wrong."""
    if not by:
        return event
    names = (str(type(event).EVENT_TIME), "recorded_at")
    changes: dict[str, Any] = {name: getattr(event, name) + by for name in names}
    return replace(event, **changes)


def _reason(event: Event | None, message: Message) -> str:
    """Return the reason to refuse an event: a count may not be from the future."""
    _, arrived = message.timestamp()
    ahead = 1000 * Settings().count_ahead_seconds
    if isinstance(event, StockCount) and milliseconds(event.counted_at) > arrived + ahead:
        return "time"
    return ""


def _is_lasting(poison: Poison) -> bool:
    """Return True for a poison that is one whenever it arrives, and whatever was counted.

    Kafka's client refuses the largest. A late event that was never counted is no poison.
    """
    if poison.reason == "too_late":
        return poison.topic in (StockCount.TOPIC, ReplenishmentOrder.TOPIC)
    is_brief = BRIEF in poison.name and poison.reason == "time"
    return poison.reason != "too_large" and not is_brief
