"""Random deliveries on a simulated clock: public topics, the gate's decisions, accepted topics.

The gate's own code decides (gate.arrival and gate.verdict) and makes the entries of the quarantine
(gate.envelope), at the times of this clock.
"""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Message
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from connect.kafka import Partition
from connect.registry import schema_text
from connect.settings import LONGEST_WAIT_SECONDS, Settings
from gate.accepted_topics import accepted_topic
from gate.arrival import arrival
from gate.envelope import envelope
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
from schemas.record import Record
from schemas.wire import Encoder
from tests.support.oracle import Event
from tests.support.timed_events import timed_event

PARTITIONS = 2
"""Partitions of every topic."""
FIRST_DAY = datetime(2010, 1, 1, 12, tzinfo=UTC)
"""Long ago: Kafka refuses times that are ahead of the machine's clock."""
ANY_PARTITION = -1
"""Leaves the choice to the partitioner."""
NONE = timedelta(0)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
LONGEST_WAIT = timedelta(seconds=LONGEST_WAIT_SECONDS)
LONGEST_FORWARDING = timedelta(hours=12)
"""Time after which the gate ends rather than forward what it has accepted."""
CONFLICTS = 0.1
"""Share of the deliveries that another one with the same event_id and other content follows."""
ORDERS = 0.1
"""Share of these that is an order, which is an event of its own."""
KINDS = (Transaction, Transaction, Shipment, StockCount, StockCount, Adjustment, Transfer)


class Stored(NamedTuple):
    """A record in a partition."""

    record: Any
    """An event, the gate's limits, or another record."""
    partition: Partition
    key: bytes
    value: bytes
    at: datetime
    """Log time."""
    offset: int = 0
    """Offset of an event in its public topic, also of one in an accepted topic."""

    def message(self) -> Message:
        """Return the record as the gate consumes it."""
        topic, number = self.partition
        return Message(
            topic=topic,
            partition=number,
            offset=self.offset,
            key=self.key,
            value=self.value,
            timestamp=(TIMESTAMP_LOG_APPEND_TIME, milliseconds(self.at)),
        )


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
        self.quarantined: list[Stored] = []
        self.judged: dict[Partition, int] = {}
        """Public partition -> number of its records that the gate has read."""
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
                    self._contradict(event, f"{history}", number, limits)
        for event in last:
            self._send(event)
        self._heartbeat(limits)

    def _contradict(self, event: Event, history: str, number: int, limits: Limits) -> None:
        """Send another content of an event, also to another partition, often of another store.

        Of two in different partitions the job may read any first: the ledger has the one that
        counts. What is not in the ledger is in one partition, in which the first counts.
        """
        changes: dict[str, Any] = {"quantity": event.quantity + 1}
        if not isinstance(event, ReplenishmentOrder | Transfer):
            changes["store_id"] = self._chance.choice([f"{history}:north", f"{history}:south"])
            number = self._chance.randrange(PARTITIONS)
            if self._chance.random() < ORDERS:
                number, changes = 0, {"event_id": event.event_id}
                event = self._event(ReplenishmentOrder, history, limits, punctual=True)
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
            message = stored.message()
            arrived = arrival(message, milliseconds(self.now))
            verdict = validators[topic].judged(stored.key, stored.value, arrived)
            if not isinstance(verdict, Forward):
                record = envelope(message, verdict, self.now)
                self.quarantined.append(self.stored(record, ANY_PARTITION, self.now))
                continue
            partition = (accepted_topic(topic), number)
            log = self.accepted[partition]
            at = max([self.now + forwarding, *(last.at for last in log[-1:])])
            log.append(
                stored._replace(partition=partition, key=verdict.key, value=verdict.value, at=at)
            )
        self._waiting.clear()
        self.judged = {partition: len(log) for partition, log in self.public.items()}

    def limits(self, settings: Settings) -> Stored:
        """Return the record that the gate writes before it accepts anything under its limits."""
        record = GateLimits(
            dedup_seconds=settings.dedup_seconds,
            count_seconds=settings.count_seconds,
            applied_at=self.now,
        )
        return self.stored(record, 0, self.now)

    def stored(self, record: Record, number: int, at: datetime, offset: int = 0) -> Stored:
        """Return a record of a partition of its topic, as its producer writes it."""
        key, value = self._encoder.key(record), self._encoder.value(record)
        return Stored(record, (record.TOPIC, number), key, value, at, offset)

    def history_of(self, key: tuple[Any, ...]) -> Iterator[str]:
        """Describe the deliveries to the stores of a key, by log time."""
        history = {text.partition(":")[0] for text in key if isinstance(text, str) and ":" in text}
        logs = [*self.public.values(), *self.accepted.values()]
        for stored in sorted((each for log in logs for each in log), key=lambda each: each.at):
            if stored.record.event_id.partition(":")[0] in history:
                yield f"{stored.at:%m-%d %H:%M:%S} {stored.partition} {stored.record}"

    def _send(self, event: Event, number: int | None = None) -> None:
        """Append an event to a partition of its public topic; default: any."""
        number = self._chance.randrange(PARTITIONS) if number is None else number
        log = self.public[type(event).TOPIC, number]
        stored = self.stored(event, number, self.now, len(log))
        log.append(stored)
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
