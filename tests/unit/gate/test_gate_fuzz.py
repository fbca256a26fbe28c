"""Random records and random bytes against the gate, with fastavro and avro as references."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

from avro.io import BinaryDecoder, DatumReader
from avro.schema import parse
from fastavro import parse_schema, schemaless_reader
from hypothesis import example, given
from hypothesis import strategies as st

from connect.registry import UnknownSchemaError
from contracts.contract_file import load_all
from schemas.generated import EVENTS, StockCount
from schemas.record import Record
from schemas.wire import HEADER, DecodeError, Decoder
from tests.support.gate_judges import ENCODER, JUDGES, LIMITS, NOW, POISONS, REGISTRY, SENT
from tests.support.poisons import good
from tests.support.random_records import records

INBOUND = [contract for contract in load_all() if contract.flink == "source"]
FASTAVRO = {event.TOPIC: parse_schema(json.loads(event.SCHEMA)) for event in EVENTS}
AVRO = {event.TOPIC: DatumReader(parse(event.SCHEMA)) for event in EVENTS}
DECODERS: dict[str, Any] = {event.TOPIC: Decoder(event, REGISTRY.text_of) for event in EVENTS}
YEAR_2000 = datetime(2000, 1, 1, tzinfo=UTC)
recent = st.timedeltas(timedelta(days=-7), timedelta(hours=24)).map(
    lambda difference: NOW + timedelta(milliseconds=difference // timedelta(milliseconds=1))
)


@st.composite
def valid(draw: st.DrawFn) -> Record:
    """Any record that its contract and the rules of time allow."""
    record: Any = draw(st.one_of([records(contract) for contract in INBOUND]))
    times = {
        field.name: draw(recent)
        for field in type(record).FIELDS
        if field.type == "timestamp-millis" and getattr(record, field.name) is not None
    }
    if isinstance(record, StockCount):
        counted = min(times["counted_at"], NOW + LIMITS.count_ahead)
        recorded = min(times["recorded_at"], counted + LIMITS.count_age)
        times |= {"counted_at": counted, "recorded_at": recorded}
    return replace(record, **times)  # type: ignore[no-any-return]


@given(valid(), st.sampled_from([None, [("trace", b"1"), ("trace", None)]]))
def test_every_valid_record_is_accepted(record: Record, headers: Any) -> None:
    judge = JUDGES[record.TOPIC]
    assert judge.refusal(ENCODER.key(record), ENCODER.value(record), SENT, headers) is None


GOOD = [ENCODER.value(good(event, NOW)) for event in EVENTS]
POISONED = [p.value for p in POISONS if p.value and len(p.value) < 1000]


@st.composite
def edited(draw: st.DrawFn) -> tuple[str, bytes, bytes]:
    """(topic, key, value) of a valid record after some flips, cuts, insertions and splices."""
    record = draw(valid())
    value = bytearray(ENCODER.value(record))
    others = st.one_of(
        st.sampled_from(GOOD), st.sampled_from(POISONED), st.builds(ENCODER.value, valid())
    )
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(value)))
        end = draw(st.integers(at, min(len(value), at + 8)))
        match draw(st.sampled_from(["flip", "cut", "insert", "splice", "set"])):
            case "flip" if at < len(value):
                value[at] ^= 1 << draw(st.integers(0, 7))
            case "set" if at < len(value):
                value[at] = draw(st.sampled_from([0, 1, 2, 127, 128, 255]))
            case "cut":
                del value[at:end]
            case "insert":
                value[at:at] = draw(st.binary(max_size=8))
            case "splice":
                other = draw(others)
                value[at:] = other[draw(st.integers(0, len(other))) :]
    return record.TOPIC, ENCODER.key(record), bytes(value)


def of_two_readers(topic: str, body: bytes) -> tuple[Any, Any]:
    """Values that fastavro and avro read, after each has used every byte."""
    first, second = BytesIO(body), BytesIO(body)
    values = schemaless_reader(first, FASTAVRO[topic], None)
    again = AVRO[topic].read(BinaryDecoder(second))
    assert first.tell() == second.tell() == len(body)
    return values, again


def on_its_own_key(topic: str, value: bytes) -> bytes | None:
    """The key that the value's fields make, if it can be read: else edits rarely reach a level."""
    try:
        return ENCODER.key(DECODERS[topic].value(value))
    except (DecodeError, UnknownSchemaError):
        return None


@given(edited())
@example((EVENTS[1].TOPIC, b"", GOOD[1]))
def test_an_accepted_record_is_what_two_other_decoders_read(
    message: tuple[str, bytes, bytes],
) -> None:
    topic, key, value = message
    for each in (key, on_its_own_key(topic, value)):
        refusal = JUDGES[topic].refusal(each, value, SENT)
        if refusal is None:
            read_here = DECODERS[topic].value(value)
            values, again = of_two_readers(topic, value[HEADER.size :])
            assert read_here.to_dict() == values == again
        else:
            assert 0 < len(refusal.sentence) <= 1000
            refusal.sentence.encode()
