"""The read model's process on topics in memory: run it, kill it, compare its tables."""

from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import Engine, event, select

from connect.record_consumer import Tombstone
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.record import Record
from tests.support.topics_in_memory import Topics
from views.database import read_offsets
from views.database.engine import writing
from views.database.tables import OFFSETS, TABLES
from views.follower import Follower, TopicChangedError

Tables = dict[type[Record], dict[tuple[Any, ...], dict[str, Any]]]
"""Contract -> key -> fields."""


class Killed(BaseException):
    """The process ends here."""


class Drill(NamedTuple):
    """A database, and the topics that it follows."""

    settings: Settings
    engine: Engine
    topics: Topics

    def follower(self) -> Follower:
        return Follower(self.settings, self.engine, lambda *_: None)

    def run(self, steps: int) -> None:
        with closing(self.follower()) as opened:
            for _ in range(steps):
                opened.step()

    def catch_up(self) -> None:
        """Run until the database says that all has been read that was there."""
        started = utc_now()
        for _ in range(20):
            with closing(self.follower()) as opened, suppress(TopicChangedError):
                for _ in range(200):
                    opened.step()
                    if all(
                        each.read_at >= started and each.complete and not each.rereading
                        for each in self.positions().values()
                    ):
                        return
        raise AssertionError(self.positions())

    @contextmanager
    def killed_at(self, statement: int) -> Iterator[None]:
        """Kill at the n-th statement or commit from here on."""
        numbers = count()

        def kill(*_: object) -> None:
            if next(numbers) == statement:
                raise Killed

        for moment in ("before_cursor_execute", "commit"):
            event.listen(self.engine, moment, kill)
        try:
            with suppress(Killed):
                yield
        finally:
            for moment in ("before_cursor_execute", "commit"):
                event.remove(self.engine, moment, kill)

    def stopped_for(self, time: timedelta) -> None:
        """Let the process have been stopped for some time."""
        with writing(self.engine) as connection:
            connection.execute(OFFSETS.update().values(read_at=utc_now() - time))

    def rows(self) -> Tables:
        return rows_of(self.engine)

    def positions(self) -> read_offsets.Positions:
        with self.engine.connect() as connection:
            return read_offsets.load(connection)


def rows_of(engine: Engine) -> Tables:
    """Read all tables."""
    with engine.connect() as connection:
        return {
            record_type: {
                tuple(row[name] for name in record_type.KEY): dict(row)
                for row in connection.execute(select(table)).mappings()
            }
            for record_type, table in TABLES.items()
        }


def expected(sent: list[Record | Tombstone]) -> Tables:
    """Apply messages one after the other: the definition, written once more."""
    tables: Tables = {each: {} for each in TABLES}
    for message in sent:
        if isinstance(message, Tombstone):
            tables[message.record_type].pop(message.key, None)
            continue
        row = message.to_dict()
        key = tuple(row[name] for name in message.KEY)
        before = tables[type(message)].get(key)
        if before is not None and "version" in row:
            new, old = ((each["generation"], each["version"]) for each in (row, before))
            if new < old:
                continue
        tables[type(message)][key] = row
    return tables
