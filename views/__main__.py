"""python -m views [status | rebuild]: the process of the read model."""

from collections.abc import Mapping
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from connect.part_log import log_of
from connect.part_status import served
from connect.safe_text import for_terminal
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import InventoryLevel
from schemas.record import Record
from views.database.conflation import Changes
from views.database.delays import note
from views.database.engine import database_answers, open_database, writing
from views.database.migrate import prepare_tables
from views.database.read_offsets import Position, Positions, load, of_topic
from views.database.tables import METADATA
from views.heartbeat_watch import HeartbeatWatch
from views.read_freshness import freshness, sentence
from views.read_model_process import ReadModel
from views.read_model_report import ReadModelReport
from views.shelf_upkeep import ShelfUpkeep

AllChanges = Mapping[type[Record], Changes]
KEPT = ("acknowledgements", "delays", "heartbeats")
"""Tables that no topic could fill again."""


@click.group(invoke_without_command=True)
@click.pass_context
def main(context: click.Context) -> None:
    """Follow the published topics and keep them in the database, until Ctrl-C."""
    if context.invoked_subcommand is None:
        with log_of("views"):
            _run(Settings.from_environment())


def _run(settings: Settings) -> None:
    with served(settings, "views") as status, HeartbeatWatch(settings) as watch:
        beats, turn = lambda: watch.newest, status.turn
        upkeep, are_new = ShelfUpkeep(settings), NewLevels()
        topic = settings.prefixed(InventoryLevel.TOPIC)

        def derive(connection: Connection, changes: AllChanges, positions: Positions) -> None:
            upkeep(connection, changes, positions)
            levels, is_news = changes.get(InventoryLevel), are_new(of_topic(positions, topic))
            if levels is not None:
                if is_news:
                    note_delay(connection, levels)
                watch.see_levels(levels, is_news)

        read_model = ReadModel(settings, derive, beats, turn)
        status.report = ReadModelReport(settings, read_model, watch)
        read_model.run()


class NewLevels:
    """Tells levels that the job has just written from those that are read first, or again."""

    def __init__(self) -> None:
        self._is_read = False
        """True if all levels had been read before this batch."""

    def __call__(self, positions: Mapping[int, Position]) -> bool:
        """Return True if the levels of a batch are new. positions: of their topic, after it."""
        was_read, partitions = self._is_read, positions.values()
        self._is_read = all(each.complete and not each.rereading for each in partitions)
        return was_read and self._is_read


def note_delay(connection: Connection, levels: Changes) -> None:
    """Note how old the newest movement is when new levels are written."""
    moved: Any = levels.newest.values()
    note(connection, (each.last_movement_at for each in moved), utc_now())


@main.command()
def status() -> None:
    """Print up to when each topic has been read, and how far it is behind."""
    settings = Settings.from_environment()
    engine = open_database(settings)
    with database_answers(settings), engine.connect() as connection:
        topics = freshness(load(connection))
    table = Table("topic", "read up to (UTC)", "newest record (UTC)", box=None, pad_edge=False)
    for column in ("to read", "skipped"):
        table.add_column(column, justify="right")
    for each in topics:
        newest = f"{each.newest_at:%Y-%m-%d %H:%M:%S}" if each.newest_at else "-"
        read_at = f"{each.read_at:%Y-%m-%d %H:%M:%S}" if each.complete else "not yet to its end"
        table.add_row(each.topic, read_at, newest, f"{each.behind:,}", f"{each.undecodable:,}")
    Console().print(table)
    click.echo(for_terminal(f"The read model {sentence(topics)}."))


@main.command()
def rebuild() -> None:
    """Delete all rows; the running process then reads the topics from their start."""
    settings = Settings.from_environment()
    filled_by_topics = [each for each in METADATA.sorted_tables if each.name not in KEPT]
    engine = open_database(settings, fills=True)
    with database_answers(settings), writing(engine) as connection:
        METADATA.drop_all(connection, filled_by_topics)
        prepare_tables(connection, lambda each: settings.prefixed(each.TOPIC), empties=True)
    click.echo(
        "The tables are empty. The process of the read model fills them again, levels first: "
        "see `.venv/bin/python -m views status`."
    )


if __name__ == "__main__":
    main(prog_name="python -m views")
