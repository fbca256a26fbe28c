# Generated from schemas/quarantined_record.avsc by `python -m codegen generate`: change that file, not this one.
"""QuarantinedRecord: records of the topic quarantine."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.record import Field, Limits, setters

_REASON_PATTERN = re.compile('[a-z_]{1,50}')
_SCHEMA_ID_READ = decode.union((decode.nothing, decode.long))
_SENT_AT_READ = decode.union((decode.nothing, decode.time))
_RAW_KEY_READ = decode.union((decode.nothing, decode.octets))
_RAW_VALUE_READ = decode.union((decode.nothing, decode.octets))
_RAW_HEADERS_READ = decode.union((decode.nothing, decode.octets))


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantinedRecord:
    """A record that the gate refused, as it came, with the rule that it broke; or an accepted one
    that the job could not count, without its bytes. Judged again after a crash, it has the same
    key, so that it is there once.
    """

    TOPIC: ClassVar[str] = 'quarantine'
    KEY: ClassVar[tuple[str, ...]] = ('source_topic', 'source_partition', 'source_offset')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "QuarantinedRecord", "namespace": "inventory", "doc": "A record that the gate refused, as it came, with the rule that it broke; or an accepted one that the job could not count, without its bytes. Judged again after a crash, it has the same key, so that it is there once.", "fields": [{"name": "source_topic", "type": "string", "doc": "Topic in which the record stands: a public one, or of a record that the job could not count the one that the job reads."}, {"name": "source_partition", "type": "int", "doc": "Its partition."}, {"name": "source_offset", "type": "long", "doc": "Its offset in the partition."}, {"name": "reason", "type": "string", "doc": "Code of the rule that it broke; a code never changes its meaning."}, {"name": "sentence", "type": "string", "doc": "What was expected and what was found."}, {"name": "schema_id", "type": ["null", "long"], "default": null, "doc": "The registry\'s id of the writer\'s schema, as the value\'s header names it; null when it has no header."}, {"name": "sent_at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}], "default": null, "doc": "The record\'s Kafka timestamp, UTC, milliseconds since 1970-01-01; null when it has none, or the job wrote this."}, {"name": "quarantined_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the gate put it aside; of what the job could not count, when the event was recorded; UTC, milliseconds since 1970-01-01."}, {"name": "raw_key", "type": ["null", "bytes"], "default": null, "doc": "The message key as it came; null when there was none."}, {"name": "raw_value", "type": ["null", "bytes"], "default": null, "doc": "The message value as it came; null for a tombstone."}, {"name": "raw_headers", "type": ["null", "bytes"], "default": null, "doc": "The message headers, as Kafka\'s record format (version 2) writes them; null when there were none."}, {"name": "complete", "type": "boolean", "doc": "Whether key, value and headers are whole. Of a record too large to be kept, only their beginnings are; of one that the job could not count, nothing is: it stands whole in its topic."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "QuarantinedRecordKey", "namespace": "inventory", "fields": [{"name": "source_topic", "type": "string"}, {"name": "source_partition", "type": "int"}, {"name": "source_offset", "type": "long"}]}'
    KEY_SUBJECT: ClassVar[str] = 'quarantine-key'
    VALUE_SUBJECT: ClassVar[str] = 'quarantine-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.QuarantinedRecord'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('source_topic', 'string', doc='Topic in which the record stands: a public one, or of a record that the job could not count the one that the job reads.', limits=Limits(shortest=1, longest=249)),
        Field('source_partition', 'int', doc='Its partition.', limits=Limits(minimum=0)),
        Field('source_offset', 'long', doc='Its offset in the partition.', limits=Limits(minimum=0)),
        Field('reason', 'string', doc='Code of the rule that it broke; a code never changes its meaning.', limits=Limits(pattern='[a-z_]{1,50}')),
        Field('sentence', 'string', doc='What was expected and what was found.', limits=Limits(shortest=1, longest=1000)),
        Field('schema_id', 'long', nullable=True, has_default=True, doc="The registry's id of the writer's schema, as the value's header names it; null when it has no header.", limits=Limits(minimum=0)),
        Field('sent_at', 'timestamp-millis', nullable=True, has_default=True, doc="The record's Kafka timestamp, UTC, milliseconds since 1970-01-01; null when it has none, or the job wrote this."),
        Field('quarantined_at', 'timestamp-millis', doc='When the gate put it aside; of what the job could not count, when the event was recorded; UTC, milliseconds since 1970-01-01.'),
        Field('raw_key', 'bytes', nullable=True, has_default=True, doc='The message key as it came; null when there was none.'),
        Field('raw_value', 'bytes', nullable=True, has_default=True, doc='The message value as it came; null for a tombstone.'),
        Field('raw_headers', 'bytes', nullable=True, has_default=True, doc="The message headers, as Kafka's record format (version 2) writes them; null when there were none."),
        Field('complete', 'boolean', doc='Whether key, value and headers are whole. Of a record too large to be kept, only their beginnings are; of one that the job could not count, nothing is: it stands whole in its topic.'),
    )

    source_topic: str
    """Topic in which the record stands: a public one, or of a record that the job could not count
    the one that the job reads.
    """
    source_partition: int
    """Its partition."""
    source_offset: int
    """Its offset in the partition."""
    reason: str
    """Code of the rule that it broke; a code never changes its meaning."""
    sentence: str
    """What was expected and what was found."""
    schema_id: int | None = None
    """The registry's id of the writer's schema, as the value's header names it; null when it has
    no header.
    """
    sent_at: datetime | None = None
    """The record's Kafka timestamp, UTC, milliseconds since 1970-01-01; null when it has none, or
    the job wrote this.
    """
    quarantined_at: datetime
    """When the gate put it aside; of what the job could not count, when the event was recorded;
    UTC, milliseconds since 1970-01-01.
    """
    raw_key: bytes | None = None
    """The message key as it came; null when there was none."""
    raw_value: bytes | None = None
    """The message value as it came; null for a tombstone."""
    raw_headers: bytes | None = None
    """The message headers, as Kafka's record format (version 2) writes them; null when there were
    none.
    """
    complete: bool
    """Whether key, value and headers are whole. Of a record too large to be kept, only their
    beginnings are; of one that the job could not count, nothing is: it stands whole in its
    topic.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.source_topic) is not str or not 1 <= len(self.source_topic) <= 249:
            raise violations.text("source_topic", self.source_topic, 1, 249)
        if type(self.source_partition) is not int or not 0 <= self.source_partition <= 2147483647:
            raise violations.integer("source_partition", self.source_partition, 0, 2147483647)
        if type(self.source_offset) is not int or not 0 <= self.source_offset <= 9223372036854775807:
            raise violations.integer("source_offset", self.source_offset, 0, 9223372036854775807)
        if type(self.reason) is not str or not _REASON_PATTERN.fullmatch(self.reason):
            raise violations.pattern("reason", self.reason, _REASON_PATTERN.pattern)
        if type(self.sentence) is not str or not 1 <= len(self.sentence) <= 1000:
            raise violations.text("sentence", self.sentence, 1, 1000)
        if self.schema_id is not None and (type(self.schema_id) is not int or not 0 <= self.schema_id <= 9223372036854775807):
            raise violations.integer("schema_id", self.schema_id, 0, 9223372036854775807)
        if self.sent_at is not None and (type(self.sent_at) is not datetime or self.sent_at.tzinfo is None or self.sent_at.microsecond % 1000):
            raise violations.time("sent_at", self.sent_at)
        if type(self.quarantined_at) is not datetime or self.quarantined_at.tzinfo is None or self.quarantined_at.microsecond % 1000:
            raise violations.time("quarantined_at", self.quarantined_at)
        if self.raw_key is not None and (type(self.raw_key) is not bytes):
            raise violations.data("raw_key", self.raw_key)
        if self.raw_value is not None and (type(self.raw_value) is not bytes):
            raise violations.data("raw_value", self.raw_value)
        if self.raw_headers is not None and (type(self.raw_headers) is not bytes):
            raise violations.data("raw_headers", self.raw_headers)
        if type(self.complete) is not bool:
            raise violations.boolean("complete", self.complete)

    def key(self) -> tuple[str, int, int]:
        return (self.source_topic, self.source_partition, self.source_offset)

    def to_dict(self) -> dict[str, Any]:
        return {
            "source_topic": self.source_topic,
            "source_partition": self.source_partition,
            "source_offset": self.source_offset,
            "reason": self.reason,
            "sentence": self.sentence,
            "schema_id": self.schema_id,
            "sent_at": self.sent_at,
            "quarantined_at": self.quarantined_at,
            "raw_key": self.raw_key,
            "raw_value": self.raw_value,
            "raw_headers": self.raw_headers,
            "complete": self.complete,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return b"".join(
            (
                encode.text(self.source_topic),
                encode.varint(self.source_partition),
                encode.varint(self.source_offset),
                encode.text(self.reason),
                encode.text(self.sentence),
                (b"\x00" if self.schema_id is None else b"\x02" + encode.varint(self.schema_id)),
                (b"\x00" if self.sent_at is None else b"\x02" + encode.time(self.sent_at)),
                encode.time(self.quarantined_at),
                (b"\x00" if self.raw_key is None else b"\x02" + encode.data(self.raw_key)),
                (b"\x00" if self.raw_value is None else b"\x02" + encode.data(self.raw_value)),
                (b"\x00" if self.raw_headers is None else b"\x02" + encode.data(self.raw_headers)),
                encode.boolean(self.complete),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.source_topic)
            + encode.varint(self.source_partition)
            + encode.varint(self.source_offset)
        )

    @classmethod
    def from_avro(cls, data: bytes, at: int) -> tuple[Self, int]:
        record = cls.__new__(cls)
        value: Any
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_source_topic(record, value)
        byte = data[at]
        if byte & 128:
            value, at = decode.integer(data, at)
        else:
            value, at = (byte >> 1) ^ -(byte & 1), at + 1
        _put_source_partition(record, value)
        value, at = decode.long(data, at)
        _put_source_offset(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_reason(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_sentence(record, value)
        value, at = _SCHEMA_ID_READ(data, at)
        _put_schema_id(record, value)
        value, at = _SENT_AT_READ(data, at)
        _put_sent_at(record, value)
        value, at = decode.time(data, at)
        _put_quarantined_at(record, value)
        value, at = _RAW_KEY_READ(data, at)
        _put_raw_key(record, value)
        value, at = _RAW_VALUE_READ(data, at)
        _put_raw_value(record, value)
        value, at = _RAW_HEADERS_READ(data, at)
        _put_raw_headers(record, value)
        value, at = decode.boolean(data, at)
        _put_complete(record, value)
        return record, at


(
    _put_source_topic,
    _put_source_partition,
    _put_source_offset,
    _put_reason,
    _put_sentence,
    _put_schema_id,
    _put_sent_at,
    _put_quarantined_at,
    _put_raw_key,
    _put_raw_value,
    _put_raw_headers,
    _put_complete,
) = setters(QuarantinedRecord)
