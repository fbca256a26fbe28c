"""A reader returns a tombstone with the contract and the key of the record that it deletes."""

from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from connect import record_consumer, registry
from connect.errors import UserError
from connect.record_consumer import Tombstone
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import Product
from schemas.wire import Encoder
from tests.support.store_records import product
from views.reader import TopicReader

KEY = Encoder(lambda _subject, _schema: 3).key(product("a"))


class Messages:
    """A consumer of products that returns messages without a value."""

    def __init__(self, keys: list[bytes | None]) -> None:
        self._keys = keys

    def list_topics(self, **_: Any) -> Any:
        topic = SimpleNamespace(partitions={0: None}, error=None)
        return SimpleNamespace(topics={Product.TOPIC: topic})

    def incremental_assign(self, _: Any) -> None:
        pass

    def offsets_for_times(self, *_: Any, **__: Any) -> Any:
        raise KafkaException(KafkaError(KafkaError._UNKNOWN_PARTITION))

    def consume(self, _limit: int, _seconds: float) -> list[Any]:
        return [
            SimpleNamespace(
                error=lambda: None,
                topic=lambda: Product.TOPIC,
                partition=lambda: 0,
                offset=lambda: 0,
                key=lambda key=key: key,
                value=lambda: None,
                timestamp=lambda: (0, -1),
            )
            for key in self._keys
        ]


def connect(monkeypatch: pytest.MonkeyPatch, *keys: bytes | None) -> None:
    monkeypatch.setattr(record_consumer, "admin", lambda _: None)
    monkeypatch.setattr(registry, "client", lambda _: None)
    monkeypatch.setattr(record_consumer, "Consumer", lambda _: Messages(list(keys)))


def reader(monkeypatch: pytest.MonkeyPatch, *keys: bytes | None) -> TopicReader:
    connect(monkeypatch, *keys)
    return TopicReader(Settings(), [Product])


def test_a_tombstone_is_returned_with_contract_and_key(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = reader(monkeypatch, KEY)
    assert opened.read(9, 0) == [Tombstone(Product, ("a",))]
    assert not opened.undecodable


def test_a_tombstone_of_no_key_is_counted_as_undecodable(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = reader(monkeypatch, None, b"junk", KEY)
    assert opened.read(9, 0) == [Tombstone(Product, ("a",))]
    assert opened.undecodable == {Product.TOPIC: 2}


def test_a_partition_without_a_leader_is_named_when_reading_begins_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(monkeypatch)
    with pytest.raises(UserError, match=r"offsets of topic products .*Unknown partition.*a leader"):
        TopicReader(Settings(), [Product], {Product: utc_now()})
