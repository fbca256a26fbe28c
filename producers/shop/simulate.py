"""A simulated chain, live: its catalogue, its opening stock, then its tills."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import click

from connect.settings import Settings
from producers.pace import Pace
from producers.progress import counter
from producers.publisher import Publisher
from producers.shop.catalogue import Catalogue
from producers.shop.habits import Habits
from producers.shop.opening import opening_stock
from producers.shop.sales import sales
from schemas import rules
from schemas.generated import InventoryLevel, Product, Shipment, Transaction
from views.reader import TopicReader

READ_AT_ONCE = 5_000
READ_SECONDS = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """start: when the tills open, from which the ids of a run are made; events: lines after which
    it ends, None for never.
    """

    catalogue: Catalogue
    habits: Habits
    seed: int
    start: datetime
    events: int | None

    @property
    def run(self) -> str:
        return f"{self.start:%Y%m%dT%H%M%S}{self.start.microsecond // 1000:03d}"


def simulate(settings: Settings, simulation: Simulation, stop: Callable[[], bool]) -> None:
    """Send until asked to stop or until it ends. Raises Problem."""
    catalogue, habits = simulation.catalogue, simulation.habits
    with Publisher(settings, [Product, Shipment, Transaction]) as publisher, counter() as progress:
        for product in catalogue.products:
            publisher.send(product)
        opened = _open(settings, publisher, catalogue, simulation.seed, stop)
        click.echo(
            f"{len(catalogue.products)} products in {len(catalogue.stores)} stores; "
            f"opened stock for {opened} of {len(catalogue.products) * len(catalogue.stores)} "
            f"shelves; the tills sell {habits.rate:g} lines/s."
        )
        task = progress.add_task("selling", total=None)
        pace = Pace(publisher, stop)
        lines = sales(catalogue, habits, simulation.seed, simulation.start, simulation.run)
        for sending in islice(lines, simulation.events):
            if not pace.wait_until(sending.seconds):
                break
            publisher.send(sending.line)
            progress.advance(task)
    click.echo(f"{publisher.account}.")


def _open(
    settings: Settings,
    publisher: Publisher,
    catalogue: Catalogue,
    seed: int,
    stop: Callable[[], bool],
) -> int:
    known = _known(settings, stop)
    if stop():
        return 0
    opened = 0
    for shipment in opening_stock(catalogue, seed, known, rules.now()):
        publisher.send(shipment)
        opened += 1
    publisher.flush()
    return opened


def _known(settings: Settings, stop: Callable[[], bool]) -> set[tuple[str, str]]:
    """Keys that have a level."""
    reader = TopicReader(settings, [InventoryLevel])
    known: set[tuple[str, str]] = set()
    while not reader.caught_up and not stop():
        for level in reader.read(READ_AT_ONCE, READ_SECONDS):
            assert isinstance(level, InventoryLevel)
            known.add(level.key())
    reader.close()
    return known
