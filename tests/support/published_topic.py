"""A published topic on the client's own mock of a broker."""

from decimal import Decimal
from typing import Any

from confluent_kafka import Producer

from connect.settings import Settings
from schemas.generated import SalesByDay
from schemas.version import Version, version_of
from schemas.wire import Decoder, Encoder
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import MockBroker
from views.table import Table

PARTITION = 2


class Topic:
    """One partition of sales-by-day, which a job of two generations has written."""

    def __init__(self) -> None:
        registry = FakeRegistry()
        self.text_of = registry.text_of
        self._broker = MockBroker([SalesByDay.TOPIC])
        self.settings = Settings(kafka=self._broker.servers)
        self._encoder = Encoder(registry.id_of)
        self._decoder = Decoder(SalesByDay, registry.text_of)
        self._producer = Producer({"bootstrap.servers": self._broker.servers, "log_level": 0})

    def write(self, day: int, generation: int, version: int, *, delete: bool = False) -> None:
        row = SalesByDay(
            store_id="north",
            sku="milk",
            currency="EUR",
            business_day=f"2026-03-{day:02}",
            units=version,
            revenue=Decimal(version),
            version=version,
            generation=generation,
        )
        key, value = self._encoder.key(row), None if delete else self._encoder.value(row)
        self._producer.produce(row.TOPIC, value, key, partition=PARTITION)
        self._producer.flush()

    def rows(self) -> dict[str, bool]:
        """Return for each day whether the last message of its key is a row."""
        return {
            bytes(message.key() or b"").decode("latin-1")[-10:]: message.value() is not None
            for message in self._broker.everything(SalesByDay.TOPIC)
        }

    def seen_by_a_reader(self) -> dict[tuple[Any, ...], Version]:
        """Return the version of each row that a reader shows, by its key."""
        table: Table[SalesByDay] = Table()
        for message in self._broker.everything(SalesByDay.TOPIC):
            if (value := message.value()) is None:
                table.remove(self._decoder.key(bytes(message.key() or b"")))
            else:
                table.put(self._decoder.value(bytes(value)))
        return {row.key(): version_of(row) for row in table}
