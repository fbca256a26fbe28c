# Generated from schemas/adjustment.avsc by `python -m codegen generate`: change that file, not this one.
"""Adjustment: records of the topic adjustments."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.identifier import is_identifier
from schemas.record import Field, Limits, setters

_REASON_PATTERN = re.compile('damage|theft|expiry|found|correction')


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    """A correction of the stock of one product in one store, other than a sale, shipment or
    transfer.
    """

    TOPIC: ClassVar[str] = 'adjustments'
    KEY: ClassVar[tuple[str, ...]] = ('store_id', 'sku')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "Adjustment", "namespace": "inventory", "doc": "A correction of the stock of one product in one store, other than a sale, shipment or transfer.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "quantity", "type": "int", "doc": "Units found (+) or lost (-). 0 is accepted and moves nothing: a check that found all in order."}, {"name": "reason", "type": "string", "doc": "Why: damage, theft, expiry, found or correction. A text and no Avro enum, so that a new reason needs no new version of its readers."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the units were lost or found, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the adjustment was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "AdjustmentKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'adjustments-key'
    VALUE_SUBJECT: ClassVar[str] = 'adjustments-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.Adjustment'
    EVENT_TIME: ClassVar[str | None] = 'occurred_at'
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('event_id', 'string', doc='Identity of the event, unique over all topics: delivered again it changes nothing.', limits=Limits(shortest=1, longest=200, identifier=True)),
        Field('store_id', 'string', doc='Identity of the store.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('quantity', 'int', doc='Units found (+) or lost (-). 0 is accepted and moves nothing: a check that found all in order.', limits=Limits(minimum=-1000000, maximum=1000000)),
        Field('reason', 'string', doc='Why: damage, theft, expiry, found or correction. A text and no Avro enum, so that a new reason needs no new version of its readers.', limits=Limits(pattern='damage|theft|expiry|found|correction')),
        Field('occurred_at', 'timestamp-millis', doc='When the units were lost or found, UTC, milliseconds since 1970-01-01.'),
        Field('recorded_at', 'timestamp-millis', doc='When the adjustment was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value.'),
    )

    event_id: str
    """Identity of the event, unique over all topics: delivered again it changes nothing."""
    store_id: str
    """Identity of the store."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    quantity: int
    """Units found (+) or lost (-). 0 is accepted and moves nothing: a check that found all in
    order.
    """
    reason: str
    """Why: damage, theft, expiry, found or correction. A text and no Avro enum, so that a new
    reason needs no new version of its readers.
    """
    occurred_at: datetime
    """When the units were lost or found, UTC, milliseconds since 1970-01-01."""
    recorded_at: datetime
    """When the adjustment was first written to a file or topic, UTC, milliseconds since
    1970-01-01; a repeat carries the same value.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.event_id) is not str or not 1 <= len(self.event_id) <= 200:
            raise violations.text("event_id", self.event_id, 1, 200)
        if not is_identifier(self.event_id):
            raise violations.identifier("event_id", self.event_id)
        if type(self.store_id) is not str or not 1 <= len(self.store_id) <= 100:
            raise violations.text("store_id", self.store_id, 1, 100)
        if not is_identifier(self.store_id):
            raise violations.identifier("store_id", self.store_id)
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if not is_identifier(self.sku):
            raise violations.identifier("sku", self.sku)
        if type(self.quantity) is not int or not -1000000 <= self.quantity <= 1000000:
            raise violations.integer("quantity", self.quantity, -1000000, 1000000)
        if type(self.reason) is not str or not _REASON_PATTERN.fullmatch(self.reason):
            raise violations.pattern("reason", self.reason, _REASON_PATTERN.pattern)
        if type(self.occurred_at) is not datetime or self.occurred_at.tzinfo is None or self.occurred_at.microsecond % 1000:
            raise violations.time("occurred_at", self.occurred_at)
        if type(self.recorded_at) is not datetime or self.recorded_at.tzinfo is None or self.recorded_at.microsecond % 1000:
            raise violations.time("recorded_at", self.recorded_at)

    def key(self) -> tuple[str, str]:
        return (self.store_id, self.sku)

    def to_dict(self) -> dict[str, Any]:
        return {
            "event_id": self.event_id,
            "store_id": self.store_id,
            "sku": self.sku,
            "quantity": self.quantity,
            "reason": self.reason,
            "occurred_at": self.occurred_at,
            "recorded_at": self.recorded_at,
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
                encode.varint(self.quantity),
                encode.text(self.reason),
                encode.time(self.occurred_at),
                encode.time(self.recorded_at),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.store_id)
            + encode.text(self.sku)
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
        byte = data[at]
        if byte & 128:
            value, at = decode.integer(data, at)
        else:
            value, at = (byte >> 1) ^ -(byte & 1), at + 1
        _put_quantity(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_reason(record, value)
        value, at = decode.time(data, at)
        _put_occurred_at(record, value)
        value, at = decode.time(data, at)
        _put_recorded_at(record, value)
        return record, at


(
    _put_event_id,
    _put_store_id,
    _put_sku,
    _put_quantity,
    _put_reason,
    _put_occurred_at,
    _put_recorded_at,
) = setters(Adjustment)
