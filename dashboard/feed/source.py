"""The topics that the dashboard reads, and the time from which it reads each."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, Protocol

from confluent_kafka import KafkaException

from connect import kafka
from connect.errors import UserError
from connect.settings import Settings
from schemas.generated import (
    InventoryLevel,
    OpenOrder,
    OpenTransfer,
    Product,
    QuarantinedRecord,
    Redrive,
    SalesByDay,
    SalesPerMinute,
)
from schemas.record import Record
from views.demand import WINDOW
from views.reader import TopicReader

MINUTES_SINCE = timedelta(hours=2)
DAYS_SINCE = timedelta(days=WINDOW + 7)
"""One week more than the window, for clocks that run ahead."""
QUARANTINE_SINCE = timedelta(days=7)
SINCE: Mapping[type[Record], timedelta] = {
    SalesPerMinute: MINUTES_SINCE,
    SalesByDay: DAYS_SINCE,
    QuarantinedRecord: QUARANTINE_SINCE,
}
"""Maximum age of the records to read, by broker timestamp; other contracts are read whole."""
NEEDED: tuple[type[Record], ...] = (InventoryLevel, Product)
OPTIONAL: tuple[type[Record], ...] = (
    OpenOrder,
    OpenTransfer,
    SalesByDay,
    QuarantinedRecord,
    Redrive,
)
"""Contracts whose topics may be missing; their figures are then unknown."""
ANSWER_SECONDS = 4.0


class Reader(Protocol):
    """The part of views.reader.TopicReader that the feed uses."""

    @property
    def undecodable(self) -> Mapping[str, int]: ...
    @property
    def caught_up(self) -> bool: ...
    def read(self, limit: int, seconds: float) -> Sequence[Record]: ...
    def close(self) -> None: ...


class Source(NamedTuple):
    """An open reader, its health check, and the contracts without a topic."""

    reader: Reader
    check: Callable[[], None]
    """Raises UserError when Kafka does not answer."""
    absent: tuple[type[Record], ...] = ()


Open = Callable[[], Source]


def opener(settings: Settings) -> Open:
    """Return a function that opens the topics of the page."""
    return lambda: opened(settings, (*NEEDED, SalesPerMinute))


def opened(settings: Settings, needed: Sequence[type[Record]]) -> Source:
    """Open the needed topics and the existing OPTIONAL ones.

    Raises UserError when the broker, the registry or a needed topic is missing.
    """
    admin = kafka.admin(settings)

    def topics() -> Mapping[str, object]:
        try:
            return admin.list_topics(timeout=ANSWER_SECONDS).topics
        except KafkaException:
            raise UserError(
                f"The Kafka broker at {settings.kafka_servers} no longer answers."
            ) from None

    def check() -> None:
        topics()

    existing = topics()
    absent = tuple(each for each in OPTIONAL if each.TOPIC not in existing)
    record_types = [*needed, *(each for each in OPTIONAL if each not in absent)]
    now = datetime.now(UTC)
    since = {each: now - SINCE[each] for each in record_types if each in SINCE}
    return Source(TopicReader(settings, record_types, since), check, absent)
