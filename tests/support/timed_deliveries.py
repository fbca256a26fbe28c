"""Random deliveries on a simulated clock: public topics, the gate's decisions, accepted topics.

The gate's own code decides (gate.arrival and gate.verdict), at the times of this clock.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Message
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from connect.kafka import Partition
from connect.registry import schema_text
from connect.settings import LONGEST_WAIT_SECONDS, Settings
from gate.accepted_topics import accepted_topic
from gate.arrival import arrival
from gate.verdict import Forward, Limits, RecordValidator
from schemas.avro.encode import EPOCH, MILLISECOND, milliseconds
from schemas.generated import (
    EVENTS,
    Adjustment,
    GateLimits,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.wire import Encoder
from tests.support.oracle import Event
from tests.support.timed_events import timed_event

PARTITIONS = 2
"""Partitions of every topic."""
FIRST_DAY = datetime(2010, 1, 1, 12, tzinfo=UTC)
"""Long ago: Kafka refuses times that are ahead of the machine's clock."""
NONE = timedelta(0)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONGEST_WAIT = timedelta(seconds=LONGEST_WAIT_SECONDS)
LONGEST_FORWARDING = timedelta(hours=12)
"""Time after which the gate ends rather than forward what it has accepted."""
CONFLICTS = 0.1
"""Share of the deliveries that another one with the same event_id and other content follows."""
KINDS = (Transaction, Transaction, Shipment, StockCount, StockCount, Adjustment, Transfer)


class Stored(NamedTuple):
    """A record in a partition."""

    event: Any
    """An event, or the gate's limits."""
    partition: Partition
    key: bytes
    value: bytes
    at: datetime
    """Log time."""

    def timestamp(self) -> tuple[int, int]:
        """Return Kafka's time, as Message.timestamp() does."""
        return TIMESTAMP_LOG_APPEND_TIME, milliseconds(self.at)


class TimedDeliveries:
    """Histories of events side by side, each with its own stores, orders and transfers.

    dedup_seconds: if it is given, producers are trusted, as they must be without a gate: they send
    no event that is older than that, and repeat none.
    """

    def __init__(
        self,
        chance: random.Random,
        histories: int,
        schemas: SchemaRegistryClient,
        dedup_seconds: int | None = None,
    ) -> None:
        self.now = FIRST_DAY
        self.public: dict[Partition, list[Stored]] = defaultdict(list)
        self.accepted: dict[Partition, list[Stored]] = defaultdict(list)
        self._chance = chance
        self._trusted = None if dedup_seconds is None else timedelta(seconds=dedup_seconds)
        self._events: list[list[Event]] = [[] for _ in range(histories)]
        self._waiting: list[Stored] = []
        """Public records that the gate has not read."""
        self._schemas = schemas
        self._encoder = Encoder(self._schema_id)

    def advance(self, settings: Settings) -> None:
        """Move the clock, and let every history send, repeat and contradict a few events.

        The first and the last record of each partition show the time to all other partitions.
        """
        limits = Limits.of(settings)
        last = self._move(limits)
        self._heartbeat(limits)
        for history, events in enumerate(self._events):
            for _ in range(self._chance.randint(0, 3)):
                event = self._repeat(events)
                if event is None:
                    record_type = self._chance.choice((*KINDS, ReplenishmentOrder))
                    event = self._event(record_type, f"{history}", limits)
                    events.append(event)
                number = self._chance.randrange(PARTITIONS)
                self._send(event, number)
                if self._chance.random() < CONFLICTS:
                    self._contradict(event, f"{history}", number)
        for event in last:
            self._send(event)
        self._heartbeat(limits)

    def _contradict(self, event: Event, history: str, number: int) -> None:
        """Send another content of an event, also to another partition, often of another store.

        Of two in different partitions the job may read any first: the ledger has the one that
        counts. What is not in the ledger stays behind the event in its partition.
        """
        changes: dict[str, Any] = {"quantity": event.quantity + 1}
        if not isinstance(event, ReplenishmentOrder | Transfer):
            changes["store_id"] = self._chance.choice([f"{history}:north", f"{history}:south"])
            number = self._chance.randrange(PARTITIONS)
        self._send(replace(event, **changes), number)

    def _move(self, limits: Limits) -> list[Event]:
        """Move the clock; return events that may be repeated at this moment, and not later."""
        jump = self._chance.choice([MINUTE, DAY / 4, DAY, DAY, 2 * DAY, 4 * DAY, 10 * DAY])
        horizon = limits.horizon if self._trusted is None else self._trusted
        edges = [event.recorded_at + horizon for events in self._events for event in events]
        ahead = [edge for edge in edges if horizon and self.now < edge < self.now + 10 * DAY]
        if not ahead or self._chance.random() < 0.3:
            self.now += jump
            return []
        self.now = self._chance.choice(ahead)
        return [
            event
            for events in self._events
            for event in events
            if self.now <= event.recorded_at + horizon < self.now + DAY
        ]

    def _heartbeat(self, limits: Limits) -> None:
        for record_type in EVENTS:
            for number in range(PARTITIONS):
                self._send(self._event(record_type, "clock", limits, punctual=True), number)

    def forward(self, settings: Settings) -> None:
        """Let the gate read what waits for it and forward what it accepts, each at once or late."""
        self.now += self._chance.choice([NONE, NONE, LONGEST_WAIT])
        limits = Limits.of(settings)
        validators = {
            record_type.TOPIC: RecordValidator(
                record_type,
                self._schema_id(f"{record_type.TOPIC}-key", record_type.KEY_SCHEMA),
                lambda schema_id: schema_text(self._schemas, schema_id),
                limits,
            )
            for record_type in EVENTS
        }
        forwarding = self._chance.choice([NONE, NONE, LONGEST_FORWARDING])
        for stored in self._waiting:
            topic, number = stored.partition
            arrived = arrival(cast(Message, stored), milliseconds(self.now))
            verdict = validators[topic].judged(stored.key, stored.value, arrived)
            if isinstance(verdict, Forward):
                log = self.accepted[accepted_topic(topic), number]
                at = max([self.now + forwarding, *(last.at for last in log[-1:])])
                partition = (accepted_topic(topic), number)
                log.append(Stored(stored.event, partition, verdict.key, verdict.value, at))
        self._waiting.clear()

    def limits(self, settings: Settings) -> Stored:
        """Return the record that the gate writes before it accepts anything under its limits."""
        record = GateLimits(
            dedup_seconds=settings.dedup_seconds,
            count_seconds=settings.count_seconds,
            applied_at=self.now,
        )
        key, value = self._encoder.key(record), self._encoder.value(record)
        return Stored(record, (record.TOPIC, 0), key, value, self.now)

    def history_of(self, key: tuple[Any, ...]) -> Iterator[str]:
        """Describe the deliveries to the stores of a key, by log time."""
        history = {text.partition(":")[0] for text in key if isinstance(text, str) and ":" in text}
        logs = [*self.public.values(), *self.accepted.values()]
        for stored in sorted((each for log in logs for each in log), key=lambda each: each.at):
            if stored.event.event_id.partition(":")[0] in history:
                yield f"{stored.at:%m-%d %H:%M:%S} {stored.partition} {stored.event}"

    def _send(self, event: Event, number: int | None = None) -> None:
        """Append an event to a partition of its public topic; default: any."""
        number = self._chance.randrange(PARTITIONS) if number is None else number
        partition = (type(event).TOPIC, number)
        key, value = self._encoder.key(event), self._encoder.value(event)
        stored = Stored(event, partition, key, value, self.now)
        self.public[partition].append(stored)
        self._waiting.append(stored)

    def _repeat(self, events: list[Event]) -> Event | None:
        oldest = FIRST_DAY - 100 * DAY if self._trusted is None else self.now - self._trusted
        recent = [event for event in events if event.recorded_at >= oldest]
        return self._chance.choice(recent) if recent and self._chance.random() < 0.4 else None

    def _event(
        self, record_type: Any, history: str, limits: Limits, punctual: bool = False
    ) -> Event:
        """Return a new event, often at the edge of a limit."""
        chance, earlier = self._chance, 3 * DAY * self._chance.random()
        horizon = (limits.horizon if self._trusted is None else self._trusted) or 30 * DAY
        ages = [NONE, NONE, MINUTE, horizon * chance.random(), horizon, horizon, -DAY]
        if self._trusted is None:
            ages.append(horizon + MILLISECOND)
        recorded = _whole(self.now - chance.choice(ages))
        occurred = _whole(recorded - chance.choice([NONE, MINUTE, 2 * MINUTE, earlier, horizon]))
        count_age = limits.count_age or 30 * DAY
        delays = [
            MINUTE,
            count_age * chance.random(),
            count_age,
            count_age,
            count_age + MILLISECOND,
        ]
        counted = _whole(recorded - chance.choice(delays))
        at = min(counted, self.now + limits.count_ahead) if record_type is StockCount else occurred
        if punctual:
            at = recorded = self.now
        return timed_event(record_type, history, chance, at, recorded)

    def _schema_id(self, subject: str, text: str) -> int:
        return self._schemas.register_schema(subject, Schema(text, "AVRO"))


def _whole(at: datetime) -> datetime:
    return EPOCH + (at - EPOCH) // MILLISECOND * MILLISECOND
