"""Keys and schema ids in the forms of other serialisers: accepted by what they say."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from gate.reasons import Refusal
from gate.show import decoded
from gate.verdict import Forward
from schemas.generated import EVENTS, QuarantinedRecord, ReplenishmentOrder, Shipment
from schemas.record import Record
from schemas.wire import Encoder
from tests.support import record_batches
from tests.support.gate_judges import ENCODER, JUDGES, NOW, REGISTRY, SENT, FakeRegistry
from tests.support.gate_on_mock import MockBroker, running_gate
from tests.support.poisons import good
from tests.support.record_batches import RawRecord

Headers = Sequence[tuple[str, bytes | None]]
GUID = UUID("6f1f3a3e-6a2b-4c39-9d0e-3a5f1f6c7b8a")
SHIPMENT = good(Shipment, NOW)
KEY, VALUE = ENCODER.key(SHIPMENT), ENCODER.value(SHIPMENT)
BODY = VALUE[5:]


def judged(record: Record, key: bytes | None, headers: Headers | None = None) -> Any:
    return JUDGES[record.TOPIC].judged(key, ENCODER.value(record), SENT, headers)


def of_value(value: bytes, headers: Headers) -> Any:
    return JUDGES[Shipment.TOPIC].judged(KEY, value, SENT, headers)


@pytest.mark.parametrize("record_type", EVENTS)
def test_a_key_that_is_missing_or_says_the_same_is_made_right(record_type: type[Record]) -> None:
    record = good(record_type, NOW)
    key = ENCODER.key(record)
    java = REGISTRY.id_of("", record_type.KEY_SCHEMA.replace('"string"', '"java.string"'))
    text = "|".join(map(str, record.key())).encode()
    for other in (
        key,
        None,
        b"",
        b"\0" + java.to_bytes(4, "big") + key[5:],  # as a Java producer's avro.java.string
        key[5:],  # its id is in a header
        b"\0" + bytes(4) + key[1:5] + key[5:],  # an id of 8 bytes
        text,
        b"\0" + java.to_bytes(4, "big") + bytes([2 * len(text)]) + text,
    ):
        forward = judged(record, other)
        assert isinstance(forward, Forward), (other, forward)
        assert forward == (key, ENCODER.value(record), None)


def test_a_key_that_says_something_else_is_quarantined() -> None:
    order = good(ReplenishmentOrder, NOW)
    for record, key in (
        (SHIPMENT, ENCODER.key(good(Shipment, NOW))[:-1] + b"z"),
        (SHIPMENT, b"north"),
        (SHIPMENT, b"milk|north"),
        (SHIPMENT, b"north|milk|"),
        (SHIPMENT, b"northmilk"),
        (SHIPMENT, b"\x01" + KEY[1:]),
        (SHIPMENT, KEY + KEY[5:]),
        (SHIPMENT, b"\0"),
        (order, b"o2"),
        (order, ENCODER.key(order)[:5] + b"\x04o2"),
    ):
        refusal = judged(record, key)
        assert isinstance(refusal, Refusal), key
        assert refusal.reason == "key"
        assert "expected the key of" in refusal.sentence


def test_a_schema_id_in_a_header_is_put_before_the_value() -> None:
    trace = ("trace", b"1")
    ids = [("__value_schema_id", VALUE[:5]), trace, ("__key_schema_id", KEY[:5])]
    assert of_value(BODY, ids) == (KEY, VALUE, [trace])


def test_of_two_schema_ids_in_headers_none_is_chosen() -> None:
    """Read with another version of its schema, a record may say something else."""
    one, other = ("__value_schema_id", VALUE[:5]), ("__value_schema_id", b"\0\0\0\0\x09")
    for ids in ([one, other], [other, one]):
        refusal = of_value(BODY, ids)
        assert refusal.reason == "magic"
        assert "expected one schema id, got 2 that differ" in refusal.sentence
    assert of_value(BODY, [one, one]) == (KEY, VALUE, [])


def test_a_guid_in_a_header_is_looked_up() -> None:
    header = [("__value_schema_id", b"\x01" + GUID.bytes)]
    refusal = of_value(BODY, header)
    assert refusal.reason == "unknown_schema"
    assert str(GUID) in refusal.sentence
    REGISTRY.guids[str(GUID)] = int.from_bytes(VALUE[1:5], "big")
    assert of_value(BODY, header) == (KEY, VALUE, [])


@pytest.mark.parametrize("data", [None, b"", b"\0", VALUE[:4], b"\x02" + VALUE[1:5], bytes(17)])
def test_a_header_that_is_no_schema_id_is_named(data: bytes | None) -> None:
    refusal = of_value(BODY, [("__value_schema_id", data)])
    assert refusal.reason == "magic"
    assert refusal.sentence.startswith("header __value_schema_id: expected a byte 0 and an id")


def test_an_id_of_8_bytes_is_named_for_what_it_is() -> None:
    refusal = of_value(b"\0" + bytes(4) + VALUE[1:5] + BODY, [])
    assert refusal.reason == "unknown_schema"
    assert "a schema id of 8 bytes, as Apicurio's serialisers before version 3" in refusal.sentence


def test_the_fields_of_a_record_whose_id_is_in_a_header_can_be_shown() -> None:
    record = QuarantinedRecord(
        source_topic=Shipment.TOPIC,
        source_partition=0,
        source_offset=0,
        reason="key",
        sentence="why",
        schema_id=int.from_bytes(VALUE[1:5], "big"),
        quarantined_at=NOW,
        raw_value=BODY,
        complete=True,
    )
    assert decoded(record, REGISTRY.text_of)["sku"] == "milk"


def test_a_completed_key_is_counted_and_the_record_keeps_its_partition(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, registry = MockBroker(), FakeRegistry()
    encoder = Encoder(registry.id_of)
    record = good(Shipment, datetime.now(UTC))
    key, value = encoder.key(record), encoder.value(record)
    raw = [
        RawRecord(value, key),
        RawRecord(value),
        RawRecord(value[5:], key[5:], [(b"__value_schema_id", value[:5]), (b"trace", None)]),
    ]
    sealed = record_batches.batch(record_batches.records(raw), 3, int(time.time() * 1000))
    with running_gate(monkeypatch, broker, registry) as gate:
        record_batches.send(broker.servers, Shipment.TOPIC, 2, sealed)
        gate.until(lambda: len(broker.everything("accepted-shipments")) == 3)
        assert (gate.gate.accepted, gate.gate.completed_keys) == (3, 2)
    messages = broker.everything("accepted-shipments")
    assert {(m.partition(), m.key(), m.value()) for m in messages} == {(2, key, value)}
    assert [m.headers() for m in messages] == [None, None, [("trace", None)]]
