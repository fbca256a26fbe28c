"""Quarantined records: kept, shown, repaired and parsed, without Kafka."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from connect.errors import UserError
from contracts.contract_file import load_all
from gate import record_json, show
from gate.__main__ import main
from gate.coordinates import RecordCoordinates
from gate.envelope import LARGEST_PART, LARGEST_VALUE, envelope
from gate.headers import decode, encode
from gate.reasons import NOT_COUNTED, RULES, Reason, Refusal
from schemas.avro.encode import time
from schemas.generated import EVENTS, QuarantinedRecord, Shipment
from schemas.record import Record
from tests.support.gate_judges import ENCODER, JUDGES, NOW, POISONS, REGISTRY, SENT, FakeMessage
from tests.support.poisons import good
from tests.support.random_records import records

INBOUND = [contract for contract in load_all() if contract.flink == "source"]


def quarantined(message: Any, reason: Reason = Reason.MAGIC) -> QuarantinedRecord:
    record = envelope(message, Refusal(reason, "why"), NOW)
    record.validate()
    return record


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.none() | st.binary())))
def test_headers_are_decoded_as_they_were_encoded(headers: list[tuple[str, bytes | None]]) -> None:
    assert decode(encode(headers)) == headers


def test_headers_are_written_as_kafka_s_record_format_says() -> None:
    assert encode([("k", b"v"), ("n", None)]) == b"\x04\x02k\x02v\x02n\x01"


@pytest.mark.parametrize("poison", POISONS, ids=lambda poison: poison.name)
def test_every_poison_fits_its_envelope_and_can_be_shown(poison: Any) -> None:
    refusal = JUDGES[poison.topic].refusal(poison.key, poison.value, SENT)
    assert refusal is not None
    message: Any = FakeMessage(poison.topic, poison.key, poison.value)
    record = envelope(message, refusal, NOW)
    assert len(ENCODER.value(record)) < 2_000_000
    assert (record.raw_key, record.raw_value, record.complete) == (poison.key, poison.value, True)
    shown = "\n".join(show.lines(record, None, REGISTRY.text_of))
    assert RULES[refusal.reason] in shown
    assert refusal.sentence in shown


def test_a_record_too_large_to_keep_is_truncated() -> None:
    message: Any = FakeMessage("shipments", bytes(10**6), bytes(10**8), [("h", bytes(10**6))])
    record = quarantined(message)
    assert not record.complete
    assert len(record.raw_value or b"") == LARGEST_VALUE
    assert len(record.raw_key or b"") == len(record.raw_headers or b"") == LARGEST_PART
    assert len(ENCODER.value(record)) < 2_000_000
    assert "too large to be kept whole" in "\n".join(show.lines(record, None, REGISTRY.text_of))


def test_a_record_without_a_kafka_timestamp_is_kept_without_one() -> None:
    message: Any = FakeMessage("shipments", None, None, sent=-1)
    assert quarantined(message).sent_at is None


def test_the_contract_s_line_and_the_decodable_fields_are_shown() -> None:
    value = ENCODER.value(good(Shipment, NOW))
    cut = value[: value.index(time(NOW)) + 4]
    message: Any = FakeMessage("shipments", b"", cut)
    refusal = JUDGES["shipments"].refusal(b"", cut, SENT)
    assert refusal is not None
    assert "the bytes end before" in refusal.sentence
    record = envelope(message, refusal, NOW)
    assert show.decoded(record, REGISTRY.text_of) == {
        "event_id": "e1", "order_id": "o1", "store_id": "north", "sku": "milk", "quantity": 2,
    }  # fmt: skip
    bad = envelope(message, Refusal(Reason.CONTRACT, "quantity: expected more"), NOW)
    lines = Path("schemas/shipment.avsc").read_text().splitlines()
    number = next(n for n, line in enumerate(lines, 1) if '"name": "quantity"' in line)
    assert f"schemas/shipment.avsc:{number}: " in "\n".join(show.lines(bad, None, REGISTRY.text_of))


@given(st.one_of([records(contract) for contract in INBOUND]))
def test_a_record_shown_as_json_is_read_back_as_it_was(record: Record) -> None:
    message: Any = FakeMessage(record.TOPIC, None, ENCODER.value(record))
    in_quarantine = envelope(message, Refusal(Reason.KEY, "why", message.value()[4]), NOW)
    text = json.dumps(show.decoded(in_quarantine, REGISTRY.text_of))
    assert record_json.to_record(text, type(record), "file") == record


@pytest.mark.parametrize(
    ("text", "start"),
    [
        (b"\xff", "file: not readable"),
        ("", "file: not readable"),
        ("[]", "file: not readable: expected one object"),
        ('{"colour": 1}', "file: not readable: expected one object"),
        ("{}", "file: event_id: expected text"),
        ('{"occurred_at": "yesterday"}', "file: not readable: Invalid isoformat"),
    ],
)
def test_an_invalid_repair_is_refused_in_one_sentence(text: str | bytes, start: str) -> None:
    with pytest.raises(UserError) as refused:
        record_json.to_record(text, Shipment, "file")
    assert refused.value.message.startswith(start)


@pytest.mark.parametrize("reason", ["conflict", "unhandled"])
def test_an_accepted_record_that_the_job_did_not_count_is_shown_with_its_remedy(
    reason: str,
) -> None:
    record = QuarantinedRecord(
        source_topic="accepted-transfers",
        source_partition=0,
        source_offset=7,
        reason=reason,
        sentence="event_id e1 came before with other content",
        quarantined_at=NOW,
        complete=False,
    )
    shown = "\n".join(show.lines(record, None, REGISTRY.text_of))
    assert record.sentence in shown
    assert NOT_COUNTED[reason] in shown
    assert "too large" not in shown


@pytest.mark.parametrize("arguments", [["lst"], ["quarantine", "lst"], ["quarantine", "show"]])
def test_an_unknown_command_is_refused_and_named(arguments: list[str]) -> None:
    refused = CliRunner().invoke(main, arguments)
    assert refused.exit_code == 2
    assert "Error: No such command 'lst'." in refused.output or "Missing argument" in refused.output


@given(st.sampled_from(EVENTS), st.integers(0, 99), st.integers(0, 2**62))
def test_coordinates_are_parsed_as_they_are_written(
    event: Any, partition: int, offset: int
) -> None:
    coordinates = RecordCoordinates(event.TOPIC, partition, offset)
    assert RecordCoordinates.parse(str(coordinates)) == coordinates


@pytest.mark.parametrize("text", ["", "shipments", "shipments/1", "shipments/1/x", "a/1/2/3"])
def test_malformed_coordinates_are_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        RecordCoordinates.parse(text)


def test_a_verdict_does_not_depend_on_the_clock() -> None:
    """The same record has the same verdict whenever it is judged."""
    record = good(Shipment, datetime(2001, 1, 1, tzinfo=UTC))
    sent = int(datetime(2001, 1, 2, tzinfo=UTC).timestamp() * 1000)
    refusal = JUDGES["shipments"].refusal(ENCODER.key(record), ENCODER.value(record), sent)
    assert refusal is None
