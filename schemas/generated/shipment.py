# Generated from schemas/shipment.avsc by `python -m codegen generate`: change that file, not this one.
"""Shipment: records of the topic shipments."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.identifier import is_identifier
from schemas.record import Field, Limits, setters

_ORDER_ID_READ = decode.union((decode.nothing, decode.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Goods of one product received by a store."""

    TOPIC: ClassVar[str] = 'shipments'
    KEY: ClassVar[tuple[str, ...]] = ('store_id', 'sku')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "Shipment", "namespace": "inventory", "doc": "Goods of one product received by a store.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "order_id", "type": ["null", "string"], "default": null, "doc": "Identity of the replenishment order that the goods answer; null for goods that nobody ordered, such as opening stock."}, {"name": "store_id", "type": "string", "doc": "Identity of the store that received the goods."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "quantity", "type": "int", "doc": "Units received."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the goods were received, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the receipt of the goods was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "ShipmentKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'shipments-key'
    VALUE_SUBJECT: ClassVar[str] = 'shipments-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.Shipment'
    EVENT_TIME: ClassVar[str | None] = 'occurred_at'
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('event_id', 'string', doc='Identity of the event, unique over all topics: delivered again it changes nothing.', limits=Limits(shortest=1, longest=200, identifier=True)),
        Field('order_id', 'string', nullable=True, has_default=True, doc='Identity of the replenishment order that the goods answer; null for goods that nobody ordered, such as opening stock.', limits=Limits(shortest=1, longest=200, identifier=True)),
        Field('store_id', 'string', doc='Identity of the store that received the goods.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('quantity', 'int', doc='Units received.', limits=Limits(minimum=1, maximum=1000000)),
        Field('occurred_at', 'timestamp-millis', doc='When the goods were received, UTC, milliseconds since 1970-01-01.'),
        Field('recorded_at', 'timestamp-millis', doc='When the receipt of the goods was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value.'),
    )

    event_id: str
    """Identity of the event, unique over all topics: delivered again it changes nothing."""
    order_id: str | None = None
    """Identity of the replenishment order that the goods answer; null for goods that nobody
    ordered, such as opening stock.
    """
    store_id: str
    """Identity of the store that received the goods."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    quantity: int
    """Units received."""
    occurred_at: datetime
    """When the goods were received, UTC, milliseconds since 1970-01-01."""
    recorded_at: datetime
    """When the receipt of the goods was first written to a file or topic, UTC, milliseconds since
    1970-01-01; a repeat carries the same value.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.event_id) is not str or not 1 <= len(self.event_id) <= 200:
            raise violations.text("event_id", self.event_id, 1, 200)
        if not is_identifier(self.event_id):
            raise violations.identifier("event_id", self.event_id)
        if self.order_id is not None and (type(self.order_id) is not str or not 1 <= len(self.order_id) <= 200):
            raise violations.text("order_id", self.order_id, 1, 200)
        if self.order_id is not None and (not is_identifier(self.order_id)):
            raise violations.identifier("order_id", self.order_id)
        if type(self.store_id) is not str or not 1 <= len(self.store_id) <= 100:
            raise violations.text("store_id", self.store_id, 1, 100)
        if not is_identifier(self.store_id):
            raise violations.identifier("store_id", self.store_id)
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if not is_identifier(self.sku):
            raise violations.identifier("sku", self.sku)
        if type(self.quantity) is not int or not 1 <= self.quantity <= 1000000:
            raise violations.integer("quantity", self.quantity, 1, 1000000)
        if type(self.occurred_at) is not datetime or self.occurred_at.tzinfo is None or self.occurred_at.microsecond % 1000:
            raise violations.time("occurred_at", self.occurred_at)
        if type(self.recorded_at) is not datetime or self.recorded_at.tzinfo is None or self.recorded_at.microsecond % 1000:
            raise violations.time("recorded_at", self.recorded_at)

    def key(self) -> tuple[str, str]:
        return (self.store_id, self.sku)

    def to_dict(self) -> dict[str, Any]:
        return {
            "event_id": self.event_id,
            "order_id": self.order_id,
            "store_id": self.store_id,
            "sku": self.sku,
            "quantity": self.quantity,
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
                (b"\x00" if self.order_id is None else b"\x02" + encode.text(self.order_id)),
                encode.text(self.store_id),
                encode.text(self.sku),
                encode.varint(self.quantity),
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
        value, at = _ORDER_ID_READ(data, at)
        _put_order_id(record, value)
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
        value, at = decode.time(data, at)
        _put_occurred_at(record, value)
        value, at = decode.time(data, at)
        _put_recorded_at(record, value)
        return record, at


(
    _put_event_id,
    _put_order_id,
    _put_store_id,
    _put_sku,
    _put_quantity,
    _put_occurred_at,
    _put_recorded_at,
) = setters(Shipment)
