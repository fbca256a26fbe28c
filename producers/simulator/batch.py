"""A bounded history at full speed: on a clock of its own, with a supplier of its own."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import click

from connect.errors import UserError
from connect.progress import bar
from connect.settings import PREFIX, Settings
from producers.publisher import Publisher
from producers.simulator import expected_levels
from producers.simulator.history import history
from producers.simulator.opening_stock import opening_stock
from producers.simulator.shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.transport_faults import Sending, sendings
from schemas.clock import utc_now
from schemas.generated import EVENTS, Product

KINDS = [Product, *EVENTS]
LOOK_EVERY = 1_000
"""Events between two looks at the terminal, and at a request to stop."""


def bounded(simulation: Simulation) -> Iterator[Sending]:
    """Opening stock, then what happens, in the order in which it is sent, to the last repeat.

    A pure sequence, the same for the same simulation in every field of every event.
    """
    shelves = Shelves()
    opening: list[Sending] = []
    for shipment in opening_stock(simulation.catalogue, simulation.seed, (), simulation.start):
        shelves.open(shipment)
        opening.append(Sending(0.0, len(opening), shipment, repeat=False))
    happenings = islice(history(simulation, shelves, supplied=True), simulation.events)
    return chain(opening, sendings(happenings, simulation))


def simulate_fast(
    settings: Settings,
    simulation: Simulation,
    oracle: Path | None,
    stop: Callable[[], bool],
) -> None:
    """Send a bounded history; write the levels that it must lead to. Raises UserError.

    When asked to stop, it ends early; the levels are then those of what was sent.
    """
    _warn_of_age(settings, simulation)
    kept = expected_levels.Books()
    file = _opened(oracle) if oracle else None
    repeats = 0
    with Publisher(settings, KINDS) as publisher, bar("lines") as progress:
        for product in simulation.catalogue.products:
            publisher.send(product)
        task = progress.add_task("simulating", total=simulation.events, items=0)
        for sending in bounded(simulation):
            publisher.send(sending.event)
            repeats += sending.repeat
            if file and not sending.repeat:
                kept.enter(sending.event)
            if publisher.sent % LOOK_EVERY == 0:
                progress.update(task, completed=publisher.sent - repeats, items=publisher.sent)
                if stop():
                    break
    click.echo(f"{publisher.account}; {repeats:,} were repeats.")
    if file:
        with file:
            expected_levels.write(kept.levels(), file)
        click.echo(f"The levels that follow are in {oracle}.")


def _warn_of_age(settings: Settings, simulation: Simulation) -> None:
    horizon = timedelta(seconds=settings.dedup_seconds)
    if horizon and simulation.start < utc_now() - horizon:
        click.echo(
            f"Warning: {simulation.start:%Y-%m-%d} is before the dedup horizon of {horizon}, and "
            "the job sets such events aside: choose a later --start, or the job's "
            f"{PREFIX}DEDUP_SECONDS=0.",
            err=True,
        )


def _opened(oracle: Path) -> TextIO:
    try:
        return oracle.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise UserError(
            f"--oracle: {oracle} cannot be written ({error.strerror}): name another file."
        ) from None
