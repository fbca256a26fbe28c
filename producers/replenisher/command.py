"""python -m producers replenish"""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from connect.part_log import log_of
from connect.part_status import served
from connect.settings import Settings
from connect.shutdown import shutdown_flag
from producers.options import SHARE
from producers.replenisher.ordering_policy import MAX_UNITS, Terms
from producers.replenisher.replenish import replenish
from producers.supplier_behaviour import USUAL, Reliability

TERMS = Terms()
F = TypeVar("F", bound=Callable[..., Any])


def _failure(option: str, name: str, text: str) -> Callable[[F], F]:
    return click.option(
        option, name, type=SHARE, default=getattr(USUAL, name), show_default=True, help=text
    )


@click.command("replenish")
@click.option(
    "--service-level",
    type=click.FloatRange(0.5, 0.9999),
    default=TERMS.service_level,
    show_default=True,
    help="Probability that a shelf does not run empty before its order arrives, if its sales are "
    "known well enough; else the product's own reorder point holds.",
)
@click.option(
    "--pack",
    type=click.IntRange(1, MAX_UNITS),
    default=TERMS.pack,
    show_default=True,
    help="Units of a pack; orders are whole packs.",
)
@click.option(
    "--reorder-point",
    type=click.Choice(["demand", "product"]),
    default="demand",
    show_default=True,
    help="Order at the reorder point that the sales of a shelf ask for, or at the product's own.",
)
@_failure("--orders-cancelled", "cancelled", "Share of orders cancelled.")
@_failure("--deliveries-late", "late", "Share of orders delivered late.")
@_failure("--deliveries-short", "short", "Share of orders delivered short.")
@_failure("--deliveries-split", "split", "Share of orders delivered in two parts.")
def replenish_command(
    service_level: float,
    pack: int,
    reorder_point: str,
    **failures: float,
) -> None:
    """Order what runs low and deliver it, until Ctrl-C.

    INVENTORY_DAY_SECONDS sets how long a day of lead time takes.

    After a restart it continues the open orders. Give it the same options again: they determine
    how each order is delivered.
    """
    with log_of("replenish"):
        settings = Settings.from_environment()
        terms = Terms(
            day_seconds=settings.day_seconds,
            service_level=service_level,
            pack=pack,
            by_demand=reorder_point == "demand",
        )
        with served(settings, "replenish") as status, shutdown_flag() as stop:
            replenish(settings, terms, Reliability(**failures), status, status.noting(stop))
