"""A live simulated chain: its catalogue, its history or opening stock, then its events."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import islice
from zoneinfo import ZoneInfo

import click
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from connect import kafka
from connect.errors import UserError
from connect.progress import counter
from connect.settings import Settings
from connect.topics import require_topics
from producers.pacing import Pace
from producers.publisher import Publisher
from producers.simulator.history import history
from producers.simulator.opening_stock import opening_stock
from producers.simulator.outstanding_orders import OutstandingOrders
from producers.simulator.past import past, past_events
from producers.simulator.shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.transport_faults import sendings
from schemas.clock import utc_now
from schemas.generated import (
    EVENTS,
    InventoryLevel,
    OpenOrder,
    Product,
    Shipment,
)
from views.reader import TopicReader

RECORD_TYPES = [Product, *EVENTS]
READ_LIMIT = 5_000
READ_SECONDS = 0.2
FOLLOW_SECONDS = 0.5
"""Seconds between two reads of the deliveries of others."""


def simulate(
    settings: Settings, simulation: Simulation, history_days: int, stop: Callable[[], bool]
) -> None:
    """Send events until stopped or until the simulation ends. Raises UserError.

    history_days: days of history that are sent first if no topic has events yet; 0: none.
    """
    catalogue = simulation.catalogue
    shelves = Shelves()
    with Publisher(settings, RECORD_TYPES) as publisher, counter("events") as progress:
        for product in catalogue.products:
            publisher.send(product)
        levels = _Levels(settings)
        known = levels.known(shelves, stop)
        if history_days and not stop() and not known and not _has_events(kafka.admin(settings)):
            _send_past(settings, publisher, simulation, history_days, shelves)
            known = set(shelves)
        opened = _open(publisher, simulation, shelves, known) if not stop() else 0
        click.echo(
            f"{len(catalogue.products)} products in {len(catalogue.stores)} stores; "
            f"opened stock for {opened} of {len(catalogue.products) * len(catalogue.stores)} "
            f"shelves; the tills sell {simulation.behaviour.rate:g} lines/s."
        )
        task = progress.add_task("selling", total=None)
        pace = Pace(publisher, stop)
        timed_events = history(simulation, shelves, supplied=False)
        for sending in sendings(islice(timed_events, simulation.events), simulation):
            if not pace.wait_until(sending.seconds):
                break
            publisher.send(sending.event)
            progress.advance(task)
            for shipment in levels.follow(shelves):
                publisher.send(shipment)
        levels.close()
    click.echo(f"{publisher.account}.")


def _open(
    publisher: Publisher,
    simulation: Simulation,
    shelves: Shelves,
    known: set[tuple[str, str]],
) -> int:
    opened = 0
    for shipment in opening_stock(simulation.catalogue, simulation.seed, known, utc_now()):
        shelves.open(shipment)
        publisher.send(shipment)
        opened += 1
    publisher.flush()
    return opened


def _send_past(
    settings: Settings, publisher: Publisher, live: Simulation, days: int, shelves: Shelves
) -> None:
    limit = timedelta(seconds=settings.count_seconds) if settings.count_seconds else None
    events = past_events(past(live, days, ZoneInfo(settings.time_zone), limit), shelves)
    before = publisher.sent
    for event in events:
        publisher.send(event)
    publisher.flush()
    click.echo(f"Sent {publisher.sent - before:,} events of the last {days} days.")


def _has_events(admin: AdminClient) -> bool:
    counts = require_topics(admin, [event.TOPIC for event in EVENTS])
    latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]
    ends = admin.list_offsets(
        {
            TopicPartition(topic, partition): latest
            for topic, count in counts.items()
            for partition in range(count)
        },
        request_timeout=kafka.ANSWER_SECONDS,
    )
    try:
        return any(end.result().offset for end in ends.values())
    except KafkaException as error:
        raise UserError(
            f"Kafka did not return the offsets of the event topics ({error.args[0].str()}): check "
            "that the broker is healthy, then try again."
        ) from None


class _Levels:
    """Levels and open orders of the job: those of an earlier run, and deliveries of others."""

    def __init__(self, settings: Settings) -> None:
        self._reader = TopicReader(settings, [InventoryLevel, OpenOrder])
        self._orders = OutstandingOrders()
        self._next = 0.0

    def known(self, shelves: Shelves, stop: Callable[[], bool]) -> set[tuple[str, str]]:
        """Take over every shelf that has a level, and return their keys."""
        known: set[tuple[str, str]] = set()
        while not self._reader.caught_up and not stop():
            for record in self._reader.read(READ_LIMIT, READ_SECONDS):
                if isinstance(record, InventoryLevel):
                    shelves.restore(record)
                    known.add(record.key())
                elif isinstance(record, OpenOrder):
                    self._orders.put(record, utc_now())
        return known

    def follow(self, shelves: Shelves) -> Iterator[Shipment]:
        """Add the deliveries of others to the shelves; yield due deliveries of the history."""
        if time.monotonic() < self._next:
            return
        for record in self._reader.read(READ_LIMIT, 0):
            if isinstance(record, InventoryLevel):
                shelves.follow(record)
            elif isinstance(record, OpenOrder):
                self._orders.put(record, utc_now())
        self._next = time.monotonic() + FOLLOW_SECONDS
        yield from self._orders.deliveries(utc_now())

    def close(self) -> None:
        self._reader.close()
