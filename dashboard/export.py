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
from dashboard import spreadsheet
from dashboard.shelf import Line
from dashboard.snapshot import Store
from dashboard.source import NEEDED, opened
from dashboard.store_tables import Tables

BATCH = 10_000
PATIENCE_SECONDS = 30.0
SHOW_PROGRESS_AFTER = 2.0
NAMED = 10


@click.command(help="Print the current levels as CSV, sorted by store and SKU, and end.")
@click.option("--store", help="Only this store, by its store_id.")
@click.option(
    "--raw",
    is_flag=True,
    help="Leave text as it is. Without it, text that a spreadsheet would run as a formula "
    "(it begins with = + - @) gets a ' in front.",
)
def main(store: str | None, raw: bool) -> None:
    gc.disable()  # nothing here is garbage before the end: a third of the time for 600,000 levels
    stores = one_store(read(Settings.from_environment()), store)
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    spreadsheet.write(in_order(stores), sys.stdout, raw)


def read(settings: Settings) -> Mapping[str, Store]:
    """All stores, from the topics read from their beginning to where their ends were.

    Raises UserError when something is not there, or falls silent for PATIENCE_SECONDS.
    """
    bar = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TimeElapsedColumn(),
        console=Console(stderr=True),
    )
    source = opened(settings, NEEDED)
    tables = Tables(ZoneInfo(settings.time_zone), source.absent)
    with closing(source.reader) as reader:
        task = bar.add_task("reading")
        started = heard = monotonic()
        try:
            while not reader.caught_up:
                records = reader.read(BATCH, 0.2)
                now = datetime.now(UTC)
                for record in records:
                    tables.put(record, now)
                heard = monotonic() if records else heard
                if monotonic() - heard > PATIENCE_SECONDS:
                    raise UserError(
                        f"Kafka at {settings.kafka_servers} has sent nothing for "
                        f"{PATIENCE_SECONDS:.0f} s before the end of the levels was reached: "
                        "look at it with `make status`, then try again."
                    )
                if monotonic() - started > SHOW_PROGRESS_AFTER:
                    bar.start()
                    bar.update(task, description=f"reading: {tables.levels_read:,} levels")
        finally:
            if bar.live.is_started:
                bar.stop()
        for topic, count in reader.undecodable.items():
            click.echo(f"{count} records of {topic} cannot be decoded: passed over.", err=True)
    for kind in source.absent:
        click.echo(f"Topic {kind.TOPIC} is not there: what it tells is left empty.", err=True)
    return tables.stores(datetime.now(UTC))


def one_store(stores: Mapping[str, Store], store: str | None) -> Mapping[str, Store]:
    """The one asked for, or all. Raises UserError for a store that has no levels."""
    if store is None or not stores:
        return stores
    if store not in stores:
        more = f" and {len(stores) - NAMED} more" if len(stores) > NAMED else ""
        raise UserError(
            f"--store: no levels of store {store!r}; there are levels of "
            f"{', '.join(list(stores)[:NAMED])}{more}."
        )
    return {store: stores[store]}


def in_order(stores: Mapping[str, Store]) -> Iterator[Line]:
    """The lines sorted by store, then SKU."""
    for store in stores.values():
        yield from sorted(store.lines(), key=lambda line: line.level.sku)


if __name__ == "__main__":
    main(prog_name="python -m dashboard.export")
