"""Where the feed reads: the topics that the dashboard shows."""

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
"""A day's sales are written when the day has come: a week for clocks that are ahead."""
ASIDE_SINCE = timedelta(days=7)
SINCE: Mapping[type[Record], timedelta] = {
    SalesPerMinute: MINUTES_SINCE,
    SalesByDay: DAYS_SINCE,
    QuarantinedRecord: ASIDE_SINCE,
}
"""How long ago the broker may have taken what is read; of other kinds, all is read."""
NEEDED: tuple[type[Record], ...] = (InventoryLevel, Product)
OPTIONAL: tuple[type[Record], ...] = (
    OpenOrder,
    OpenTransfer,
    SalesByDay,
    QuarantinedRecord,
    Redrive,
)
"""What may be missing, as where the job is an older one: it is not known then."""
ANSWER_SECONDS = 4.0


class Reader(Protocol):
    """What the feed needs of a views.TopicReader."""

    @property
    def undecodable(self) -> Mapping[str, int]: ...
    @property
    def caught_up(self) -> bool: ...
    def read(self, most: int, seconds: float) -> Sequence[Record]: ...
    def close(self) -> None: ...


class Source(NamedTuple):
    """What is read, and what was not there to be read."""

    reader: Reader
    check: Callable[[], None]
    """Raises UserError when Kafka has gone."""
    absent: tuple[type[Record], ...] = ()


Open = Callable[[], Source]


def opener(settings: Settings) -> Open:
    """Opens all that the page shows."""
    return lambda: opened(settings, (*NEEDED, SalesPerMinute))


def opened(settings: Settings, needed: Sequence[type[Record]]) -> Source:
    """The topics needed, and those of the OPTIONAL ones that are there.

    Raises UserError when the broker, the registry or a needed topic is not there.
    """
    admin = kafka.admin(settings)

    def topics() -> Mapping[str, object]:
        try:
            return admin.list_topics(timeout=ANSWER_SECONDS).topics
        except KafkaException:
            raise UserError(
                f"No Kafka broker answers at {settings.kafka_servers} any more."
            ) from None

    def check() -> None:
        topics()

    there = topics()
    absent = tuple(kind for kind in OPTIONAL if kind.TOPIC not in there)
    kinds = [*needed, *(kind for kind in OPTIONAL if kind not in absent)]
    now = datetime.now(UTC)
    since = {kind: now - SINCE[kind] for kind in kinds if kind in SINCE}
    return Source(TopicReader(settings, kinds, since), check, absent)
