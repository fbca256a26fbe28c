# Generated from schemas/open_order.avsc by `python -m codegen generate`: change that file, not this one.
"""OpenOrder: records of the topic open-orders."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.record import Field, Limits, setters

_EXPECTED_AT_READ = decode.union((decode.nothing, decode.time))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """What is still to come of one product on one replenishment order. Finished, with nothing
    remaining, when all has come or the order was cancelled; deleted when no event of a finished
    one has been accepted for INVENTORY_FINISHED_SECONDS.
    """

    TOPIC: ClassVar[str] = 'open-orders'
    KEY: ClassVar[tuple[str, ...]] = ('order_id', 'store_id', 'sku')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "OpenOrder", "namespace": "inventory", "doc": "What is still to come of one product on one replenishment order. Finished, with nothing remaining, when all has come or the order was cancelled; deleted when no event of a finished one has been accepted for INVENTORY_FINISHED_SECONDS.", "fields": [{"name": "order_id", "type": "string", "doc": "Identity of the order."}, {"name": "store_id", "type": "string", "doc": "Identity of the store that ordered."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "ordered", "type": "long", "doc": "Units ordered, over all placements; 0 while only shipments are known."}, {"name": "received", "type": "long", "doc": "Units received by shipments that refer to the order; may be more than was ordered."}, {"name": "remaining", "type": "long", "doc": "Units on order: ordered - received, 0 when more was received than ordered or the order is cancelled."}, {"name": "cancelled", "type": "boolean", "doc": "Whether the order was cancelled."}, {"name": "expected_at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}], "default": null, "doc": "Latest date promised by a placement, UTC, milliseconds since 1970-01-01; null while only shipments are known."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this line of the order since its record was last deleted: one with a lower version than one already seen is out of date."}, {"name": "generation", "type": "long", "default": 0, "doc": "Number of the job\'s state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "OpenOrderKey", "namespace": "inventory", "fields": [{"name": "order_id", "type": "string"}, {"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'open-orders-key'
    VALUE_SUBJECT: ClassVar[str] = 'open-orders-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.OpenOrder'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('order_id', 'string', doc='Identity of the order.', limits=Limits(shortest=1, longest=200)),
        Field('store_id', 'string', doc='Identity of the store that ordered.', limits=Limits(shortest=1, longest=100)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100)),
        Field('ordered', 'long', doc='Units ordered, over all placements; 0 while only shipments are known.', limits=Limits(minimum=0)),
        Field('received', 'long', doc='Units received by shipments that refer to the order; may be more than was ordered.', limits=Limits(minimum=0)),
        Field('remaining', 'long', doc='Units on order: ordered - received, 0 when more was received than ordered or the order is cancelled.', limits=Limits(minimum=0)),
        Field('cancelled', 'boolean', doc='Whether the order was cancelled.'),
        Field('expected_at', 'timestamp-millis', nullable=True, has_default=True, doc='Latest date promised by a placement, UTC, milliseconds since 1970-01-01; null while only shipments are known.'),
        Field('version', 'long', doc='Number of events accepted for this line of the order since its record was last deleted: one with a lower version than one already seen is out of date.', limits=Limits(minimum=1)),
        Field('generation', 'long', has_default=True, default=0, doc="Number of the job's state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version.", limits=Limits(minimum=0)),
    )

    order_id: str
    """Identity of the order."""
    store_id: str
    """Identity of the store that ordered."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    ordered: int
    """Units ordered, over all placements; 0 while only shipments are known."""
    received: int
    """Units received by shipments that refer to the order; may be more than was ordered."""
    remaining: int
    """Units on order: ordered - received, 0 when more was received than ordered or the order is
    cancelled.
    """
    cancelled: bool
    """Whether the order was cancelled."""
    expected_at: datetime | None = None
    """Latest date promised by a placement, UTC, milliseconds since 1970-01-01; null while only
    shipments are known.
    """
    version: int
    """Number of events accepted for this line of the order since its record was last deleted: one
    with a lower version than one already seen is out of date.
    """
    generation: int = 0
    """Number of the job's state, which grows when the job rebuilds it from the events: a record of
    a lower generation than one already seen is out of date, whatever its version.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.order_id) is not str or not 1 <= len(self.order_id) <= 200:
            raise violations.text("order_id", self.order_id, 1, 200)
        if type(self.store_id) is not str or not 1 <= len(self.store_id) <= 100:
            raise violations.text("store_id", self.store_id, 1, 100)
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if type(self.ordered) is not int or not 0 <= self.ordered <= 9223372036854775807:
            raise violations.integer("ordered", self.ordered, 0, 9223372036854775807)
        if type(self.received) is not int or not 0 <= self.received <= 9223372036854775807:
            raise violations.integer("received", self.received, 0, 9223372036854775807)
        if type(self.remaining) is not int or not 0 <= self.remaining <= 9223372036854775807:
            raise violations.integer("remaining", self.remaining, 0, 9223372036854775807)
        if type(self.cancelled) is not bool:
            raise violations.boolean("cancelled", self.cancelled)
        if self.expected_at is not None and (type(self.expected_at) is not datetime or self.expected_at.tzinfo is None or self.expected_at.microsecond % 1000):
            raise violations.time("expected_at", self.expected_at)
        if type(self.version) is not int or not 1 <= self.version <= 9223372036854775807:
            raise violations.integer("version", self.version, 1, 9223372036854775807)
        if type(self.generation) is not int or not 0 <= self.generation <= 9223372036854775807:
            raise violations.integer("generation", self.generation, 0, 9223372036854775807)

    def key(self) -> tuple[str, str, str]:
        return (self.order_id, self.store_id, self.sku)

    def to_dict(self) -> dict[str, Any]:
        return {
            "order_id": self.order_id,
            "store_id": self.store_id,
            "sku": self.sku,
            "ordered": self.ordered,
            "received": self.received,
            "remaining": self.remaining,
            "cancelled": self.cancelled,
            "expected_at": self.expected_at,
            "version": self.version,
            "generation": self.generation,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return b"".join(
            (
                encode.text(self.order_id),
                encode.text(self.store_id),
                encode.text(self.sku),
                encode.varint(self.ordered),
                encode.varint(self.received),
                encode.varint(self.remaining),
                encode.boolean(self.cancelled),
                (b"\x00" if self.expected_at is None else b"\x02" + encode.time(self.expected_at)),
                encode.varint(self.version),
                encode.varint(self.generation),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.order_id)
            + encode.text(self.store_id)
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
        value, at = decode.long(data, at)
        _put_ordered(record, value)
        value, at = decode.long(data, at)
        _put_received(record, value)
        value, at = decode.long(data, at)
        _put_remaining(record, value)
        value, at = decode.boolean(data, at)
        _put_cancelled(record, value)
        value, at = _EXPECTED_AT_READ(data, at)
        _put_expected_at(record, value)
        value, at = decode.long(data, at)
        _put_version(record, value)
        value, at = decode.long(data, at)
        _put_generation(record, value)
        return record, at


(
    _put_order_id,
    _put_store_id,
    _put_sku,
    _put_ordered,
    _put_received,
    _put_remaining,
    _put_cancelled,
    _put_expected_at,
    _put_version,
    _put_generation,
) = setters(OpenOrder)
