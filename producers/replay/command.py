"""python -m producers replay|completejourney"""

import sys
from pathlib import Path

import click

from connect.settings import Settings
from producers.options import Speed
from producers.replay import completejourney
from producers.replay.load import load
from producers.replay.play import Export, replay
from producers.stopping import INTERRUPTED, asked_to_stop

PATH = click.Path(path_type=Path)
SPEED = click.option(
    "--speed",
    type=Speed(),
    default="max",
    show_default=True,
    help="How many times as fast as it happened.",
)


@click.command("replay")
@click.argument("file", type=PATH)
@click.option(
    "--mapping",
    type=PATH,
    required=True,
    help="TOML file: which column is which field; producers/mappings has two.",
)
@click.option("--rejects", type=PATH, help="Where bad lines go. [default: FILE.rejects.csv]")
@SPEED
def replay_command(file: Path, mapping: Path, rejects: Path | None, speed: float | None) -> None:
    """Send a CSV (also compressed) or Parquet FILE."""
    _replay(Settings.from_environment(), file, mapping, rejects, speed)


@click.command("completejourney")
@SPEED
def completejourney_command(speed: float | None) -> None:
    """Fetch a year of a grocer's receipts, 1,469,307 lines, and send it."""
    settings = Settings.from_environment()
    file = completejourney.transactions(settings)
    _replay(settings, file, completejourney.MAPPING, None, speed)


def _replay(
    settings: Settings, file: Path, mapping: Path, rejects: Path | None, speed: float | None
) -> None:
    rejects = rejects or file.with_name(f"{file.name}.rejects.csv")
    export = Export(file=file, mapping=load(mapping), rejects=rejects)
    with asked_to_stop() as stop:
        if not replay(settings, export, speed, stop):
            sys.exit(INTERRUPTED)
