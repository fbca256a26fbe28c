"""Where the feed reads: the three topics that the dashboard shows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol

from confluent_kafka import KafkaException

from connect import kafka
from connect.errors import Problem
from connect.settings import Settings
from schemas.generated import InventoryLevel, Product, SalesPerMinute
from schemas.record import Record
from views.reader import TopicReader

SALES_SINCE = timedelta(hours=2)
ANSWER_SECONDS = 4.0


class Reader(Protocol):
    """What the feed needs of a views.TopicReader."""

    @property
    def undecodable(self) -> Mapping[str, int]: ...
    @property
    def caught_up(self) -> bool: ...
    def read(self, most: int, seconds: float) -> Sequence[Record]: ...
    def close(self) -> None: ...


Open = Callable[[], tuple[Reader, Callable[[], None]]]
"""Opens a reader, and a check that raises Problem when Kafka has gone."""


def opener(settings: Settings) -> Open:
    """Opens readers of the three topics that the dashboard shows."""

    def opened() -> tuple[Reader, Callable[[], None]]:
        admin = kafka.admin(settings)
        since: dict[type[Record], datetime] = {SalesPerMinute: datetime.now(UTC) - SALES_SINCE}
        reader = TopicReader(settings, (InventoryLevel, Product, SalesPerMinute), since)

        def check() -> None:
            try:
                admin.list_topics(timeout=ANSWER_SECONDS)
            except KafkaException:
                raise Problem(
                    f"No Kafka broker answers at {settings.kafka_servers} any more."
                ) from None

        return reader, check

    return opened
