"""An event that was accepted counts in the audit, also when its contract's limits are tighter."""

from dataclasses import replace
from typing import Any

import pytest

from audit import topic_records
from connect.record_consumer import Received
from connect.settings import Settings
from schemas.record import Record
from tests.support.random_records import SALE
from tests.support.store_records import sold


def read(monkeypatch: pytest.MonkeyPatch, record: Record) -> Received:
    """Read a topic that holds one record."""

    class Consumer:
        unread: frozenset[Any] = frozenset()

        def __init__(self, *_: Any) -> None:
            pass

        def read(self, *_: Any) -> list[Received]:
            return [Received(record.TOPIC, 0, 0, record)]

        def assign(self, _: Any) -> None:
            pass

        unassign = assign

        def close(self) -> None:
            pass

    monkeypatch.setattr(topic_records, "RecordConsumer", Consumer)
    (received,) = topic_records.read(Settings(), [type(record)], {(record.TOPIC, 0): 1})
    return received


def test_an_event_from_before_a_limit_is_recounted(monkeypatch: pytest.MonkeyPatch) -> None:
    for event in (replace(SALE, quantity=4_006_381), replace(SALE, store_id=" B01")):
        assert read(monkeypatch, event).record == event


def test_a_published_record_keeps_to_its_contract(monkeypatch: pytest.MonkeyPatch) -> None:
    received = read(monkeypatch, replace(sold(0, 1), currency="euro"))
    assert received.record is None
    assert received.reason.startswith("currency: expected text that matches")
