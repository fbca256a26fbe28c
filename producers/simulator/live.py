"""A simulated chain, live: its catalogue, its opening stock, then all that happens."""

import time
from collections.abc import Callable
from itertools import islice

import click

from connect.progress import counter
from connect.settings import Settings
from producers.pacing import Pace
from producers.publisher import Publisher
from producers.simulator.history import history
from producers.simulator.opening_stock import opening_stock
from producers.simulator.shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.transport_faults import sendings
from schemas.clock import utc_now
from schemas.generated import (
    Adjustment,
    InventoryLevel,
    Product,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from views.reader import TopicReader

KINDS = [Product, Shipment, Transaction, StockCount, Adjustment, Transfer]
READ_AT_ONCE = 5_000
READ_SECONDS = 0.2
FOLLOW_SECONDS = 0.5
"""Time between two looks at what others have delivered."""


def simulate(settings: Settings, simulation: Simulation, stop: Callable[[], bool]) -> None:
    """Send until asked to stop or until it ends. Raises UserError."""
    catalogue = simulation.catalogue
    shelves = Shelves()
    with Publisher(settings, KINDS) as publisher, counter("lines") as progress:
        for product in catalogue.products:
            publisher.send(product)
        levels = _Levels(settings)
        known = levels.known(shelves, stop)
        opened = _open(publisher, simulation, shelves, known) if not stop() else 0
        click.echo(
            f"{len(catalogue.products)} products in {len(catalogue.stores)} stores; "
            f"opened stock for {opened} of {len(catalogue.products) * len(catalogue.stores)} "
            f"shelves; the tills sell {simulation.habits.rate:g} lines/s."
        )
        task = progress.add_task("selling", total=None)
        pace = Pace(publisher, stop)
        happenings = history(simulation, shelves, supplied=False)
        for sending in sendings(islice(happenings, simulation.events), simulation):
            if not pace.wait_until(sending.seconds):
                break
            publisher.send(sending.event)
            progress.advance(task)
            levels.follow(shelves)
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


class _Levels:
    """What the job says of the shelves: those of an earlier run, and what others deliver."""

    def __init__(self, settings: Settings) -> None:
        self._reader = TopicReader(settings, [InventoryLevel])
        self._next = 0.0

    def known(self, shelves: Shelves, stop: Callable[[], bool]) -> set[tuple[str, str]]:
        """Take over every shelf that has a level; their keys."""
        known: set[tuple[str, str]] = set()
        while not self._reader.caught_up and not stop():
            for level in self._reader.read(READ_AT_ONCE, READ_SECONDS):
                assert isinstance(level, InventoryLevel)
                shelves.find(level)
                known.add(level.key())
        return known

    def follow(self, shelves: Shelves) -> None:
        if time.monotonic() < self._next:
            return
        for level in self._reader.read(READ_AT_ONCE, 0):
            assert isinstance(level, InventoryLevel)
            shelves.follow(level)
        self._next = time.monotonic() + FOLLOW_SECONDS

    def close(self) -> None:
        self._reader.close()
