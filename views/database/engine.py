"""The database of the read model: SQLite in the state folder, or PostgreSQL by a setting."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, DisconnectionError, NoSuchModuleError

from connect.errors import UserError
from connect.settings import PREFIX, Settings
from views.database.copying import execute_copy
from views.database.migrate import prepare_tables
from views.database.watched_connection import WatchedConnection

SQLITE_FILE = "read-model.sqlite"
BUSY_SECONDS = 10.0
"""Time that a transaction of SQLite waits for another process that writes."""
CONNECT_SECONDS = 5
LOG_BYTES = 16_000_000
"""Size to which SQLite's log is cut when it begins anew."""
DRIVERS = {"sqlite": "sqlite+pysqlite", "postgresql": "postgresql+psycopg"}
PRAGMAS = (
    # Readers and the writer do not wait for each other.
    "PRAGMA journal_mode = WAL",
    # After a power failure the last transactions may be gone, each of them whole: with its rows
    # goes the offset up to which they were read, so that they are read again.
    "PRAGMA synchronous = NORMAL",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000:.0f}",
    # Without a limit, a log that was long once, as that of a killed process may be, stays so.
    f"PRAGMA journal_size_limit = {LOG_BYTES}",
)
DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""SQLite's error codes for a file that is no database, or not whole."""
PRIMARY_CODE = 0xFF
"""Bits of SQLite's error code without those that say more."""
WRITERS_CACHE = "PRAGMA cache_size = -16000"
"""Kilobytes: in a smaller cache, a batch for random pages is written to the log more than once.
Readers have the default of 2,000, in each of many connections, and the cache of the system."""
POSTGRESQL_OPTIONS = "-c timezone=UTC -c synchronous_commit=off"
"""Times of the years 1 and 9999 can be read in UTC only. A commit need not wait for the disk, for
the reason that SQLite's need not."""


def open_database(settings: Settings, *, fills: bool = False) -> Engine:
    """Open the database, with the tables of the contracts.

    fills: the process fills the tables, and empties those of another version that it cannot
    change; one that reads leaves them as they are. One engine serves all threads of a process.
    Raises UserError when it cannot be opened.
    """
    engine = _engine(settings)
    try:
        with database_answers(settings), writing(engine) as connection:
            prepare_tables(connection, lambda each: settings.prefixed(each.TOPIC), empties=fills)
    except UserError:
        engine.dispose()
        raise
    if engine.dialect.name == "sqlite":
        # From now on the file is there: without it, a further connection would make an empty one.
        event.listen(engine, "do_connect", _connect_existing)
    return engine


@contextmanager
def database_answers(settings: Settings) -> Iterator[None]:
    """Raise UserError, with the cause and a remedy, when the database fails."""
    try:
        yield
    except DBAPIError as error:
        raise _failure(settings, error) from None


def _failure(settings: Settings, error: DBAPIError) -> UserError:
    reason = " ".join(str(error.orig).split())
    remedy = _remedy(settings, error)
    return UserError(f"The read model's database {_place(settings)} fails: {reason}: {remedy}.")


def _remedy(settings: Settings, error: DBAPIError) -> str:
    if getattr(error.orig, "sqlite_errorcode", 0) & PRIMARY_CODE in DAMAGED:
        return (
            "delete the file, and those of its name with -wal and -shm; the process of the read "
            "model makes another one, and fills it from the topics"
        )
    url = _url(settings)
    if url.drivername != DRIVERS["sqlite"]:
        return (
            f"check that the server runs, and {PREFIX}DATABASE; a password belongs into ~/.pgpass"
        )
    folder = Path(url.database or "").parent
    return f"check the free space and the owner of the folder {folder}, and that it is there"


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that writes; commit it at the end, or undo all of it after an error.

    SQLite has one writer: the others wait here, and not in the middle of a transaction, where
    SQLite would end it at once.
    """
    options = {"sqlite_begin": "BEGIN IMMEDIATE"}
    if engine.dialect.name == "postgresql":
        options = {"isolation_level": "READ COMMITTED"}
    with engine.connect().execution_options(**options) as connection, connection.begin():
        yield connection


def file_is_missing(settings: Settings) -> bool:
    """Return True if the database is SQLite's and has no file."""
    return not settings.database and not (settings.state / SQLITE_FILE).exists()


def _engine(settings: Settings) -> Engine:
    url = _url(settings)
    if url.get_backend_name() == "postgresql":
        engine = create_engine(
            url,
            connect_args={
                "connect_timeout": CONNECT_SECONDS,
                "application_name": "inventory",
                "options": f"{url.query.get('options', '')} {POSTGRESQL_OPTIONS}",
            },
            # All queries of a transaction see one state, as SQLite's do.
            isolation_level="REPEATABLE READ",
            pool_pre_ping=True,
        )
        event.listen(engine, "do_connect", _connect_postgresql)
        event.listen(engine, "do_execute", execute_copy)
        return engine
    try:
        settings.state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UserError(
            f"The state folder {settings.state} cannot be written: {error.strerror}."
        ) from None
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "checkout", _require_file)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _url(settings: Settings) -> URL:
    if not settings.database:
        return URL.create(DRIVERS["sqlite"], database=str(settings.state / SQLITE_FILE))
    try:
        url = make_url(settings.database)
        driver = DRIVERS[url.get_backend_name()]
    except (ArgumentError, NoSuchModuleError, KeyError, ValueError):
        # The text is not repeated: it may have a password in a place that is not expected.
        raise UserError(
            f"{PREFIX}DATABASE: expected a URL such as "
            "postgresql+psycopg://user@host/database, or nothing for SQLite in the state folder."
        ) from None
    if driver == DRIVERS["sqlite"] and (url.query or url.database in (None, "", ":memory:")):
        raise UserError(
            f"{PREFIX}DATABASE: expected a URL of SQLite with the path of a file, such as "
            "sqlite:////path/read-model.sqlite: one in memory would be another in each process."
        )
    return url.set(drivername=driver)


def _place(settings: Settings) -> str:
    return _url(settings).set(query={}).render_as_string(hide_password=True)


def _connect_postgresql(
    _dialect: Any, _record: Any, arguments: Any, parameters: dict[str, Any]
) -> WatchedConnection:
    return WatchedConnection.connect(*arguments, **parameters)


def _connect_existing(
    _dialect: Any, _record: Any, arguments: Any, parameters: dict[str, Any]
) -> sqlite3.Connection:
    path = Path(arguments[0]).absolute()
    try:
        opened: sqlite3.Connection = sqlite3.connect(
            f"{path.as_uri()}?mode=rw", uri=True, **parameters
        )
    except sqlite3.OperationalError:
        if _inode(str(path)) is None:
            raise sqlite3.OperationalError(f"{path} was deleted") from None
        raise
    return opened


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver would begin a transaction at the first statement that writes, and not before a
    # query: two queries of one transaction could then see two states.
    connection.isolation_level = None
    for pragma in PRAGMAS:
        connection.execute(pragma)
    _, _, path = connection.execute("PRAGMA database_list").fetchone()
    record.info["file"] = path, _inode(path)


def _require_file(_connection: Any, record: Any, _fairy: Any) -> None:
    """Notice that the file was deleted: an open connection goes on without one."""
    path, inode = record.info["file"]
    if inode is None:
        return  # in memory
    now = _inode(path)
    if now is None:
        raise sqlite3.OperationalError(f"{path} was deleted")
    if now != inode:
        raise DisconnectionError  # the pool opens the file that has taken its place


def _inode(path: str) -> int | None:
    try:
        return os.stat(path).st_ino
    except FileNotFoundError:
        return None


def _begin_sqlite(connection: Connection) -> None:
    begin = connection.get_execution_options().get("sqlite_begin", "BEGIN")
    if begin != "BEGIN":
        connection.exec_driver_sql(WRITERS_CACHE)
    connection.exec_driver_sql(begin)
