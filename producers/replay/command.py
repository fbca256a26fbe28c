"""python -m producers replay|completejourney"""

import sys
from pathlib import Path

import click

from connect.settings import Settings
from connect.shutdown import INTERRUPTED, shutdown_flag
from producers.options import Speed
from producers.replay import completejourney
from producers.replay.mapping_file import load
from producers.replay.replay import Export, replay

PATH = click.Path(path_type=Path)
SPEED = click.option(
    "--speed",
    type=Speed(),
    default="max",
    show_default=True,
    help="How many times as fast as it happened.",
)
MOST = click.option(
    "--limit", "most", type=click.IntRange(min=1), help="Send only so many lines, the first."
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
@MOST
def replay_command(
    file: Path, mapping: Path, rejects: Path | None, speed: float | None, most: int | None
) -> None:
    """Send a CSV (also compressed) or Parquet FILE."""
    rejects = rejects or _beside(file)
    export = Export(file=file, mapping=load(mapping), rejects=rejects, most=most)
    _replay(Settings.from_environment(), export, speed)


@click.command("completejourney")
@SPEED
@MOST
def completejourney_command(speed: float | None, most: int | None) -> None:
    """Fetch a year of a grocer's receipts, 1,469,307 lines, and send it."""
    settings = Settings.from_environment()
    file = completejourney.transactions(settings)
    mapping = load(completejourney.MAPPING)
    _replay(settings, Export(file=file, mapping=mapping, rejects=_beside(file), most=most), speed)


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.rejects.csv")


def _replay(settings: Settings, export: Export, speed: float | None) -> None:
    with shutdown_flag() as stop:
        if not replay(settings, export, speed, stop):
            sys.exit(INTERRUPTED)
