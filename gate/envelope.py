"""A refused message as a record of the quarantine."""

from dataclasses import replace
from datetime import datetime

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from connect.message_headers import headers_of
from gate.coordinates import RecordCoordinates
from gate.headers import encode
from gate.reasons import Refusal, shortened
from schemas.avro.encode import EPOCH, MILLISECOND
from schemas.generated import QuarantinedRecord

LARGEST_VALUE = 2**20
"""Bytes of the value that are kept."""
LARGEST_PART = 2**18
"""Bytes of the key, and of the headers, that are kept: with the value they stay below the topic's
max.message.bytes."""


def timestamp(message: Message) -> int:
    """Return the Kafka timestamp in milliseconds, -1 for none."""
    timestamp_type, milliseconds = message.timestamp()
    return -1 if timestamp_type == TIMESTAMP_NOT_AVAILABLE else milliseconds


def coordinates_of(message: Message) -> RecordCoordinates:
    return RecordCoordinates(
        str(message.topic()), int(message.partition() or 0), int(message.offset() or 0)
    )


def envelope(
    message: Message, refusal: Refusal, now: datetime, headers_readable: bool = True
) -> QuarantinedRecord:
    """Build the record to keep; large parts are truncated, unreadable headers omitted."""
    raw_key, raw_value = message.key(), message.value()
    message_headers = headers_of(message) if headers_readable else None
    raw_headers = encode(message_headers) if message_headers else None
    key = _truncated(raw_key, LARGEST_PART)
    value = _truncated(raw_value, LARGEST_VALUE)
    kept_headers = _truncated(raw_headers, LARGEST_PART)
    whole = (key, value, kept_headers) == (raw_key, raw_value, raw_headers)
    return replace(
        bare_envelope(coordinates_of(message), refusal, now),
        sent_at=_time(timestamp(message)),
        raw_key=key,
        raw_value=value,
        raw_headers=kept_headers,
        complete=headers_readable and whole,
    )


def bare_envelope(
    coordinates: RecordCoordinates, refusal: Refusal, now: datetime
) -> QuarantinedRecord:
    """Build the record to keep of a message of which no part can be kept."""
    return QuarantinedRecord(
        source_topic=coordinates.topic,
        source_partition=coordinates.partition,
        source_offset=coordinates.offset,
        reason=refusal.reason.value,
        sentence=shortened(refusal.sentence),
        schema_id=refusal.schema_id,
        quarantined_at=now,
        complete=False,
    )


def _time(sent: int) -> datetime | None:
    """Convert a Kafka timestamp; None for none, and for one that no calendar has."""
    try:
        return None if sent < 0 else EPOCH + sent * MILLISECOND
    except OverflowError:
        return None


def _truncated(part: bytes | None, limit: int) -> bytes | None:
    return part if part is None or len(part) <= limit else part[:limit]
