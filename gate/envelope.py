"""A refused message as a record of the quarantine."""

from datetime import datetime
from typing import cast

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message

from gate import headers
from gate.reasons import Refusal
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


def headers_of(message: Message) -> headers.Headers | None:
    return cast(headers.Headers | None, message.headers())


def envelope(message: Message, refusal: Refusal, now: datetime) -> QuarantinedRecord:
    """Build the record to keep; parts that are too large are truncated."""
    message_headers = headers_of(message)
    raw_key, raw_value = message.key(), message.value()
    raw_headers = headers.encode(message_headers) if message_headers else None
    key = _truncated(raw_key, LARGEST_PART)
    value = _truncated(raw_value, LARGEST_VALUE)
    kept_headers = _truncated(raw_headers, LARGEST_PART)
    sent = timestamp(message)
    return QuarantinedRecord(
        source_topic=str(message.topic()),
        source_partition=int(message.partition() or 0),
        source_offset=int(message.offset() or 0),
        reason=refusal.reason.value,
        sentence=refusal.sentence,
        schema_id=refusal.schema_id,
        sent_at=None if sent < 0 else EPOCH + sent * MILLISECOND,
        quarantined_at=now,
        raw_key=key,
        raw_value=value,
        raw_headers=kept_headers,
        complete=(key, value, kept_headers) == (raw_key, raw_value, raw_headers),
    )


def _truncated(part: bytes | None, limit: int) -> bytes | None:
    return part if part is None or len(part) <= limit else part[:limit]
