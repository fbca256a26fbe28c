"""python -m producers simulate"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from connect.settings import Settings
from producers.options import POSITIVE, SHARE, Moment
from producers.shop.catalogue import catalogue
from producers.shop.habits import Habits
from producers.shop.simulate import Simulation, simulate
from producers.stopping import asked_to_stop
from schemas.rules import whole_milliseconds

USUAL = Habits()
F = TypeVar("F", bound=Callable[..., Any])


def _habit(name: str, kind: click.FloatRange, text: str) -> Callable[[F], F]:
    option = "--" + name.replace("_", "-")
    return click.option(
        option, type=kind, default=getattr(USUAL, name), show_default=True, help=text
    )


@click.command("simulate")
@click.option("--rate", type=POSITIVE, help="Receipt lines a second. [default: from settings]")
@click.option("--stores", type=click.IntRange(1, 10_000), default=6, show_default=True)
@click.option("--skus", type=click.IntRange(1, 100_000), default=240, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another chain.")
@click.option("--start", type=Moment(), help="When the tills open; ids follow. [default: now]")
@click.option("--events", type=click.IntRange(1), help="Stop after so many lines.")
@_habit("burst_every", click.FloatRange(0), "Seconds from rush to rush; 0: none.")
@_habit("burst_factor", POSITIVE, "How many times the rate a rush has.")
@_habit("returns", SHARE, "Share of receipts that take goods back.")
@_habit("discounts", SHARE, "Share of lines below the shelf price.")
@_habit("duplicates", SHARE, "Share of lines that are sent twice.")
@_habit("late", SHARE, "Share of lines that are sent late.")
@_habit("late_seconds", click.FloatRange(0), "How late at most.")
def simulate_command(stores: int, skus: int, seed: int, rate: float | None, **options: Any) -> None:
    """Sell groceries that never were, until Ctrl-C."""
    settings = Settings.from_environment()
    events, start = options.pop("events"), options.pop("start")
    simulation = Simulation(
        catalogue=catalogue(seed, stores, skus),
        habits=Habits(rate=rate or settings.sales_rate, **options),
        seed=seed,
        start=start or whole_milliseconds(datetime.now(UTC)),
        events=events,
    )
    with asked_to_stop() as stop:
        simulate(settings, simulation, stop)
