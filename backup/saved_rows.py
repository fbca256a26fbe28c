"""Rows of the read model's database that no topic could fill again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Table, insert, select

from alerts.outbox import MESSAGES, STATES, open_outbox
from connect.errors import UserError
from connect.settings import PREFIX, Settings
from views.database.acknowledgements import ACKNOWLEDGEMENTS
from views.database.column_types import Instant
from views.database.engine import database_answers, file_is_missing, writing

Rows = dict[str, list[dict[str, Any]]]
TABLES: tuple[Table, ...] = (ACKNOWLEDGEMENTS, STATES, MESSAGES)


def saved_rows(settings: Settings) -> Rows:
    """Return the rows of each table, times as ISO 8601; none without a database."""
    if file_is_missing(settings):
        return {}
    engine = open_outbox(settings)
    try:
        return _rows(settings, engine)
    finally:
        engine.dispose()


def require_no_rows(settings: Settings) -> None:
    """Raise UserError for a database that has such rows already."""
    if filled := [name for name, rows in saved_rows(settings).items() if rows]:
        raise UserError(
            f"The read model's database is not empty: it has rows in {filled[0]}. Name another by "
            f"{PREFIX}DATABASE or {PREFIX}STATE (local: `make reset`)."
        )


def restore_rows(settings: Settings, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Write the rows into an empty database."""
    engine = open_outbox(settings)
    try:
        with database_answers(settings), writing(engine) as connection:
            for table in TABLES:
                values = [_with_times(table, row) for row in rows.get(table.name, ())]
                if values:
                    connection.execute(insert(table), values)
    finally:
        engine.dispose()


def _rows(settings: Settings, engine: Engine) -> Rows:
    with database_answers(settings), engine.connect() as connection:
        return {
            table.name: [
                {name: _plain(value) for name, value in row.items()}
                for row in connection.execute(select(table)).mappings()
            ]
            for table in TABLES
        }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _with_times(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.fromisoformat(value)
        if value is not None and isinstance(table.c[name].type, Instant)
        else value
        for name, value in row.items()
    }
