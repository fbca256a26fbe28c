"""The till's book expects of each message what the gate and the job make of it."""

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Message

from connect.settings import Settings
from schemas.avro.encode import milliseconds
from schemas.clock import utc_now
from schemas.generated import EVENTS, ReplenishmentOrder, StockCount, Transaction
from schemas.record import Record
from stack import ports
from tests.support.faults.till import Till, _earlier, _is_lasting, _moved, _reason
from tests.support.poisons import good, poisons

NOW = utc_now()


def arrived(seconds: int = 0) -> Message:
    at = milliseconds(NOW + timedelta(seconds=seconds))
    return Message(topic="any", timestamp=(TIMESTAMP_LOG_APPEND_TIME, at))


@pytest.mark.parametrize("record_type", EVENTS)
def test_an_event_and_its_repeat_are_put_back_by_the_same_time(record_type: type[Record]) -> None:
    event: Any = good(record_type, NOW)
    name = str(record_type.EVENT_TIME)
    assert _earlier(event) == _earlier(replace(event))
    assert getattr(_earlier(event), name) < getattr(event, name)
    assert _earlier(event).recorded_at == event.recorded_at


def test_a_wrong_clock_moves_both_times_of_an_event() -> None:
    sale: Any = good(Transaction, NOW)
    moved: Any = _moved(sale, timedelta(hours=2))
    assert moved.occurred_at - sale.occurred_at == timedelta(hours=2)
    assert moved.recorded_at - sale.recorded_at == timedelta(hours=2)


def test_only_a_count_from_the_future_is_expected_in_quarantine() -> None:
    sale: Any = _moved(good(Transaction, NOW), timedelta(hours=2))  # type: ignore[arg-type]
    count: Any = _moved(good(StockCount, NOW), timedelta(hours=2))  # type: ignore[arg-type]
    assert not _reason(sale, arrived())
    assert _reason(count, arrived()) == "time"
    assert not _reason(count, arrived(seconds=2 * 3600))


def test_a_late_event_that_was_never_counted_is_no_poison() -> None:
    lasting = [each for each in poisons(lambda *_: 1, NOW) if _is_lasting(each)]
    late = {each.topic for each in lasting if each.reason == "too_late"}
    assert late == {StockCount.TOPIC, ReplenishmentOrder.TOPIC}
    assert len(lasting) > 100
    assert not [each for each in lasting if each.reason == "too_large"]


def test_what_kafka_does_not_acknowledge_is_an_outcome_of_the_run() -> None:
    silent = Settings(kafka=f"127.0.0.1:{ports.free('127.0.0.1')}")
    till = Till(Mock(settings=silent), lambda *_: 1, random.Random(1))
    till.send([good(Transaction, NOW)])  # type: ignore[list-item]
    assert till.settle(0.1) == ["till: 1 events not acknowledged: transactions"]
