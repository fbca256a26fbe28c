"""A live simulated chain: its catalogue, its history or opening stock, then its events."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from confluent_kafka import KafkaException

from connect import kafka
from connect.errors import UserError
from connect.part_log import LOG
from connect.part_status import PartStatus
from connect.partition_offsets import END, partition_offsets
from connect.progress import counter
from connect.record_consumer import Tombstone
from connect.settings import Settings
from connect.topics import require_topics
from contracts.publisher import Publisher
from producers.pacing import Pace
from producers.producer_report import ProducerReport
from producers.simulator.history import history
from producers.simulator.incidents import incidents
from producers.simulator.opening_stock import OPENING_PREFIX, opening_stock
from producers.simulator.outstanding_orders import REST, OutstandingOrders
from producers.simulator.outstanding_transfers import OutstandingTransfers
from producers.simulator.past import past, past_events
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.transfers import LAST_PHASES
from producers.simulator.transport_faults import sendings
from schemas.clock import utc_now
from schemas.generated import (
    EVENTS,
    InventoryLevel,
    OpenOrder,
    OpenTransfer,
    Product,
    Shipment,
    Store,
    Transfer,
)
from schemas.record import Record
from views.earlier_events import earlier_events
from views.reader import TopicReader

RECORD_TYPES = [Store, Product, *EVENTS]
ENDS = (REST, *(f":{phase}" for phase in LAST_PHASES))
"""Ends of the event_ids of the last delivery of an order or transfer."""
PREPARES = "It sends products, history and opening stock."
READ_LIMIT = 5_000
READ_SECONDS = 0.2
FOLLOW_SECONDS = 0.5
"""Seconds between two reads of the deliveries of others."""


def simulate(
    settings: Settings,
    simulation: Simulation,
    history_days: int,
    status: PartStatus,
    stop: Callable[[], bool],
) -> None:
    """Send events until stopped or until the simulation ends. Raises UserError.

    history_days: days of history that are sent first if no topic has events yet; 0: none.
    """
    catalogue = simulation.catalogue
    shelves = Shelves()
    with Publisher(settings, RECORD_TYPES) as publisher, counter("events") as progress:
        report = ProducerReport(settings, publisher)
        report.waits_for = PREPARES
        status.report = report
        for fact in catalogue.facts:
            publisher.send(fact)
        levels = _Levels(settings, simulation)
        known = levels.known(shelves, stop)
        if history_days and not stop() and not known and not _has_events(settings):
            before = publisher.sent
            for event in _past(settings, simulation, history_days, shelves):
                status.turn()
                publisher.send(event)
            publisher.flush()
            sent_events = publisher.sent - before
            LOG.info(f"Sent {sent_events:,} events of the last {history_days} days.")
            known = set(shelves)
        sent = _sent_before(settings, simulation, levels, known)
        opened = _open(publisher, simulation, shelves, known, sent) if not stop() else 0
        LOG.info(
            f"{len(catalogue.products)} products in {len(catalogue.stores)} stores; "
            f"opened stock for {opened} of {len(catalogue.products) * len(catalogue.stores)} "
            f"shelves; the tills sell {simulation.behaviour.rate:g} lines/s."
        )
        report.waits_for = ""
        task = progress.add_task("selling", total=None)
        pace = Pace(publisher, stop)
        timed_events = history(simulation, shelves, supplied=False)
        for sending in sendings(islice(timed_events, simulation.events), simulation):
            if not pace.wait_until(sending.seconds):
                break
            publisher.send(sending.event)
            progress.advance(task)
            for event in levels.follow(shelves):
                publisher.send(sent.setdefault(event.event_id, event))
        levels.close()
    LOG.info(f"{publisher.account}.")


def _open(
    publisher: Publisher,
    simulation: Simulation,
    shelves: Shelves,
    known: set[tuple[str, str]],
    sent: dict[str, Any],
) -> int:
    opened = 0
    for opening in opening_stock(simulation.catalogue, simulation.seed, known, utc_now()):
        shipment = sent.get(opening.event_id, opening)
        shelves.open(shipment)
        publisher.send(shipment)
        opened += 1
    publisher.flush()
    return opened


def _sent_before(
    settings: Settings, simulation: Simulation, levels: "_Levels", known: set[tuple[str, str]]
) -> dict[str, Any]:
    """Return the events of an earlier run that may have no effect yet: repeats equal them."""
    stores, products = simulation.catalogue.stores, simulation.catalogue.products
    shelves = {(store.store_id, product.sku) for store in stores for product in products}
    if not levels.outstanding and shelves <= known:
        return {}
    opening = f"{OPENING_PREFIX}{simulation.seed}:"
    return earlier_events(
        settings,
        [Shipment, Transfer],
        levels.newest_movement,
        lambda sent: sent.event_id.startswith(opening) or sent.event_id.endswith(ENDS),
    )


def _past(settings: Settings, live: Simulation, days: int, shelves: Shelves) -> Iterator[Record]:
    """Yield the events of the history, then its incidents."""
    limit = timedelta(seconds=settings.count_seconds) if settings.count_seconds else None
    simulation = past(live, days, ZoneInfo(settings.time_zone), limit)
    yield from past_events(simulation, shelves)
    yield from incidents(simulation, shelves, limit)


def _has_events(settings: Settings) -> bool:
    admin = kafka.admin(settings)
    counts = require_topics(admin, [settings.prefixed(event.TOPIC) for event in EVENTS])
    specs = {(topic, at): END for topic, count in counts.items() for at in range(count)}
    try:
        return any(partition_offsets(admin, specs).values())
    except KafkaException as error:
        raise UserError(
            f"Kafka did not return the offsets of the event topics ({error.args[0].str()}): check "
            "that the broker is healthy, then try again."
        ) from None


class _Levels:
    """Levels and open items of the job: those of an earlier run, and deliveries of others."""

    def __init__(self, settings: Settings, simulation: Simulation) -> None:
        self._reader = TopicReader(settings, [InventoryLevel, OpenOrder, OpenTransfer])
        self._orders = OutstandingOrders()
        self._transfers = OutstandingTransfers(simulation)
        self._next = 0.0
        self.newest_movement: datetime | None = None
        """Time of the newest movement of a level of an earlier run."""

    @property
    def outstanding(self) -> bool:
        """True if an order of the history or a transfer of an earlier run waits for its end."""
        return bool(self._orders or self._transfers)

    def known(self, shelves: Shelves, stop: Callable[[], bool]) -> set[tuple[str, str]]:
        """Take over every shelf that has a level, and return their keys."""
        known: set[tuple[str, str]] = set()
        while not self._reader.caught_up and not stop():
            for record in self._reader.read(READ_LIMIT, READ_SECONDS):
                if isinstance(record, InventoryLevel):
                    shelves.restore(record)
                    known.add(record.key())
                    at = record.last_movement_at
                    self.newest_movement = max(self.newest_movement or at, at)
                else:
                    self._put(record)
        return known

    def follow(self, shelves: Shelves) -> Iterator[Shipment | Transfer]:
        """Add the deliveries of others to the shelves; yield due events of earlier simulations."""
        if time.monotonic() < self._next:
            return
        for record in self._reader.read(READ_LIMIT, 0):
            if isinstance(record, InventoryLevel):
                shelves.follow(record)
            else:
                self._put(record)
        self._next = time.monotonic() + FOLLOW_SECONDS
        yield from self._orders.deliveries(utc_now())
        for leg in self._transfers.ended(utc_now()):
            if leg.phase == "received":
                shelves[leg.to_store, leg.sku].move(leg.quantity)
            yield leg

    def _put(self, record: Record | Tombstone) -> None:
        if isinstance(record, OpenOrder):
            self._orders.put(record, utc_now())
        elif isinstance(record, OpenTransfer):
            self._transfers.put(record, utc_now())
        elif isinstance(record, Tombstone) and record.record_type is OpenOrder:
            self._orders.remove(*record.key)
        elif isinstance(record, Tombstone) and record.record_type is OpenTransfer:
            self._transfers.remove(*record.key)

    def close(self) -> None:
        self._reader.close()
