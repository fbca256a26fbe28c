"""python -m dashboard.export [--store S] > levels.csv"""

import gc
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from time import monotonic
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from connect.errors import UserError
from connect.settings import Settings
from dashboard.feed.source import NEEDED, opened
from dashboard.feed.store_tables import StoreTables
from dashboard.model.shelf import Line
from dashboard.model.snapshot import Store
from dashboard.text import spreadsheet

BATCH = 10_000
PATIENCE_SECONDS = 30.0
SHOW_PROGRESS_AFTER = 2.0
NAMED = 10


@click.command(help="Print the current levels as CSV, sorted by store and SKU.")
@click.option("--store", help="Only this store, by its store_id.")
@click.option(
    "--raw",
    is_flag=True,
    help="Write text unchanged. By default, text that a spreadsheet would run as a formula "
    "(it begins with = + - @) is prefixed with '.",
)
def main(store: str | None, raw: bool) -> None:
    gc.disable()  # takes a third of the time for 600,000 levels, and frees nothing
    stores = one_store(read(Settings.from_environment()), store)
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    spreadsheet.write(in_order(stores), sys.stdout, raw)


def read(settings: Settings) -> Mapping[str, Store]:
    """Read the topics from their beginning to their end; return the stores by id.

    Raises UserError when a service or topic is missing, or after PATIENCE_SECONDS of silence.
    """
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    source = opened(settings, NEEDED)
    tables = StoreTables(ZoneInfo(settings.time_zone), source.absent)
    with closing(source.reader) as reader:
        task = bar.add_task("reading")
        started = received = monotonic()
        try:
            while not reader.caught_up:
                records = reader.read(BATCH, 0.2)
                now = datetime.now(UTC)
                for record in records:
                    tables.put(record, now)
                received = monotonic() if records else received
                if monotonic() - received > PATIENCE_SECONDS:
                    raise UserError(
                        f"Kafka at {settings.kafka_servers} has sent nothing for "
                        f"{PATIENCE_SECONDS:.0f} s, and not all levels are read: check it with "
                        "`make status`, then try again."
                    )
                if monotonic() - started > SHOW_PROGRESS_AFTER:
                    bar.start()
                    bar.update(task, description=f"reading: {tables.levels_read:,} levels")
        finally:
            if bar.live.is_started:
                bar.stop()
        for topic, count in reader.undecodable.items():
            click.echo(f"Skipped {count} records of {topic} that cannot be decoded.", err=True)
    for record_type in source.absent:
        click.echo(f"Missing topic {record_type.TOPIC}: its columns are empty.", err=True)
    return tables.stores(datetime.now(UTC))


def one_store(stores: Mapping[str, Store], store: str | None) -> Mapping[str, Store]:
    """Select one store, or all for None. Raises UserError for a store without levels."""
    if store is None or not stores:
        return stores
    if store not in stores:
        more = f" and {len(stores) - NAMED} more" if len(stores) > NAMED else ""
        raise UserError(
            f"--store: no levels of store {store!r}; choose one of "
            f"{', '.join(list(stores)[:NAMED])}{more}."
        )
    return {store: stores[store]}


def in_order(stores: Mapping[str, Store]) -> Iterator[Line]:
    """Yield the lines sorted by store, then SKU."""
    for store in stores.values():
        yield from sorted(store.lines(), key=lambda line: line.level.sku)


if __name__ == "__main__":
    main(prog_name="python -m dashboard.export")
