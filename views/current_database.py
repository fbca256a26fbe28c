"""The database for those who need it to be up to date."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from connect.errors import UserError
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.record import Record
from views.database.engine import database_answers, file_is_missing, open_database
from views.database.read_offsets import load
from views.read_freshness import STOPPED_AFTER, Freshness, freshness


@contextmanager
def current_database(
    settings: Settings, record_types: Collection[type[Record]]
) -> Iterator[Connection]:
    """Yield a connection. Raises UserError if some contracts' topics are not read up to now."""
    if file_is_missing(settings):
        raise UserError(f"There is no read model in {settings.state}.")
    engine = open_database(settings)
    try:
        with database_answers(settings), engine.connect() as connection:
            for record_type in record_types:
                topic = settings.prefixed(record_type.TOPIC)
                require_read(connection, topic, utc_now() - STOPPED_AFTER)
            yield connection
    finally:
        engine.dispose()


def require_read(connection: Connection, topic: str, since: datetime) -> Freshness:
    """Return a topic's freshness. Raises UserError if it was not read to its end since a time."""
    topics = {each.topic: each for each in freshness(load(connection))}
    read = topics.get(topic)
    if read is None or not read.complete:
        raise UserError(f"The read model has not yet read {topic} to its end.")
    if read.read_at < since:
        at = f"{read.read_at:%Y-%m-%d %H:%M:%S}"
        raise UserError(f"The read model has read nothing of {topic} since {at} UTC.")
    return read
