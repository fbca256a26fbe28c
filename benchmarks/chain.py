"""A chain of stores in a read model's database, and movements in it, written as its process does.

There is no Kafka: what the process would read is made here. The database is that of the settings,
INVENTORY_STATE or INVENTORY_DATABASE. To fill it takes 2 minutes; it is moved until the process
is ended.
"""

import time
from collections.abc import Iterable
from itertools import islice

import click
from sqlalchemy import Engine

from benchmarks.chain_records import PRODUCTS, Movements, records
from connect.record_consumer import Received
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.record import Record
from views.database import read_offsets, shelf_queue
from views.database.conflation import Batch
from views.database.engine import open_database, writing
from views.database.read_offsets import Position, Positions
from views.database.tables import TABLES
from views.database.write import write
from views.shelf_upkeep import ShelfUpkeep

BATCH = 10_000
SECONDS = 0.1
"""Time between two batches of movements, as the process of the read model has."""


class Writer:
    """Writes batches and their offsets, as views.follower does."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        self._engine = engine
        self._settings = settings
        with engine.connect() as connection:
            self.positions = read_offsets.load(connection)

    def begin(self) -> None:
        """Say that each topic was read to its end, up to nothing."""
        with writing(self._engine) as connection:
            for record_type in TABLES:
                topic = self._settings.prefixed(record_type.TOPIC)
                position = Position("topic", 0, 0, 0, utc_now(), complete=True)
                read_offsets.replace(connection, topic, {(topic, 0): position})
            self.positions = read_offsets.load(connection)

    def batch(self, changed: Iterable[Record]) -> tuple[Batch, Positions]:
        """Return a batch of records, and the positions after it."""
        now = utc_now()
        after = {at: position._replace(read_at=now) for at, position in self.positions.items()}
        received = []
        for record in changed:
            at = self._settings.prefixed(record.TOPIC), 0
            offset = after[at].next_offset
            after[at] = after[at]._replace(
                next_offset=offset + 1, end_offset=offset + 1, newest_at=now
            )
            received.append(Received(*at, offset, record))
        return Batch(received), after


def fill(settings: Settings, levels: int) -> None:
    """Fill an empty database with a chain."""
    engine = open_database(settings)
    writer = Writer(settings, engine)
    writer.begin()
    every = records(levels, settings)
    while some := list(islice(every, BATCH)):
        batch, after = writer.batch(some)
        with writing(engine) as connection:
            read_offsets.save(connection, writer.positions, after)
            write(connection, batch.changes)
        writer.positions = after
    upkeep, waiting = ShelfUpkeep(settings), True
    while waiting:
        with writing(engine) as connection:
            upkeep(connection, {}, writer.positions)
            waiting = bool(shelf_queue.first(connection, 1))
    engine.dispose()


def move(settings: Settings, levels: int, rate: int) -> None:
    """Write the records of `rate` events a second until the process is ended."""
    engine = open_database(settings)
    writer, upkeep, movements = (
        Writer(settings, engine),
        ShelfUpkeep(settings),
        Movements(levels, settings),
    )
    started, written = time.monotonic(), 0
    while True:
        due = int((time.monotonic() - started) * rate)
        batch, after = writer.batch(
            record for _ in range(due - written) for record in movements.next()
        )
        written = due
        with writing(engine) as connection:
            read_offsets.save(connection, writer.positions, after)
            write(connection, batch.changes)
            upkeep(connection, batch.changes, after)
        writer.positions = after
        time.sleep(SECONDS)


levels_option = click.option(
    "--levels",
    type=click.IntRange(PRODUCTS),
    default=100_000,
    show_default=True,
    help=f"A multiple of {PRODUCTS:,}.",
)


@click.command(help=__doc__)
@click.argument("work", type=click.Choice(["fill", "move"]))
@levels_option
@click.option("--rate", default=200, show_default=True, help="Events a second.")
def main(work: str, levels: int, rate: int) -> None:
    settings = Settings.from_environment()
    if work == "fill":
        fill(settings, levels)
    else:
        move(settings, levels, rate)


if __name__ == "__main__":
    main()
