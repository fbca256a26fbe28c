"""Cases in which fastavro reads bytes wrongly or inexactly, beside the project's own decoder.

They are the reason for docs/decisions/0005-own-avro-decoder.md. A case that fails here after an
update of fastavro is one that it has mended.
"""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from fastavro import schemaless_reader

from schemas.wire import DecodeError, Decoder
from tests.support.avro_meaning import Document
from tests.support.contract_pairs import MILLIS, dataclass_of, decimal

IDENTITY = {"name": "event_id", "type": "string", "doc": "Identity."}
HEADER = b"\0\0\0\0\7"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROS = {"type": "long", "logicalType": "timestamp-micros"}
LOCAL_MILLIS = {"type": "long", "logicalType": "local-timestamp-millis"}


def record_schema(field_type: Document) -> Document:
    """Return a writer's schema with one field of a type after the event_id."""
    fields = [IDENTITY, {"name": "field", "type": field_type}]
    return {"type": "record", "name": "Event", "namespace": "test", "fields": fields}


def decoder(field_type: Document, writer: Document) -> tuple[Decoder[Any], Document]:
    """Return the decoder and the reader's schema of a contract with a field of a type."""
    field = {"name": "field", "type": field_type, "doc": "A field."}
    if isinstance(field_type, list):
        field["default"] = None
    record_type, reader = dataclass_of([IDENTITY, field])
    text = json.dumps(writer)
    return Decoder(record_type, lambda _: text), reader


def read(writer: Document, reader: Document | None, data: bytes) -> tuple[dict[str, Any], int]:
    """Return fastavro's record and the number of bytes that it leaves unread."""
    source = BytesIO(b"\2x" + data)
    record = schemaless_reader(source, writer, reader)
    assert isinstance(record, dict)
    return record, len(source.read())


WRONG_BYTES: dict[str, tuple[Document, bytes, Any]] = {
    "int of 2^31": ("int", b"\x80\x80\x80\x80\x10", 2**31),
    "int of -2^31 - 1": ("int", b"\x81\x80\x80\x80\x10", -(2**31) - 1),
    "int in six bytes": ("int", b"\x82\x80\x80\x80\x80\x00", 1),
    "int in eleven bytes": ("int", b"\x80" * 10 + b"\0", 0),
    "long in eleven bytes": ("long", b"\x80" * 10 + b"\0", 0),
    "long of 65 bits": ("long", b"\xff" * 9 + b"\2", -(2**62)),
    "boolean of 2": ("boolean", b"\2", True),
    "decimal of no bytes": (decimal(10, 2), b"\0", Decimal("0.00")),
    "decimal of 39 digits": (decimal(38, 0), b"\x20" + (10**38 + 1).to_bytes(16, "big"), 10**38),
    "branch -1 of a union": (["null", "int"], b"\1\0", 0),
    "branch number in six bytes": (["null", "int"], b"\x80\x80\x80\x80\x80\x00", None),
}


@pytest.mark.parametrize("case", WRONG_BYTES)
def test_fastavro_reads_bytes_that_encode_no_value(case: str) -> None:
    field_type, data, value = WRONG_BYTES[case]
    writer = record_schema(field_type)
    assert read(writer, None, data) == ({"event_id": "x", "field": value}, 0)
    ours, _ = decoder(field_type, writer)
    with pytest.raises(DecodeError):
        ours.value(HEADER + b"\2x" + data)


def test_fastavro_leaves_trailing_bytes_to_its_caller() -> None:
    writer = record_schema("int")
    assert read(writer, None, b"\2\0") == ({"event_id": "x", "field": 1}, 1)
    ours, _ = decoder("int", writer)
    with pytest.raises(DecodeError, match="1 bytes are left over"):
        ours.value(HEADER + b"\2x\2\0")


def test_fastavro_rounds_a_decimal_of_more_digits_than_its_precision() -> None:
    writer = record_schema(decimal(10, 2))
    unscaled = 1_234_567_890_12
    data = bytes([12]) + unscaled.to_bytes(6, "big")
    record, _ = read(writer, None, data)
    assert record["field"] == Decimal("1234567890")
    ours, _ = decoder(decimal(10, 2), writer)
    assert ours.value(HEADER + b"\2x" + data).field == Decimal("1234567890.12")


OTHER_MEANING: dict[str, tuple[Document, Document, bytes, Any]] = {
    "decimal of another scale": (decimal(10, 2), decimal(10, 4), b"\4\x30\x39", Decimal("1.2345")),
    "bytes as a decimal": (decimal(10, 2), "bytes", b"\4\x30\x39", b"09"),
    "long as a time": (MILLIS, "long", b"\2", 1),
    "time as a long": ("long", MILLIS, b"\2", EPOCH + timedelta(milliseconds=1)),
    "time without a zone": (MILLIS, LOCAL_MILLIS, b"\2", datetime(1970, 1, 1, microsecond=1000)),
    "microseconds": (MILLIS, MICROS, b"\4", EPOCH + timedelta(microseconds=2)),
}


@pytest.mark.parametrize("case", OTHER_MEANING)
def test_fastavro_resolves_schemas_by_the_primitive_type_alone(case: str) -> None:
    contract_type, writer_type, data, value = OTHER_MEANING[case]
    writer = record_schema(writer_type)
    ours, reader = decoder(contract_type, writer)
    assert read(writer, reader, data) == ({"event_id": "x", "field": value}, 0)
    with pytest.raises(DecodeError, match="schema 7 has field as"):
        ours.value(HEADER + b"\2x" + data)


ENUM = {"type": "enum", "name": "Symbols", "symbols": ["A", "B"]}
SKIPPED: dict[str, tuple[Document, bytes]] = {
    "symbol 2 of 2": (ENUM, b"\4"),
    "symbol -1": (ENUM, b"\1"),
    "branch -1": (["null", "int"], b"\1\2"),
    "fixed cut short": ({"type": "fixed", "name": "Two", "size": 2}, b"\0"),
    "double cut short": ("double", b"\0" * 7),
    "bytes cut short": ("bytes", b"\4\0"),
    "text that is no UTF-8": ("string", b"\2\xff"),
    "boolean of 2": ("boolean", b"\2"),
    "int of 33 bits": ("int", b"\x80\x80\x80\x80\x10"),
}


@pytest.mark.parametrize("case", SKIPPED)
def test_fastavro_does_not_check_a_field_that_the_reader_lacks(case: str) -> None:
    writer_type, data = SKIPPED[case]
    writer = record_schema(writer_type)
    record_type, reader = dataclass_of([IDENTITY])
    assert read(writer, reader, data) == ({"event_id": "x"}, 0)
    text = json.dumps(writer)
    ours: Decoder[Any] = Decoder(record_type, lambda _: text)
    with pytest.raises(DecodeError):
        ours.value(HEADER + b"\2x" + data)


ERRORS: dict[str, tuple[Document, bytes, type[Exception]]] = {
    "end of the bytes": ("int", b"", EOFError),
    "long without an end": ("long", b"\xff" * 30, IndexError),
    "branch 2 of 2": (["null", "int"], b"\4\0", IndexError),
    "time after the year 9999": (MILLIS, b"\x80\xb0\x8e\xd2\xdc\xba\xfb\x0e", OverflowError),
    "text that is no UTF-8": ("string", b"\2\xff", UnicodeDecodeError),
}


@pytest.mark.parametrize("case", ERRORS)
def test_fastavro_raises_many_types_of_error_for_bytes_that_are_no_record(case: str) -> None:
    field_type, data, error = ERRORS[case]
    writer = record_schema(field_type)
    with pytest.raises(error):
        read(writer, None, data)
    ours, _ = decoder(field_type, writer)
    with pytest.raises(DecodeError):
        ours.value(HEADER + b"\2x" + data)
