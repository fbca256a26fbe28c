"""A bounded simulation at full speed, on its own clock and with its own supplier."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import chain, islice
from pathlib import Path
from typing import TextIO

import click

from audit.levels import ExpectedLevels
from connect.errors import UserError
from connect.progress import bar
from connect.settings import PREFIX, Settings
from contracts.publisher import Publisher
from producers.simulator.history import history
from producers.simulator.level_csv import write_levels
from producers.simulator.opening_stock import opening_stock
from producers.simulator.simulated_shelves import Shelves
from producers.simulator.simulation import Simulation
from producers.simulator.transport_faults import Sending, sendings
from schemas.clock import utc_now
from schemas.generated import EVENTS, Product, Store

RECORD_TYPES = [Store, Product, *EVENTS]
CHECK_EVERY = 1_000
"""Events between two updates of the progress bar and checks for a shutdown."""


def bounded(simulation: Simulation) -> Iterator[Sending]:
    """Yield the opening stock, then the events in the order in which they are sent.

    The same simulation yields the same events in every field.
    """
    shelves = Shelves()
    opening: list[Sending] = []
    for shipment in opening_stock(simulation.catalogue, simulation.seed, (), simulation.start):
        shelves.open(shipment)
        opening.append(Sending(0.0, len(opening), shipment, repeat=False))
    timed_events = islice(history(simulation, shelves, supplied=True), simulation.events)
    return chain(opening, sendings(timed_events, simulation))


def simulate_fast(
    settings: Settings,
    simulation: Simulation,
    oracle: Path | None,
    stop: Callable[[], bool],
) -> None:
    """Send a bounded simulation and write the levels that must follow. Raises UserError.

    A shutdown ends it early; the levels are then those of the events that were sent.
    """
    _warn_of_age(settings, simulation)
    expected = ExpectedLevels()
    file = _opened(oracle) if oracle else None
    repeats = 0
    with Publisher(settings, RECORD_TYPES) as publisher, bar("lines") as progress:
        for fact in simulation.catalogue.facts:
            publisher.send(fact)
        task = progress.add_task("simulating", total=simulation.events, items=0)
        for sending in bounded(simulation):
            publisher.send(sending.event)
            repeats += sending.repeat
            if file and not sending.repeat:
                expected.add(sending.event)
            if publisher.sent % CHECK_EVERY == 0:
                progress.update(task, completed=publisher.sent - repeats, items=publisher.sent)
                if stop():
                    break
    click.echo(f"{publisher.account}; {repeats:,} were repeats.")
    if file:
        with file:
            write_levels(expected.levels(), file)
        click.echo(f"The expected levels are in {oracle}.")


def _warn_of_age(settings: Settings, simulation: Simulation) -> None:
    horizon = timedelta(seconds=settings.dedup_seconds)
    if horizon and simulation.start < utc_now() - horizon:
        click.echo(
            f"Warning: {simulation.start:%Y-%m-%d} is before the dedup horizon of {horizon}, and "
            "the gate quarantines such events: choose a later --start, or the job's "
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
