"""The gate's verdicts: every poison has its reason, every valid record is accepted."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from confluent_kafka import (
    TIMESTAMP_CREATE_TIME,
    TIMESTAMP_LOG_APPEND_TIME,
    TIMESTAMP_NOT_AVAILABLE,
)

from contracts.contract_file import load_all
from gate.arrival import arrival
from gate.reasons import RULES, Reason
from gate.verdict import LARGEST, Limits, RecordValidator
from schemas.generated import EVENTS, Shipment, StockCount
from schemas.record import Record
from tests.support.gate_judges import ENCODER, JUDGES, LIMITS, NOW, POISONS, REGISTRY, SENT, judges
from tests.support.poisons import Poison, good

OF_NO_VALUE = {Reason.UNREADABLE, Reason.UNFORWARDABLE}
"""Reasons that no key and no value alone can cause: see test_gate_net and test_gate_forwarder."""


def verdict(record: Record, sent: int = SENT, limits: Limits = LIMITS) -> Any:
    """The code of the rule that a record breaks, None for none."""
    judge = judges(limits)[record.TOPIC]
    refusal = judge.refusal(
        ENCODER.key(record), ENCODER.value(good(type(record), NOW))[:5] + record.to_avro(), sent
    )
    return refusal.reason if refusal else None


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.name)
def test_every_poison_is_quarantined_with_its_reason(poison: Poison) -> None:
    refusal = JUDGES[poison.topic].refusal(poison.key, poison.value, SENT)
    assert refusal is not None
    assert refusal.reason == poison.reason, refusal.sentence
    assert 0 < len(refusal.sentence) <= 1000


def test_the_poisons_are_many_and_break_every_rule_in_every_topic() -> None:
    assert len({(p.topic, p.key, p.value) for p in POISONS}) == len(POISONS) >= 60
    assert len({poison.name for poison in POISONS}) == len(POISONS)
    assert {poison.reason for poison in POISONS} == set(Reason) - OF_NO_VALUE
    assert set(Reason) == set(RULES)
    assert min(Counter(poison.topic for poison in POISONS).values()) > 20


def test_the_events_are_the_contracts_that_the_job_reads() -> None:
    contracts = {(c.name, c.event_time) for c in load_all() if c.flink == "source"}
    assert {(event.__name__, event.EVENT_TIME) for event in EVENTS} == contracts


@pytest.mark.parametrize("record_type", EVENTS)
def test_a_valid_record_is_accepted(record_type: type[Record]) -> None:
    assert verdict(good(record_type, NOW)) is None


@pytest.mark.parametrize("record_type", EVENTS)
def test_times_are_compared_with_the_arrival_to_the_millisecond(record_type: Any) -> None:
    name = record_type.EVENT_TIME
    record: Any = good(record_type, NOW)
    tick = timedelta(milliseconds=1)
    ahead = LIMITS.count_ahead if record_type is StockCount else LIMITS.ahead
    for field, limit in ((name, ahead), ("recorded_at", LIMITS.ahead)):
        assert verdict(replace(record, **{field: NOW + limit})) is None
        assert verdict(replace(record, **{field: NOW + limit + tick})) == "time"
    assert verdict(replace(record, recorded_at=NOW - LIMITS.horizon)) is None
    assert verdict(replace(record, recorded_at=NOW - LIMITS.horizon - tick)) == "too_late"
    ageless = replace(LIMITS, count_age=timedelta(0))
    first = replace(record, **{name: datetime(2000, 1, 1, tzinfo=UTC)})
    assert verdict(first, limits=ageless) is None
    assert verdict(replace(record, **{name: getattr(first, name) - tick})) == "time"


def test_a_count_is_refused_when_it_is_recorded_too_late() -> None:
    count: Any = good(StockCount, NOW)
    taken = count.recorded_at - LIMITS.count_age
    assert verdict(replace(count, counted_at=taken)) is None
    assert verdict(replace(count, counted_at=taken - timedelta(milliseconds=1))) == "late_count"


def test_a_time_that_is_ahead_names_the_clock() -> None:
    count: Any = good(StockCount, NOW)
    ahead = replace(count, counted_at=NOW + timedelta(hours=20))
    refusal = JUDGES[count.TOPIC].refusal(ENCODER.key(ahead), ENCODER.value(ahead), SENT)
    assert refusal is not None
    assert refusal.sentence == (
        "counted_at: 2026-03-02T08:00:00.000+00:00 is more than 5 minutes after the record "
        "arrived, 2026-03-01T12:00:00.000+00:00: check the clock of the device"
    )


def test_without_a_horizon_no_record_is_too_late() -> None:
    old = replace(good(Shipment, NOW), recorded_at=NOW - timedelta(days=3000))  # type: ignore[type-var]
    assert verdict(old, limits=replace(LIMITS, horizon=timedelta(0))) is None


class Stamped:
    """A message with a Kafka timestamp."""

    def __init__(self, kind: int, milliseconds: int) -> None:
        self._timestamp = kind, milliseconds

    def timestamp(self) -> tuple[int, int]:
        return self._timestamp


@pytest.mark.parametrize("sent", [0, -1, SENT // 1000, SENT + 7_200_000, 10**17])
def test_a_timestamp_of_the_producer_decides_nothing(sent: int) -> None:
    for kind in (TIMESTAMP_CREATE_TIME, TIMESTAMP_NOT_AVAILABLE):
        assert arrival(Stamped(kind, sent), SENT) == SENT  # type: ignore[arg-type]


def test_the_brokers_time_is_the_arrival_however_often_the_record_is_read() -> None:
    hour, day = 3_600_000, 86_400_000
    for now, expected in ((SENT, SENT), (SENT + hour, SENT), (SENT + 3 * day, SENT + 2 * day)):
        message: Any = Stamped(TIMESTAMP_LOG_APPEND_TIME, SENT)
        assert arrival(message, now) == expected


def test_headers_count_towards_the_size() -> None:
    record = good(Shipment, NOW)
    key, value = ENCODER.key(record), ENCODER.value(record)
    # Kafka writes the number of headers in 1 byte, the length of the name in 1, of the value in 3.
    room = LARGEST - len(key) - len(value) - len("trace") - 1 - 1 - 3
    judge = JUDGES[Shipment.TOPIC]
    assert judge.refusal(key, value, SENT, [("trace", bytes(room))]) is None
    refusal = judge.refusal(key, value, SENT, [("trace", bytes(room + 1))])
    assert refusal is not None
    assert refusal.reason == "too_large"


def test_a_registry_that_does_not_answer_is_no_verdict() -> None:
    class RegistryUnavailableError(Exception):
        pass

    def silent(_: int) -> str:
        raise RegistryUnavailableError

    record = good(Shipment, NOW)
    judge = RecordValidator(Shipment, 1, silent, LIMITS)
    with pytest.raises(RegistryUnavailableError):
        judge.refusal(ENCODER.key(record), ENCODER.value(record), SENT)


def test_an_older_and_a_newer_version_of_the_contract_are_accepted() -> None:
    record = good(Shipment, NOW)
    fields = json.loads(Shipment.SCHEMA)
    fields["fields"] = [f for f in fields["fields"] if f["name"] != "order_id"]
    old_id = REGISTRY.id_of("", json.dumps(fields))
    body = ENCODER.value(record)[5:].replace(b"\x02\x04o1", b"")
    judge = JUDGES[Shipment.TOPIC]
    header = b"\0" + old_id.to_bytes(4, "big")
    assert judge.refusal(ENCODER.key(record), header + body, SENT) is None
    fields = json.loads(Shipment.SCHEMA)
    fields["fields"].append({"name": "cold", "type": "boolean", "default": False})
    fields["fields"].append({"name": "weight", "type": "double", "default": 0})
    new = b"\0" + REGISTRY.id_of("", json.dumps(fields)).to_bytes(4, "big")
    body = ENCODER.value(record)[5:]
    good_value = new + body + b"\x01" + bytes(8)
    assert judge.refusal(ENCODER.key(record), good_value, SENT) is None
    for bad in (new + body + b"\x02" + bytes(8), new + body + b"\x01" + bytes(7)):
        refusal = judge.refusal(ENCODER.key(record), bad, SENT)
        assert refusal is not None
        assert refusal.reason == "undecodable"


@pytest.mark.parametrize("avro_type", ["string", "bytes", ["null", "string"], ["string", "null"]])
def test_a_version_that_ends_with_a_string_is_refused_at_every_cut(avro_type: Any) -> None:
    fields = json.loads(Shipment.SCHEMA)
    default = "" if avro_type in ("string", "bytes", ["string", "null"]) else None
    fields["fields"].append({"name": "note", "type": avro_type, "default": default})
    header = b"\0" + REGISTRY.id_of("", json.dumps(fields)).to_bytes(4, "big")
    branch = b"" if isinstance(avro_type, str) else b"\x02" if avro_type[0] == "null" else b"\x00"
    record = good(Shipment, NOW)
    value = header + ENCODER.value(record)[5:] + branch + b"\x0afresh"
    judge = JUDGES[Shipment.TOPIC]
    assert judge.refusal(ENCODER.key(record), value, SENT) is None
    for length in range(6, len(value)):
        refusal = judge.refusal(ENCODER.key(record), value[:length], SENT)
        assert refusal is not None
        assert refusal.reason == "undecodable"
