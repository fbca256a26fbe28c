"""python -m producers simulate"""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import click

from connect.errors import UserError
from connect.part_log import log_of
from connect.part_status import served
from connect.settings import Settings
from connect.shutdown import shutdown_flag
from producers.options import POSITIVE, SHARE, Moment
from producers.simulator.batch import simulate_fast
from producers.simulator.behaviour import Behaviour
from producers.simulator.catalogue import Catalogue, catalogue
from producers.simulator.live import simulate
from producers.simulator.simulation import Simulation
from schemas.clock import utc_now

DAY = timedelta(days=1)
EVENTS_A_LINE = 1.35
"""Events for each line of the rate by default: rushes, orders and deliveries included."""
SECONDS = click.FloatRange(0)
USUAL = Behaviour()
F = TypeVar("F", bound=Callable[..., Any])


def _behaviour_option(name: str, kind: click.FloatRange, text: str) -> Callable[[F], F]:
    option = "--" + name.replace("_", "-")
    return click.option(
        option, type=kind, default=getattr(USUAL, name), show_default=True, help=text
    )


@click.command("simulate")
@click.option(
    "--speed",
    type=click.Choice(["live", "max"]),
    default="live",
    show_default=True,
    help="live: in real time, supplied by `producers replenish`. max: a bounded history of about "
    "a day on its own clock, with its own supplier, at full speed; the same options give the "
    "same events in every field.",
)
@click.option(
    "--rate",
    type=POSITIVE,
    help="Receipt lines a second. [default: from settings; max: --events in about a day]",
)
@click.option("--stores", type=click.IntRange(1, 10_000), default=6, show_default=True)
@click.option("--skus", type=click.IntRange(1, 100_000), default=240, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another chain.")
@click.option(
    "--start",
    type=Moment(),
    help="Time at which the tills open; part of every id. [default: now; max: the start of "
    "yesterday, UTC, so that no event is older than the dedup horizon when it is sent]",
)
@click.option(
    "--events",
    type=click.IntRange(1),
    help="End after this many events, and their delayed and repeated deliveries. Products, "
    "opening stock and repeats do not count. Required by max.",
)
@click.option(
    "--history-days",
    type=click.IntRange(0, 365),
    default=0,
    show_default=True,
    help="Live: days of history to send first, if no topic has events yet.",
)
@click.option(
    "--oracle",
    type=click.Path(path_type=Path, dir_okay=False),
    help="With max: write the levels that must follow from the events, if there are no others, "
    "as CSV.",
)
@_behaviour_option("burst_every", SECONDS, "Seconds from rush to rush; 0: none.")
@_behaviour_option("burst_factor", POSITIVE, "How many times the rate a rush has.")
@_behaviour_option("returns", SHARE, "Share of receipts that take goods back.")
@_behaviour_option("discounts", SHARE, "Share of lines below the shelf price.")
@_behaviour_option("counts", SHARE, "Shelves counted for each line.")
@_behaviour_option("shrinkage", SHARE, "Losses, finds and corrections for each line.")
@_behaviour_option("unrecorded", SHARE, "Share of losses and finds without an event.")
@_behaviour_option("transfers", SHARE, "Transfers between stores for each line.")
@_behaviour_option("transfers_late", SHARE, "Share of transfers received late.")
@_behaviour_option("transfers_short", SHARE, "Share of transfers received short, or not at all.")
@_behaviour_option("orders_cancelled", SHARE, "With max: share of orders cancelled.")
@_behaviour_option("deliveries_late", SHARE, "With max: share of orders delivered late.")
@_behaviour_option("deliveries_short", SHARE, "With max: share of orders delivered short.")
@_behaviour_option("deliveries_split", SHARE, "With max: share of orders delivered in two parts.")
@_behaviour_option("duplicates", SHARE, "Share of events that are sent twice.")
@_behaviour_option("late", SHARE, "Share of events that are sent late.")
@click.option(
    "--late-seconds",
    type=SECONDS,
    help=f"Longest delay of a late event. [default: {USUAL.late_seconds:g}; max: a day]",
)
@_behaviour_option("clock_skew", SECONDS, "Largest error of a till's clock in seconds.")
def simulate_command(
    speed: str, stores: int, skus: int, seed: int, history_days: int, **options: Any
) -> None:
    """Run a simulated chain of groceries until Ctrl-C or to its end."""
    live = speed == "live"
    with log_of("simulate") if live else nullcontext():
        _simulate(live, catalogue(seed, stores, skus), seed, history_days, options)


def _simulate(
    live: bool, goods: Catalogue, seed: int, history_days: int, options: dict[str, Any]
) -> None:
    settings = Settings.from_environment()
    events, start, oracle = (options.pop(name) for name in ("events", "start", "oracle"))
    if not live and not events:
        raise UserError("--speed max needs an end: add --events, such as --events 500000.")
    if live and oracle:
        raise UserError("--oracle knows the deliveries of its own supplier only: add --speed max.")
    defaults = {"rate": settings.sales_rate} if live else _day(events)
    given = {name: value for name, value in options.items() if value is not None}
    simulation = Simulation(
        catalogue=goods,
        behaviour=Behaviour(**defaults | given),
        seed=seed,
        start=start or (utc_now() if live else _yesterday()),
        events=events,
    )
    with shutdown_flag() as stop:
        if live:
            with served(settings, "simulate") as status:
                simulate(settings, simulation, history_days, status, status.noting(stop))
        else:
            simulate_fast(settings, simulation, oracle, stop)


def _day(events: int) -> dict[str, float]:
    seconds = DAY.total_seconds()
    return {"rate": events / EVENTS_A_LINE / seconds, "late_seconds": seconds}


def _yesterday() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - DAY
