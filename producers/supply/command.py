"""python -m producers replenish"""

import click

from connect.settings import Settings
from producers.stopping import asked_to_stop
from producers.supply.replenish import replenish


@click.command("replenish")
@click.option(
    "--day-seconds",
    type=click.FloatRange(0),
    default=10.0,
    show_default=True,
    help="How long a day of lead time takes.",
)
def replenish_command(day_seconds: float) -> None:
    """Deliver what runs low, until Ctrl-C."""
    with asked_to_stop() as stop:
        replenish(Settings.from_environment(), day_seconds, stop)
