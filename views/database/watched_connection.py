"""A connection to PostgreSQL that notices when the server stops answering.

A server that is frozen, or behind a network that swallows everything, ends no statement; a limit
for each statement would also end those that are long. So while an answer is awaited, another
connection is tried from time to time: a server that works answers it, if only by refusing it.
"""

from time import monotonic
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

SILENT_SECONDS = 4.0
"""Time without an answer after which another connection is tried."""
CONNECT_SECONDS = 3
"""Time that it has to answer."""
T = TypeVar("T")


class WatchedConnection(psycopg.Connection[Any]):
    """Raises OperationalError for a statement whose server no longer answers."""

    def wait(self, gen: PQGen[T], *limits: Any, **more: Any) -> T:
        return super().wait(self._watched(gen), *limits, **more)

    def _watched(self, gen: PQGen[T]) -> PQGen[T]:
        heard, ready = monotonic(), None
        while True:
            try:
                state = gen.send(ready)  # type: ignore[arg-type]  # None starts it
            except StopIteration as end:
                answer: T = end.value
                return answer
            ready = yield state
            if ready:
                heard = monotonic()
            elif monotonic() - heard > SILENT_SECONDS:
                self._require_server()
                heard = monotonic()

    def _require_server(self) -> None:
        try:
            psycopg.connect(self.info.dsn, connect_timeout=CONNECT_SECONDS).close()
        except psycopg.errors.ConnectionTimeout:
            self.close()
            raise psycopg.OperationalError("it accepts connections, and does not answer") from None
        except psycopg.OperationalError:
            return  # an answer, such as that the password is missing
