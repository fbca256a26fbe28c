# Generated from schemas/inventory_level.avsc by `python -m codegen generate`: change that file, not this one.
"""InventoryLevel: records of the topic inventory-levels."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.record import Field, Limits, setters

_COUNTED_AT_READ = decode.union((decode.nothing, decode.time))


@dataclass(frozen=True, slots=True, kw_only=True)
class InventoryLevel:
    """The stock of one product in one store after the first `version` events accepted for it.
    Quantities only: name, price and reorder point are facts of the product.
    """

    TOPIC: ClassVar[str] = 'inventory-levels'
    KEY: ClassVar[tuple[str, ...]] = ('store_id', 'sku')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "InventoryLevel", "namespace": "inventory", "doc": "The stock of one product in one store after the first `version` events accepted for it. Quantities only: name, price and reorder point are facts of the product.", "fields": [{"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "on_hand", "type": "long", "doc": "Units in the store: the latest count (0 when there was none) + every movement after it (all of them when there was none). Negative when more went than is known to have come: shown, never clamped."}, {"name": "sold", "type": "long", "doc": "Units sold, over all accepted events."}, {"name": "returned", "type": "long", "doc": "Units brought back by customers, over all accepted events."}, {"name": "received", "type": "long", "doc": "Units received by shipments, over all accepted events."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this store and product: a level with a lower version than one already seen is out of date."}, {"name": "last_movement_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "Greatest time of the accepted movements and counts, UTC, milliseconds since 1970-01-01."}, {"name": "adjusted", "type": "long", "default": 0, "doc": "Units found less units lost by adjustments, over all accepted events."}, {"name": "transferred_in", "type": "long", "default": 0, "doc": "Units that transfers brought from other stores, over all accepted events."}, {"name": "transferred_out", "type": "long", "default": 0, "doc": "Units that transfers took to other stores, over all accepted events."}, {"name": "counted_at", "type": ["null", {"type": "long", "logicalType": "timestamp-millis"}], "default": null, "doc": "The moment of the count on which on_hand rests, UTC, milliseconds since 1970-01-01; null when the product was never counted here."}, {"name": "generation", "type": "long", "default": 0, "doc": "Number of the job\'s state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "InventoryLevelKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'inventory-levels-key'
    VALUE_SUBJECT: ClassVar[str] = 'inventory-levels-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.InventoryLevel'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('store_id', 'string', doc='Identity of the store.', limits=Limits(shortest=1, longest=100)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100)),
        Field('on_hand', 'long', doc='Units in the store: the latest count (0 when there was none) + every movement after it (all of them when there was none). Negative when more went than is known to have come: shown, never clamped.'),
        Field('sold', 'long', doc='Units sold, over all accepted events.', limits=Limits(minimum=0)),
        Field('returned', 'long', doc='Units brought back by customers, over all accepted events.', limits=Limits(minimum=0)),
        Field('received', 'long', doc='Units received by shipments, over all accepted events.', limits=Limits(minimum=0)),
        Field('version', 'long', doc='Number of events accepted for this store and product: a level with a lower version than one already seen is out of date.', limits=Limits(minimum=1)),
        Field('last_movement_at', 'timestamp-millis', doc='Greatest time of the accepted movements and counts, UTC, milliseconds since 1970-01-01.'),
        Field('adjusted', 'long', has_default=True, default=0, doc='Units found less units lost by adjustments, over all accepted events.'),
        Field('transferred_in', 'long', has_default=True, default=0, doc='Units that transfers brought from other stores, over all accepted events.', limits=Limits(minimum=0)),
        Field('transferred_out', 'long', has_default=True, default=0, doc='Units that transfers took to other stores, over all accepted events.', limits=Limits(minimum=0)),
        Field('counted_at', 'timestamp-millis', nullable=True, has_default=True, doc='The moment of the count on which on_hand rests, UTC, milliseconds since 1970-01-01; null when the product was never counted here.'),
        Field('generation', 'long', has_default=True, default=0, doc="Number of the job's state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version.", limits=Limits(minimum=0)),
    )

    store_id: str
    """Identity of the store."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    on_hand: int
    """Units in the store: the latest count (0 when there was none) + every movement after it (all
    of them when there was none). Negative when more went than is known to have come: shown,
    never clamped.
    """
    sold: int
    """Units sold, over all accepted events."""
    returned: int
    """Units brought back by customers, over all accepted events."""
    received: int
    """Units received by shipments, over all accepted events."""
    version: int
    """Number of events accepted for this store and product: a level with a lower version than one
    already seen is out of date.
    """
    last_movement_at: datetime
    """Greatest time of the accepted movements and counts, UTC, milliseconds since 1970-01-01."""
    adjusted: int = 0
    """Units found less units lost by adjustments, over all accepted events."""
    transferred_in: int = 0
    """Units that transfers brought from other stores, over all accepted events."""
    transferred_out: int = 0
    """Units that transfers took to other stores, over all accepted events."""
    counted_at: datetime | None = None
    """The moment of the count on which on_hand rests, UTC, milliseconds since 1970-01-01; null
    when the product was never counted here.
    """
    generation: int = 0
    """Number of the job's state, which grows when the job rebuilds it from the events: a record of
    a lower generation than one already seen is out of date, whatever its version.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.store_id) is not str or not 1 <= len(self.store_id) <= 100:
            raise violations.text("store_id", self.store_id, 1, 100)
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if type(self.on_hand) is not int or not -9223372036854775808 <= self.on_hand <= 9223372036854775807:
            raise violations.integer("on_hand", self.on_hand, -9223372036854775808, 9223372036854775807)
        if type(self.sold) is not int or not 0 <= self.sold <= 9223372036854775807:
            raise violations.integer("sold", self.sold, 0, 9223372036854775807)
        if type(self.returned) is not int or not 0 <= self.returned <= 9223372036854775807:
            raise violations.integer("returned", self.returned, 0, 9223372036854775807)
        if type(self.received) is not int or not 0 <= self.received <= 9223372036854775807:
            raise violations.integer("received", self.received, 0, 9223372036854775807)
        if type(self.version) is not int or not 1 <= self.version <= 9223372036854775807:
            raise violations.integer("version", self.version, 1, 9223372036854775807)
        if type(self.last_movement_at) is not datetime or self.last_movement_at.tzinfo is None or self.last_movement_at.microsecond % 1000:
            raise violations.time("last_movement_at", self.last_movement_at)
        if type(self.adjusted) is not int or not -9223372036854775808 <= self.adjusted <= 9223372036854775807:
            raise violations.integer("adjusted", self.adjusted, -9223372036854775808, 9223372036854775807)
        if type(self.transferred_in) is not int or not 0 <= self.transferred_in <= 9223372036854775807:
            raise violations.integer("transferred_in", self.transferred_in, 0, 9223372036854775807)
        if type(self.transferred_out) is not int or not 0 <= self.transferred_out <= 9223372036854775807:
            raise violations.integer("transferred_out", self.transferred_out, 0, 9223372036854775807)
        if self.counted_at is not None and (type(self.counted_at) is not datetime or self.counted_at.tzinfo is None or self.counted_at.microsecond % 1000):
            raise violations.time("counted_at", self.counted_at)
        if type(self.generation) is not int or not 0 <= self.generation <= 9223372036854775807:
            raise violations.integer("generation", self.generation, 0, 9223372036854775807)

    def key(self) -> tuple[str, str]:
        return (self.store_id, self.sku)

    def to_dict(self) -> dict[str, Any]:
        return {
            "store_id": self.store_id,
            "sku": self.sku,
            "on_hand": self.on_hand,
            "sold": self.sold,
            "returned": self.returned,
            "received": self.received,
            "version": self.version,
            "last_movement_at": self.last_movement_at,
            "adjusted": self.adjusted,
            "transferred_in": self.transferred_in,
            "transferred_out": self.transferred_out,
            "counted_at": self.counted_at,
            "generation": self.generation,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return b"".join(
            (
                encode.text(self.store_id),
                encode.text(self.sku),
                encode.varint(self.on_hand),
                encode.varint(self.sold),
                encode.varint(self.returned),
                encode.varint(self.received),
                encode.varint(self.version),
                encode.time(self.last_movement_at),
                encode.varint(self.adjusted),
                encode.varint(self.transferred_in),
                encode.varint(self.transferred_out),
                (b"\x00" if self.counted_at is None else b"\x02" + encode.time(self.counted_at)),
                encode.varint(self.generation),
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
        _put_store_id(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_sku(record, value)
        value, at = decode.long(data, at)
        _put_on_hand(record, value)
        value, at = decode.long(data, at)
        _put_sold(record, value)
        value, at = decode.long(data, at)
        _put_returned(record, value)
        value, at = decode.long(data, at)
        _put_received(record, value)
        value, at = decode.long(data, at)
        _put_version(record, value)
        value, at = decode.time(data, at)
        _put_last_movement_at(record, value)
        value, at = decode.long(data, at)
        _put_adjusted(record, value)
        value, at = decode.long(data, at)
        _put_transferred_in(record, value)
        value, at = decode.long(data, at)
        _put_transferred_out(record, value)
        value, at = _COUNTED_AT_READ(data, at)
        _put_counted_at(record, value)
        value, at = decode.long(data, at)
        _put_generation(record, value)
        return record, at


(
    _put_store_id,
    _put_sku,
    _put_on_hand,
    _put_sold,
    _put_returned,
    _put_received,
    _put_version,
    _put_last_movement_at,
    _put_adjusted,
    _put_transferred_in,
    _put_transferred_out,
    _put_counted_at,
    _put_generation,
) = setters(InventoryLevel)
