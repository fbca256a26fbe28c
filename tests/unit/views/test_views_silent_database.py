"""A database server that accepts connections and never answers is named within seconds."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

import psutil
import pytest
from sqlalchemy import Connection, text

from connect.errors import UserError
from connect.settings import Settings
from views.database import engine as database_engine
from views.database import watched_connection
from views.database.engine import database_answers, open_database

LIMIT = 10.0
"""Seconds within which an outage is named."""


@contextmanager
def frozen(connection: Connection) -> Iterator[None]:
    """Stop the server of a connection, and the process that serves the connection."""
    backend = psutil.Process(connection.scalar(text("select pg_backend_pid()")))
    processes = [backend, backend.parent()]
    for process in processes:
        assert process is not None
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            assert process is not None
            process.resume()


@pytest.fixture
def opened(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Settings, Connection]]:
    if not database.database:
        pytest.skip("SQLite has no server.")
    monkeypatch.setattr(watched_connection, "SILENT_SECONDS", 0.3)
    monkeypatch.setattr(watched_connection, "CONNECT_SECONDS", 2)
    engine = open_database(database)
    with engine.connect() as connection:
        yield database, connection
    engine.dispose()


def test_the_limits_of_the_program_name_it_in_time() -> None:
    frozen_for = watched_connection.SILENT_SECONDS + watched_connection.CONNECT_SECONDS
    assert max(frozen_for, database_engine.CONNECT_SECONDS) < LIMIT


def test_a_server_that_freezes_during_a_statement_is_named(
    opened: tuple[Settings, Connection],
) -> None:
    settings, connection = opened
    with frozen(connection):
        begun = monotonic()
        with pytest.raises(UserError, match="does not answer"), database_answers(settings):
            connection.execute(text("select 1"))
        assert monotonic() - begun < LIMIT


def test_a_long_statement_of_a_server_that_works_is_awaited(
    opened: tuple[Settings, Connection],
) -> None:
    assert opened[1].scalar(text("select 7 from pg_sleep(1)")) == 7


def test_a_server_that_accepts_and_says_nothing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_engine, "CONNECT_SECONDS", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        begun = monotonic()
        with pytest.raises(UserError, match=f"127.0.0.1:{port}/stock fails: connection timeout"):
            open_database(Settings(database=f"postgresql+psycopg://user@127.0.0.1:{port}/stock"))
        assert monotonic() - begun < LIMIT
