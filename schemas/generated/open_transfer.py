# Generated from schemas/open_transfer.avsc by `python -m codegen generate`: change that file, not this one.
"""OpenTransfer: records of the topic open-transfers."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.record import Field, Limits, setters


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTransfer:
    """What of one product is on its way between two stores. Finished, with nothing in transit,
    when all has come or is lost; deleted when no event of a finished one has been accepted for
    INVENTORY_FINISHED_SECONDS.
    """

    TOPIC: ClassVar[str] = 'open-transfers'
    KEY: ClassVar[tuple[str, ...]] = ('transfer_id', 'from_store', 'to_store', 'sku')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "OpenTransfer", "namespace": "inventory", "doc": "What of one product is on its way between two stores. Finished, with nothing in transit, when all has come or is lost; deleted when no event of a finished one has been accepted for INVENTORY_FINISHED_SECONDS.", "fields": [{"name": "transfer_id", "type": "string", "doc": "Identity of the transfer."}, {"name": "from_store", "type": "string", "doc": "Identity of the store that sends the goods."}, {"name": "to_store", "type": "string", "doc": "Identity of the store that receives them."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "shipped", "type": "long", "doc": "Units that left the sender."}, {"name": "received", "type": "long", "doc": "Units that came to the receiver; may be more than was shipped."}, {"name": "lost", "type": "long", "default": 0, "doc": "Units given up on the way: they are on no shelf."}, {"name": "in_transit", "type": "long", "doc": "shipped - received - lost, 0 when that is negative: the surplus shows in the figures."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this transfer of this product since its record was last deleted: one with a lower version than one already seen is out of date."}, {"name": "generation", "type": "long", "default": 0, "doc": "Number of the job\'s state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "OpenTransferKey", "namespace": "inventory", "fields": [{"name": "transfer_id", "type": "string"}, {"name": "from_store", "type": "string"}, {"name": "to_store", "type": "string"}, {"name": "sku", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'open-transfers-key'
    VALUE_SUBJECT: ClassVar[str] = 'open-transfers-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.OpenTransfer'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('transfer_id', 'string', doc='Identity of the transfer.', limits=Limits(shortest=1, longest=200)),
        Field('from_store', 'string', doc='Identity of the store that sends the goods.', limits=Limits(shortest=1, longest=100)),
        Field('to_store', 'string', doc='Identity of the store that receives them.', limits=Limits(shortest=1, longest=100)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100)),
        Field('shipped', 'long', doc='Units that left the sender.', limits=Limits(minimum=0)),
        Field('received', 'long', doc='Units that came to the receiver; may be more than was shipped.', limits=Limits(minimum=0)),
        Field('lost', 'long', has_default=True, default=0, doc='Units given up on the way: they are on no shelf.', limits=Limits(minimum=0)),
        Field('in_transit', 'long', doc='shipped - received - lost, 0 when that is negative: the surplus shows in the figures.', limits=Limits(minimum=0)),
        Field('version', 'long', doc='Number of events accepted for this transfer of this product since its record was last deleted: one with a lower version than one already seen is out of date.', limits=Limits(minimum=1)),
        Field('generation', 'long', has_default=True, default=0, doc="Number of the job's state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version.", limits=Limits(minimum=0)),
    )

    transfer_id: str
    """Identity of the transfer."""
    from_store: str
    """Identity of the store that sends the goods."""
    to_store: str
    """Identity of the store that receives them."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    shipped: int
    """Units that left the sender."""
    received: int
    """Units that came to the receiver; may be more than was shipped."""
    lost: int = 0
    """Units given up on the way: they are on no shelf."""
    in_transit: int
    """shipped - received - lost, 0 when that is negative: the surplus shows in the figures."""
    version: int
    """Number of events accepted for this transfer of this product since its record was last
    deleted: one with a lower version than one already seen is out of date.
    """
    generation: int = 0
    """Number of the job's state, which grows when the job rebuilds it from the events: a record of
    a lower generation than one already seen is out of date, whatever its version.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.transfer_id) is not str or not 1 <= len(self.transfer_id) <= 200:
            raise violations.text("transfer_id", self.transfer_id, 1, 200)
        if type(self.from_store) is not str or not 1 <= len(self.from_store) <= 100:
            raise violations.text("from_store", self.from_store, 1, 100)
        if type(self.to_store) is not str or not 1 <= len(self.to_store) <= 100:
            raise violations.text("to_store", self.to_store, 1, 100)
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if type(self.shipped) is not int or not 0 <= self.shipped <= 9223372036854775807:
            raise violations.integer("shipped", self.shipped, 0, 9223372036854775807)
        if type(self.received) is not int or not 0 <= self.received <= 9223372036854775807:
            raise violations.integer("received", self.received, 0, 9223372036854775807)
        if type(self.lost) is not int or not 0 <= self.lost <= 9223372036854775807:
            raise violations.integer("lost", self.lost, 0, 9223372036854775807)
        if type(self.in_transit) is not int or not 0 <= self.in_transit <= 9223372036854775807:
            raise violations.integer("in_transit", self.in_transit, 0, 9223372036854775807)
        if type(self.version) is not int or not 1 <= self.version <= 9223372036854775807:
            raise violations.integer("version", self.version, 1, 9223372036854775807)
        if type(self.generation) is not int or not 0 <= self.generation <= 9223372036854775807:
            raise violations.integer("generation", self.generation, 0, 9223372036854775807)

    def key(self) -> tuple[str, str, str, str]:
        return (self.transfer_id, self.from_store, self.to_store, self.sku)

    def to_dict(self) -> dict[str, Any]:
        return {
            "transfer_id": self.transfer_id,
            "from_store": self.from_store,
            "to_store": self.to_store,
            "sku": self.sku,
            "shipped": self.shipped,
            "received": self.received,
            "lost": self.lost,
            "in_transit": self.in_transit,
            "version": self.version,
            "generation": self.generation,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return b"".join(
            (
                encode.text(self.transfer_id),
                encode.text(self.from_store),
                encode.text(self.to_store),
                encode.text(self.sku),
                encode.varint(self.shipped),
                encode.varint(self.received),
                encode.varint(self.lost),
                encode.varint(self.in_transit),
                encode.varint(self.version),
                encode.varint(self.generation),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.transfer_id)
            + encode.text(self.from_store)
            + encode.text(self.to_store)
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
        _put_transfer_id(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_from_store(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_to_store(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_sku(record, value)
        value, at = decode.long(data, at)
        _put_shipped(record, value)
        value, at = decode.long(data, at)
        _put_received(record, value)
        value, at = decode.long(data, at)
        _put_lost(record, value)
        value, at = decode.long(data, at)
        _put_in_transit(record, value)
        value, at = decode.long(data, at)
        _put_version(record, value)
        value, at = decode.long(data, at)
        _put_generation(record, value)
        return record, at


(
    _put_transfer_id,
    _put_from_store,
    _put_to_store,
    _put_sku,
    _put_shipped,
    _put_received,
    _put_lost,
    _put_in_transit,
    _put_version,
    _put_generation,
) = setters(OpenTransfer)
