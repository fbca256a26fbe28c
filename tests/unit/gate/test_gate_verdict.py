"""The gate's verdicts: every poison has its reason, every valid record is accepted."""

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from connect.registry import UnknownSchemaError
from contracts.contract_file import load_all
from gate.reasons import RULES, Reason
from gate.verdict import LARGEST, Limits, RecordValidator
from schemas.generated import EVENTS, Shipment
from schemas.record import Record
from schemas.wire import Encoder
from tests.support.poisons import Poison, good, poisons

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SENT = int(NOW.timestamp() * 1000)
LIMITS = Limits(horizon=timedelta(days=7), ahead=timedelta(hours=24))


class FakeRegistry:
    """Gives every text an id."""

    def __init__(self) -> None:
        self.schemas: dict[int, str] = {}
        self._ids: dict[str, int] = {}
        self._next = count(1)

    def id_of(self, _subject: str, text: str) -> int:
        if text not in self._ids:
            self._ids[text] = next(self._next)
            self.schemas[self._ids[text]] = text
        return self._ids[text]

    def text_of(self, schema_id: int) -> str:
        if schema_id not in self.schemas:
            raise UnknownSchemaError("none")
        return self.schemas[schema_id]


REGISTRY = FakeRegistry()
POISONS = poisons(REGISTRY.id_of, NOW)


def judges(
    limits: Limits = LIMITS, registry: FakeRegistry = REGISTRY
) -> dict[str, RecordValidator]:
    return {
        event.TOPIC: RecordValidator(
            event,
            registry.id_of(f"{event.TOPIC}-key", event.KEY_SCHEMA),
            registry.text_of,
            limits,
        )
        for event in EVENTS
    }


JUDGES = judges()
ENCODER = Encoder(REGISTRY.id_of)


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
    assert {poison.reason for poison in POISONS} == set(Reason) == set(RULES)
    assert min(Counter(poison.topic for poison in POISONS).values()) > 20


def test_the_events_are_the_contracts_that_the_job_reads() -> None:
    contracts = {(c.name, c.event_time) for c in load_all() if c.flink == "source"}
    assert {(event.__name__, event.EVENT_TIME) for event in EVENTS} == contracts


@pytest.mark.parametrize("record_type", EVENTS)
def test_a_valid_record_is_accepted(record_type: type[Record]) -> None:
    assert verdict(good(record_type, NOW)) is None


@pytest.mark.parametrize("record_type", EVENTS)
def test_times_are_compared_with_the_kafka_timestamp_to_the_millisecond(record_type: Any) -> None:
    name = record_type.EVENT_TIME
    record: Any = good(record_type, NOW)
    tick = timedelta(milliseconds=1)
    for field in (name, "recorded_at"):
        assert verdict(replace(record, **{field: NOW + LIMITS.ahead})) is None
        assert verdict(replace(record, **{field: NOW + LIMITS.ahead + tick})) == "time"
    assert verdict(replace(record, recorded_at=NOW - LIMITS.horizon)) is None
    assert verdict(replace(record, recorded_at=NOW - LIMITS.horizon - tick)) == "too_late"
    assert verdict(replace(record, **{name: datetime(2000, 1, 1, tzinfo=UTC)})) is None
    assert verdict(replace(record, **{name: datetime(2000, 1, 1, tzinfo=UTC) - tick})) == "time"


def test_without_a_horizon_no_record_is_too_late() -> None:
    old = replace(good(Shipment, NOW), recorded_at=NOW - timedelta(days=3000))  # type: ignore[type-var]
    assert verdict(old, limits=replace(LIMITS, horizon=timedelta(0))) is None


def test_a_record_without_a_kafka_timestamp_is_quarantined() -> None:
    assert verdict(good(Shipment, NOW), sent=-1) == "time"


def test_headers_count_towards_the_size() -> None:
    record = good(Shipment, NOW)
    key, value = ENCODER.key(record), ENCODER.value(record)
    room = LARGEST - len(key) - len(value) - len("trace")
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
