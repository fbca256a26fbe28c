"""Queries that a database answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

OTHERS = ("BEGIN", "PRAGMA")


@contextmanager
def queries(engine: Engine) -> Iterator[list[str]]:
    """Collect the statements of the block, but for begins of transactions."""
    executed: list[str] = []

    def note(*arguments: object) -> None:
        statement = str(arguments[2])
        if not statement.startswith(OTHERS):
            executed.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield executed
    event.remove(engine, "before_cursor_execute", note)
