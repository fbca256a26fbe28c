# Generated from schemas/open_transfer.avsc by `make schemas`: change that file, not this one.
"""OpenTransfer: records of the topic open-transfers."""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import encode
from schemas.record import Field


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTransfer:
    """What of one product is on its way between two stores. Kept, with nothing in transit, when
    all has come.
    """

    TOPIC: ClassVar[str] = 'open-transfers'
    KEY: ClassVar[tuple[str, ...]] = ('transfer_id', 'from_store', 'to_store', 'sku')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "OpenTransfer", "namespace": "inventory", "doc": "What of one product is on its way between two stores. Kept, with nothing in transit, when all has come.", "fields": [{"name": "transfer_id", "type": "string", "doc": "Identity of the transfer."}, {"name": "from_store", "type": "string", "doc": "Identity of the store that sends the goods."}, {"name": "to_store", "type": "string", "doc": "Identity of the store that receives them."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "shipped", "type": "long", "doc": "Units that left the sender."}, {"name": "received", "type": "long", "doc": "Units that came to the receiver; may be more than was shipped."}, {"name": "in_transit", "type": "long", "doc": "shipped - received, 0 when more was received than shipped: the surplus shows in the two figures."}, {"name": "version", "type": "long", "doc": "Number of events accepted for this transfer of this product: one with a lower version than one already seen is out of date."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "OpenTransferKey", "namespace": "inventory", "fields": [{"name": "transfer_id", "type": "string"}, {"name": "from_store", "type": "string"}, {"name": "to_store", "type": "string"}, {"name": "sku", "type": "string"}]}'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.OpenTransfer'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('transfer_id', 'string'),
        Field('from_store', 'string'),
        Field('to_store', 'string'),
        Field('sku', 'string'),
        Field('shipped', 'long'),
        Field('received', 'long'),
        Field('in_transit', 'long'),
        Field('version', 'long'),
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
    in_transit: int
    """shipped - received, 0 when more was received than shipped: the surplus shows in the two
    figures.
    """
    version: int
    """Number of events accepted for this transfer of this product: one with a lower version than
    one already seen is out of date.
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
        if type(self.in_transit) is not int or not 0 <= self.in_transit <= 9223372036854775807:
            raise violations.integer("in_transit", self.in_transit, 0, 9223372036854775807)
        if type(self.version) is not int or not 1 <= self.version <= 9223372036854775807:
            raise violations.integer("version", self.version, 1, 9223372036854775807)

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
            "in_transit": self.in_transit,
            "version": self.version,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return (
            encode.text(self.transfer_id)
            + encode.text(self.from_store)
            + encode.text(self.to_store)
            + encode.text(self.sku)
            + encode.varint(self.shipped)
            + encode.varint(self.received)
            + encode.varint(self.in_transit)
            + encode.varint(self.version)
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.transfer_id)
            + encode.text(self.from_store)
            + encode.text(self.to_store)
            + encode.text(self.sku)
        )
