# Generated from schemas/transfer.avsc by `python -m codegen generate`: change that file, not this one.
"""Transfer: records of the topic transfers."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.identifier import is_identifier
from schemas.record import Field, Limits, setters

_PHASE_PATTERN = re.compile('shipped|received|lost')


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer:
    """One leg of a transfer of goods between two stores: `shipped` takes them off the sender's
    shelf, `received` puts them on the receiver's, `lost` closes what will never come: it moves
    no shelf, as the sender's `shipped` took the goods off already. The legs may arrive in any
    order, and in parts. A transfer from a store to itself is accepted: its legs cancel out.
    More may be received than was shipped: the shelf has it all, and 0 is in transit.
    """

    TOPIC: ClassVar[str] = 'transfers'
    KEY: ClassVar[tuple[str, ...]] = ('transfer_id',)
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "Transfer", "namespace": "inventory", "doc": "One leg of a transfer of goods between two stores: `shipped` takes them off the sender\'s shelf, `received` puts them on the receiver\'s, `lost` closes what will never come: it moves no shelf, as the sender\'s `shipped` took the goods off already. The legs may arrive in any order, and in parts. A transfer from a store to itself is accepted: its legs cancel out. More may be received than was shipped: the shelf has it all, and 0 is in transit.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "transfer_id", "type": "string", "doc": "Identity of the transfer, the same in all of its legs."}, {"name": "from_store", "type": "string", "doc": "Identity of the store that sends the goods."}, {"name": "to_store", "type": "string", "doc": "Identity of the store that receives them."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "quantity", "type": "int", "doc": "Units in this leg."}, {"name": "phase", "type": "string", "doc": "shipped, received or lost."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the goods left, came in or were given up, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the leg was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "TransferKey", "namespace": "inventory", "fields": [{"name": "transfer_id", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'transfers-key'
    VALUE_SUBJECT: ClassVar[str] = 'transfers-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.Transfer'
    EVENT_TIME: ClassVar[str | None] = 'occurred_at'
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('event_id', 'string', doc='Identity of the event, unique over all topics: delivered again it changes nothing.', limits=Limits(shortest=1, longest=200, identifier=True)),
        Field('transfer_id', 'string', doc='Identity of the transfer, the same in all of its legs.', limits=Limits(shortest=1, longest=200, identifier=True)),
        Field('from_store', 'string', doc='Identity of the store that sends the goods.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('to_store', 'string', doc='Identity of the store that receives them.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('quantity', 'int', doc='Units in this leg.', limits=Limits(minimum=1, maximum=1000000)),
        Field('phase', 'string', doc='shipped, received or lost.', limits=Limits(pattern='shipped|received|lost')),
        Field('occurred_at', 'timestamp-millis', doc='When the goods left, came in or were given up, UTC, milliseconds since 1970-01-01.'),
        Field('recorded_at', 'timestamp-millis', doc='When the leg was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value.'),
    )

    event_id: str
    """Identity of the event, unique over all topics: delivered again it changes nothing."""
    transfer_id: str
    """Identity of the transfer, the same in all of its legs."""
    from_store: str
    """Identity of the store that sends the goods."""
    to_store: str
    """Identity of the store that receives them."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    quantity: int
    """Units in this leg."""
    phase: str
    """shipped, received or lost."""
    occurred_at: datetime
    """When the goods left, came in or were given up, UTC, milliseconds since 1970-01-01."""
    recorded_at: datetime
    """When the leg was first written to a file or topic, UTC, milliseconds since 1970-01-01; a
    repeat carries the same value.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.event_id) is not str or not 1 <= len(self.event_id) <= 200:
            raise violations.text("event_id", self.event_id, 1, 200)
        if not is_identifier(self.event_id):
            raise violations.identifier("event_id", self.event_id)
        if type(self.transfer_id) is not str or not 1 <= len(self.transfer_id) <= 200:
            raise violations.text("transfer_id", self.transfer_id, 1, 200)
        if not is_identifier(self.transfer_id):
            raise violations.identifier("transfer_id", self.transfer_id)
        if type(self.from_store) is not str or not 1 <= len(self.from_store) <= 100:
            raise violations.text("from_store", self.from_store, 1, 100)
        if not is_identifier(self.from_store):
            raise violations.identifier("from_store", self.from_store)
        if type(self.to_store) is not str or not 1 <= len(self.to_store) <= 100:
            raise violations.text("to_store", self.to_store, 1, 100)
        if not is_identifier(self.to_store):
            raise violations.identifier("to_store", self.to_store)
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if not is_identifier(self.sku):
            raise violations.identifier("sku", self.sku)
        if type(self.quantity) is not int or not 1 <= self.quantity <= 1000000:
            raise violations.integer("quantity", self.quantity, 1, 1000000)
        if type(self.phase) is not str or not _PHASE_PATTERN.fullmatch(self.phase):
            raise violations.pattern("phase", self.phase, _PHASE_PATTERN.pattern)
        if type(self.occurred_at) is not datetime or self.occurred_at.tzinfo is None or self.occurred_at.microsecond % 1000:
            raise violations.time("occurred_at", self.occurred_at)
        if type(self.recorded_at) is not datetime or self.recorded_at.tzinfo is None or self.recorded_at.microsecond % 1000:
            raise violations.time("recorded_at", self.recorded_at)

    def key(self) -> tuple[str]:
        return (self.transfer_id,)

    def to_dict(self) -> dict[str, Any]:
        return {
            "event_id": self.event_id,
            "transfer_id": self.transfer_id,
            "from_store": self.from_store,
            "to_store": self.to_store,
            "sku": self.sku,
            "quantity": self.quantity,
            "phase": self.phase,
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
                encode.text(self.transfer_id),
                encode.text(self.from_store),
                encode.text(self.to_store),
                encode.text(self.sku),
                encode.varint(self.quantity),
                encode.text(self.phase),
                encode.time(self.occurred_at),
                encode.time(self.recorded_at),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.transfer_id)
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
        _put_phase(record, value)
        value, at = decode.time(data, at)
        _put_occurred_at(record, value)
        value, at = decode.time(data, at)
        _put_recorded_at(record, value)
        return record, at


(
    _put_event_id,
    _put_transfer_id,
    _put_from_store,
    _put_to_store,
    _put_sku,
    _put_quantity,
    _put_phase,
    _put_occurred_at,
    _put_recorded_at,
) = setters(Transfer)
