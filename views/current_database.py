"""The database for those who need it to be up to date."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

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
            topics = {each.topic: each for each in freshness(load(connection))}
            for record_type in record_types:
                topic = settings.prefixed(record_type.TOPIC)
                _require_current(topic, topics.get(topic))
            yield connection
    finally:
        engine.dispose()


def _require_current(topic: str, read: Freshness | None) -> None:
    if read is None or not read.complete:
        raise UserError(f"The read model has not yet read {topic} to its end.")
    if utc_now() - read.read_at > STOPPED_AFTER:
        at = f"{read.read_at:%Y-%m-%d %H:%M:%S}"
        raise UserError(f"The read model has read nothing of {topic} since {at} UTC.")
