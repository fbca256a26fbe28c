"""An admin client for questions that are put again and again, also after the broker was gone.

librdkafka answers no question about a consumer group any more in a client that has put one while
the broker was gone, and answers all others. So after a time-out, another client is opened.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from confluent_kafka import KafkaError, KafkaException

from connect.kafka import Admin


class LastingAdmin:
    """Lends one client until a question in it has timed out."""

    def __init__(self, open_client: Callable[[], Admin]) -> None:
        self._open = open_client
        self._client: Admin | None = None

    @contextmanager
    def client(self) -> Iterator[Admin]:
        """Yield the client; the block's KafkaException passes through."""
        if self._client is None:  # a client without open requests has the length 0, and is false
            self._client = self._open()
        client = self._client
        try:
            yield client
        except KafkaException as error:
            if error.args[0].code() == KafkaError._TIMED_OUT:
                self._client = None
            raise
