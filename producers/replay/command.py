"""python -m producers replay|completejourney"""

import sys
from pathlib import Path
from typing import Any

import click

from connect.settings import Settings
from connect.shutdown import INTERRUPTED, shutdown_flag
from producers.options import Speed
from producers.replay import completejourney
from producers.replay.dry_run import dry_run
from producers.replay.mapping_file import load_mapping
from producers.replay.replay import Export, open_look_up, replay

PATH = click.Path(path_type=Path)
SPEED = click.option(
    "--speed",
    type=Speed(),
    default="max",
    show_default=True,
    help="Multiple of real time.",
)
UNCHECKED = click.option(
    "--unchecked",
    "is_unchecked",
    is_flag=True,
    help="Do not ask the read model which lines are counted already.",
)
LIMIT = click.option("--limit", type=click.IntRange(min=1), help="Send only the first N lines.")


@click.command("replay")
@click.argument("file", type=PATH)
@click.option(
    "--mapping",
    type=PATH,
    required=True,
    help="TOML file that maps columns to fields; see producers/mappings.",
)
@click.option(
    "--rejects", type=PATH, help="CSV file for rejected lines. [default: FILE.rejects.csv]"
)
@click.option("--dry-run", "is_dry", is_flag=True, help="Show the events, and send nothing.")
@UNCHECKED
@SPEED
@LIMIT
def replay_command(
    file: Path, mapping: Path, rejects: Path | None, is_dry: bool, **options: Any
) -> None:
    """Send a CSV, workbook, JSON or Parquet FILE, also compressed."""
    settings = Settings.from_environment()
    rejects, speed = rejects or _rejects_file(file), options.pop("speed")
    export = Export(file=file, mapping=load_mapping(mapping), rejects=rejects, **options)
    if is_dry:
        counted = open_look_up(settings, export.mapping.zone) if export.is_checked else None
        dry_run(settings, export, counted)
    else:
        _replay(settings, export, speed)


@click.command("completejourney")
@UNCHECKED
@SPEED
@LIMIT
def completejourney_command(speed: float | None, **options: Any) -> None:
    """Fetch a year of a grocer's receipts, 1,469,307 lines, and send it."""
    settings = Settings.from_environment()
    file = completejourney.transactions(settings)
    mapping = load_mapping(completejourney.MAPPING)
    _replay(
        settings,
        Export(file=file, mapping=mapping, rejects=_rejects_file(file), **options),
        speed,
    )


def _rejects_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.rejects.csv")


def _replay(settings: Settings, export: Export, speed: float | None) -> None:
    with shutdown_flag() as stop:
        if not replay(settings, export, speed, stop):
            sys.exit(INTERRUPTED)
