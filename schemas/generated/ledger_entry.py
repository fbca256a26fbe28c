# Generated from schemas/ledger_entry.avsc by `python -m codegen generate`: change that file, not this one.
"""LedgerEntry: records of the topic stock-ledger."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.record import Field, Limits, setters

_KIND_PATTERN = re.compile('sale|return|shipment|adjustment|transfer_out|transfer_in|count|refused_count')
_REASON_READ = decode.union((decode.nothing, decode.text))
_REFERENCE_READ = decode.union((decode.nothing, decode.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerEntry:
    """One accepted movement or count of stock, once, or a count that was refused: the book from
    which every level can be worked out. On hand = the latest count's quantity + the movements
    after it.
    """

    TOPIC: ClassVar[str] = 'stock-ledger'
    KEY: ClassVar[tuple[str, ...]] = ('event_id',)
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "LedgerEntry", "namespace": "inventory", "doc": "One accepted movement or count of stock, once, or a count that was refused: the book from which every level can be worked out. On hand = the latest count\'s quantity + the movements after it.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event."}, {"name": "store_id", "type": "string", "doc": "Identity of the store whose stock it moves or counts."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "kind", "type": "string", "doc": "sale, return, shipment, adjustment, transfer_out, transfer_in, count, or refused_count: a count that was recorded so late that movements after it may have been forgotten; it changes no level."}, {"name": "quantity", "type": "long", "doc": "Units that came (+) or went (-); of a count, refused or not, the units found."}, {"name": "reason", "type": ["null", "string"], "default": null, "doc": "Why, of an adjustment or a refusal; else null."}, {"name": "reference", "type": ["null", "string"], "default": null, "doc": "The receipt, order or transfer that it belongs to; null where there is none."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the goods moved or were counted, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the event was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}, {"name": "source_topic", "type": "string", "doc": "Topic of the accepted delivery."}, {"name": "source_partition", "type": "int", "doc": "Its partition."}, {"name": "source_offset", "type": "long", "doc": "Its offset in the partition."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "LedgerEntryKey", "namespace": "inventory", "fields": [{"name": "event_id", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'stock-ledger-key'
    VALUE_SUBJECT: ClassVar[str] = 'stock-ledger-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.LedgerEntry'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('event_id', 'string', doc='Identity of the event.', limits=Limits(shortest=1, longest=200)),
        Field('store_id', 'string', doc='Identity of the store whose stock it moves or counts.', limits=Limits(shortest=1, longest=100)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100)),
        Field('kind', 'string', doc='sale, return, shipment, adjustment, transfer_out, transfer_in, count, or refused_count: a count that was recorded so late that movements after it may have been forgotten; it changes no level.', limits=Limits(pattern='sale|return|shipment|adjustment|transfer_out|transfer_in|count|refused_count')),
        Field('quantity', 'long', doc='Units that came (+) or went (-); of a count, refused or not, the units found.'),
        Field('reason', 'string', nullable=True, has_default=True, doc='Why, of an adjustment or a refusal; else null.', limits=Limits(shortest=1, longest=200)),
        Field('reference', 'string', nullable=True, has_default=True, doc='The receipt, order or transfer that it belongs to; null where there is none.', limits=Limits(shortest=1, longest=200)),
        Field('occurred_at', 'timestamp-millis', doc='When the goods moved or were counted, UTC, milliseconds since 1970-01-01.'),
        Field('recorded_at', 'timestamp-millis', doc='When the event was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value.'),
        Field('source_topic', 'string', doc='Topic of the accepted delivery.', limits=Limits(shortest=1, longest=249)),
        Field('source_partition', 'int', doc='Its partition.', limits=Limits(minimum=0)),
        Field('source_offset', 'long', doc='Its offset in the partition.', limits=Limits(minimum=0)),
    )

    event_id: str
    """Identity of the event."""
    store_id: str
    """Identity of the store whose stock it moves or counts."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    kind: str
    """sale, return, shipment, adjustment, transfer_out, transfer_in, count, or refused_count: a
    count that was recorded so late that movements after it may have been forgotten; it changes
    no level.
    """
    quantity: int
    """Units that came (+) or went (-); of a count, refused or not, the units found."""
    reason: str | None = None
    """Why, of an adjustment or a refusal; else null."""
    reference: str | None = None
    """The receipt, order or transfer that it belongs to; null where there is none."""
    occurred_at: datetime
    """When the goods moved or were counted, UTC, milliseconds since 1970-01-01."""
    recorded_at: datetime
    """When the event was first written to a file or topic, UTC, milliseconds since 1970-01-01; a
    repeat carries the same value.
    """
    source_topic: str
    """Topic of the accepted delivery."""
    source_partition: int
    """Its partition."""
    source_offset: int
    """Its offset in the partition."""

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.event_id) is not str or not 1 <= len(self.event_id) <= 200:
            raise violations.text("event_id", self.event_id, 1, 200)
        if type(self.store_id) is not str or not 1 <= len(self.store_id) <= 100:
            raise violations.text("store_id", self.store_id, 1, 100)
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if type(self.kind) is not str or not _KIND_PATTERN.fullmatch(self.kind):
            raise violations.pattern("kind", self.kind, _KIND_PATTERN.pattern)
        if type(self.quantity) is not int or not -9223372036854775808 <= self.quantity <= 9223372036854775807:
            raise violations.integer("quantity", self.quantity, -9223372036854775808, 9223372036854775807)
        if self.reason is not None and (type(self.reason) is not str or not 1 <= len(self.reason) <= 200):
            raise violations.text("reason", self.reason, 1, 200)
        if self.reference is not None and (type(self.reference) is not str or not 1 <= len(self.reference) <= 200):
            raise violations.text("reference", self.reference, 1, 200)
        if type(self.occurred_at) is not datetime or self.occurred_at.tzinfo is None or self.occurred_at.microsecond % 1000:
            raise violations.time("occurred_at", self.occurred_at)
        if type(self.recorded_at) is not datetime or self.recorded_at.tzinfo is None or self.recorded_at.microsecond % 1000:
            raise violations.time("recorded_at", self.recorded_at)
        if type(self.source_topic) is not str or not 1 <= len(self.source_topic) <= 249:
            raise violations.text("source_topic", self.source_topic, 1, 249)
        if type(self.source_partition) is not int or not 0 <= self.source_partition <= 2147483647:
            raise violations.integer("source_partition", self.source_partition, 0, 2147483647)
        if type(self.source_offset) is not int or not 0 <= self.source_offset <= 9223372036854775807:
            raise violations.integer("source_offset", self.source_offset, 0, 9223372036854775807)

    def key(self) -> tuple[str]:
        return (self.event_id,)

    def to_dict(self) -> dict[str, Any]:
        return {
            "event_id": self.event_id,
            "store_id": self.store_id,
            "sku": self.sku,
            "kind": self.kind,
            "quantity": self.quantity,
            "reason": self.reason,
            "reference": self.reference,
            "occurred_at": self.occurred_at,
            "recorded_at": self.recorded_at,
            "source_topic": self.source_topic,
            "source_partition": self.source_partition,
            "source_offset": self.source_offset,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return b"".join(
            (
                encode.text(self.event_id),
                encode.text(self.store_id),
                encode.text(self.sku),
                encode.text(self.kind),
                encode.varint(self.quantity),
                (b"\x00" if self.reason is None else b"\x02" + encode.text(self.reason)),
                (b"\x00" if self.reference is None else b"\x02" + encode.text(self.reference)),
                encode.time(self.occurred_at),
                encode.time(self.recorded_at),
                encode.text(self.source_topic),
                encode.varint(self.source_partition),
                encode.varint(self.source_offset),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.event_id)
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
        _put_event_id(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_store_id(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_sku(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_kind(record, value)
        value, at = decode.long(data, at)
        _put_quantity(record, value)
        value, at = _REASON_READ(data, at)
        _put_reason(record, value)
        value, at = _REFERENCE_READ(data, at)
        _put_reference(record, value)
        value, at = decode.time(data, at)
        _put_occurred_at(record, value)
        value, at = decode.time(data, at)
        _put_recorded_at(record, value)
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
        return record, at


(
    _put_event_id,
    _put_store_id,
    _put_sku,
    _put_kind,
    _put_quantity,
    _put_reason,
    _put_reference,
    _put_occurred_at,
    _put_recorded_at,
    _put_source_topic,
    _put_source_partition,
    _put_source_offset,
) = setters(LedgerEntry)
