# Generated from schemas/redrive.avsc by `python -m codegen generate`: change that file, not this one.
"""Redrive: records of the topic redrives."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.record import Field, Limits, setters


@dataclass(frozen=True, slots=True, kw_only=True)
class Redrive:
    """A quarantined record was sent again: by whom, when, and where it stands now. Written in one
    transaction with what was sent, and kept for ever, so that nothing is sent again twice.
    """

    TOPIC: ClassVar[str] = 'redrives'
    KEY: ClassVar[tuple[str, ...]] = ('source_topic', 'source_partition', 'source_offset')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "Redrive", "namespace": "inventory", "doc": "A quarantined record was sent again: by whom, when, and where it stands now. Written in one transaction with what was sent, and kept for ever, so that nothing is sent again twice.", "fields": [{"name": "source_topic", "type": "string", "doc": "Public topic of the quarantined record, and of what was sent again."}, {"name": "source_partition", "type": "int", "doc": "Partition of the quarantined record."}, {"name": "source_offset", "type": "long", "doc": "Offset of the quarantined record."}, {"name": "redriven_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When it was sent again, UTC, milliseconds since 1970-01-01."}, {"name": "redriven_by", "type": "string", "doc": "Who sent it again."}, {"name": "repaired", "type": "boolean", "doc": "Whether another value was sent in place of the quarantined one."}, {"name": "sent_partition", "type": "int", "doc": "Partition of what was sent again."}, {"name": "sent_offset", "type": "long", "doc": "Offset of what was sent again."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "RedriveKey", "namespace": "inventory", "fields": [{"name": "source_topic", "type": "string"}, {"name": "source_partition", "type": "int"}, {"name": "source_offset", "type": "long"}]}'
    KEY_SUBJECT: ClassVar[str] = 'redrives-key'
    VALUE_SUBJECT: ClassVar[str] = 'redrives-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.Redrive'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('source_topic', 'string', doc='Public topic of the quarantined record, and of what was sent again.', limits=Limits(shortest=1, longest=249)),
        Field('source_partition', 'int', doc='Partition of the quarantined record.', limits=Limits(minimum=0)),
        Field('source_offset', 'long', doc='Offset of the quarantined record.', limits=Limits(minimum=0)),
        Field('redriven_at', 'timestamp-millis', doc='When it was sent again, UTC, milliseconds since 1970-01-01.'),
        Field('redriven_by', 'string', doc='Who sent it again.', limits=Limits(shortest=1, longest=200)),
        Field('repaired', 'boolean', doc='Whether another value was sent in place of the quarantined one.'),
        Field('sent_partition', 'int', doc='Partition of what was sent again.', limits=Limits(minimum=0)),
        Field('sent_offset', 'long', doc='Offset of what was sent again.', limits=Limits(minimum=0)),
    )

    source_topic: str
    """Public topic of the quarantined record, and of what was sent again."""
    source_partition: int
    """Partition of the quarantined record."""
    source_offset: int
    """Offset of the quarantined record."""
    redriven_at: datetime
    """When it was sent again, UTC, milliseconds since 1970-01-01."""
    redriven_by: str
    """Who sent it again."""
    repaired: bool
    """Whether another value was sent in place of the quarantined one."""
    sent_partition: int
    """Partition of what was sent again."""
    sent_offset: int
    """Offset of what was sent again."""

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.source_topic) is not str or not 1 <= len(self.source_topic) <= 249:
            raise violations.text("source_topic", self.source_topic, 1, 249)
        if type(self.source_partition) is not int or not 0 <= self.source_partition <= 2147483647:
            raise violations.integer("source_partition", self.source_partition, 0, 2147483647)
        if type(self.source_offset) is not int or not 0 <= self.source_offset <= 9223372036854775807:
            raise violations.integer("source_offset", self.source_offset, 0, 9223372036854775807)
        if type(self.redriven_at) is not datetime or self.redriven_at.tzinfo is None or self.redriven_at.microsecond % 1000:
            raise violations.time("redriven_at", self.redriven_at)
        if type(self.redriven_by) is not str or not 1 <= len(self.redriven_by) <= 200:
            raise violations.text("redriven_by", self.redriven_by, 1, 200)
        if type(self.repaired) is not bool:
            raise violations.boolean("repaired", self.repaired)
        if type(self.sent_partition) is not int or not 0 <= self.sent_partition <= 2147483647:
            raise violations.integer("sent_partition", self.sent_partition, 0, 2147483647)
        if type(self.sent_offset) is not int or not 0 <= self.sent_offset <= 9223372036854775807:
            raise violations.integer("sent_offset", self.sent_offset, 0, 9223372036854775807)

    def key(self) -> tuple[str, int, int]:
        return (self.source_topic, self.source_partition, self.source_offset)

    def to_dict(self) -> dict[str, Any]:
        return {
            "source_topic": self.source_topic,
            "source_partition": self.source_partition,
            "source_offset": self.source_offset,
            "redriven_at": self.redriven_at,
            "redriven_by": self.redriven_by,
            "repaired": self.repaired,
            "sent_partition": self.sent_partition,
            "sent_offset": self.sent_offset,
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
                encode.time(self.redriven_at),
                encode.text(self.redriven_by),
                encode.boolean(self.repaired),
                encode.varint(self.sent_partition),
                encode.varint(self.sent_offset),
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
        value, at = decode.time(data, at)
        _put_redriven_at(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_redriven_by(record, value)
        value, at = decode.boolean(data, at)
        _put_repaired(record, value)
        byte = data[at]
        if byte & 128:
            value, at = decode.integer(data, at)
        else:
            value, at = (byte >> 1) ^ -(byte & 1), at + 1
        _put_sent_partition(record, value)
        value, at = decode.long(data, at)
        _put_sent_offset(record, value)
        return record, at


(
    _put_source_topic,
    _put_source_partition,
    _put_source_offset,
    _put_redriven_at,
    _put_redriven_by,
    _put_repaired,
    _put_sent_partition,
    _put_sent_offset,
) = setters(Redrive)
