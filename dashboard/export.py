"""python -m dashboard.export [--store S] > levels.csv"""

import sys
from collections.abc import Sequence

import click
from sqlalchemy import Engine

from connect.errors import UserError
from connect.safe_text import for_terminal
from connect.settings import Settings
from dashboard.queries.exported_levels import levels
from dashboard.queries.gaps import gaps
from dashboard.queries.store_list import known_stores
from dashboard.text import spreadsheet
from schemas.clock import utc_now
from schemas.generated import OpenOrder, OpenTransfer, SalesByDay
from views.database.engine import database_answers, open_database
from views.database.read_offsets import load
from views.read_freshness import STOPPED_AFTER, freshness, is_useful

NAMED = 10


@click.command(help="Print the current levels as CSV, sorted by store and SKU.")
@click.option("--store", help="Only this store, by its store_id.")
@click.option(
    "--raw",
    is_flag=True,
    help="Write text unchanged. By default, text that a spreadsheet would run as a formula "
    "(= + - @ at the beginning of a cell) is prefixed with '.",
)
def main(store: str | None, raw: bool) -> None:
    settings = Settings.from_environment()
    engine = open_database(settings)
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    with database_answers(settings):
        require_read(engine, settings)
        if store is not None:
            require_store(store, tuple(known_stores(engine)))
        file = _Terminal() if sys.stdout.isatty() else sys.stdout
        spreadsheet.write(levels(engine, store), file, raw)


def require_read(engine: Engine, settings: Settings) -> None:
    """Name what is old, skipped or missing.

    Raises UserError while levels or products are not all read.
    """
    with engine.connect() as connection:
        topics = freshness(load(connection))
    if not is_useful(topics, settings.prefixed):
        raise UserError(
            "The read model has not yet read all levels and products: "
            "see `.venv/bin/python -m views status`, then try again."
        )
    missing = gaps(engine, settings)
    warnings = [
        f"Missing topic {each.TOPIC}: its columns are empty."
        for each in (OpenOrder, OpenTransfer, SalesByDay)
        if each in missing.missing
    ]
    warnings += [
        f"Skipped {count} records of {topic} that cannot be decoded."
        for topic, count in missing.undecodable.items()
    ]
    warnings += [
        f"Not yet read: {each.behind} records of {each.topic}." for each in topics if each.behind
    ]
    read_at = min(each.read_at for each in topics)
    if utc_now() - read_at > STOPPED_AFTER:
        warnings.append(
            f"The read model has read nothing since {read_at:%Y-%m-%d %H:%M:%S} UTC: these levels "
            "are from then."
        )
    for warning in warnings:
        click.echo(warning, err=True)


def require_store(store: str, stores: Sequence[str]) -> None:
    """Raise UserError for a store that the database does not have, unless it has none."""
    if stores and store not in stores:
        more = f" and {len(stores) - NAMED} more" if len(stores) > NAMED else ""
        raise UserError(
            f"--store: no levels of store {store!r}; choose one of "
            f"{', '.join(stores[:NAMED])}{more}."
        )


class _Terminal:
    """Standard output that is a terminal, which must not obey what a name contains."""

    def write(self, text: str) -> None:
        sys.stdout.write(for_terminal(text))


if __name__ == "__main__":
    main(prog_name="python -m dashboard.export")
