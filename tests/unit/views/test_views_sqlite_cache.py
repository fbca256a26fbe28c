"""A process of many readers of SQLite does not keep a large cache for each of them."""

from pathlib import Path

from sqlalchemy import Connection

from connect.settings import Settings
from views.database.engine import open_database, writing


def kilobytes(connection: Connection) -> int:
    return -int(connection.exec_driver_sql("PRAGMA cache_size").scalar_one())


def test_only_a_connection_that_writes_has_a_large_cache(tmp_path: Path) -> None:
    engine = open_database(Settings(state=tmp_path))
    with writing(engine) as writer, engine.connect() as reader:
        assert (kilobytes(writer), kilobytes(reader)) == (16_000, 2_000)
