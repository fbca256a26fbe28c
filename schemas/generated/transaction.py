# Generated from schemas/transaction.avsc by `python -m codegen generate`: change that file, not this one.
"""Transaction: records of the topic transactions."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.identifier import is_identifier
from schemas.record import Field, Limits, setters

_LINE_AMOUNT_LIMIT = Decimal("10000000000")
_LINE_AMOUNT_READ = decode.decimal(2)
_UNIT_PRICE_LIMIT = Decimal("100000000")
_UNIT_PRICE_LEAST = Decimal("0")
_UNIT_PRICE_READ = decode.union((decode.nothing, decode.decimal(2)))
_CURRENCY_PATTERN = re.compile('[A-Z]{3}')


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One line of a point-of-sale receipt: goods sold to, or taken back from, a customer."""

    TOPIC: ClassVar[str] = 'transactions'
    KEY: ClassVar[tuple[str, ...]] = ('store_id', 'sku')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "Transaction", "namespace": "inventory", "doc": "One line of a point-of-sale receipt: goods sold to, or taken back from, a customer.", "fields": [{"name": "event_id", "type": "string", "doc": "Identity of the event, unique over all topics: delivered again it changes nothing."}, {"name": "receipt_id", "type": "string", "doc": "Identity of the receipt (basket) that the line stands on, as the till numbers it."}, {"name": "line_no", "type": "int", "doc": "Position of the line on its receipt, counted from 1."}, {"name": "store_id", "type": "string", "doc": "Identity of the store whose shelf the goods left or came back to."}, {"name": "terminal_id", "type": "string", "doc": "Identity of the till within its store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "quantity", "type": "int", "doc": "Units sold (+) or returned (-); 0 for a line that moves money only, such as a coupon."}, {"name": "line_amount", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}, "doc": "What the customer paid for the whole line after discounts, in units of `currency`; negative when money was paid back."}, {"name": "unit_price", "type": ["null", {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}], "default": null, "doc": "Shelf price of one unit before discounts, in units of `currency`; null when the till does not send it."}, {"name": "currency", "type": "string", "doc": "Currency of the amounts, ISO 4217 alphabetic code."}, {"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the goods changed hands, UTC, milliseconds since 1970-01-01."}, {"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When the line was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "TransactionKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'transactions-key'
    VALUE_SUBJECT: ClassVar[str] = 'transactions-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.Transaction'
    EVENT_TIME: ClassVar[str | None] = 'occurred_at'
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('event_id', 'string', doc='Identity of the event, unique over all topics: delivered again it changes nothing.', limits=Limits(shortest=1, longest=200, identifier=True)),
        Field('receipt_id', 'string', doc='Identity of the receipt (basket) that the line stands on, as the till numbers it.', limits=Limits(shortest=1, longest=200, identifier=True)),
        Field('line_no', 'int', doc='Position of the line on its receipt, counted from 1.', limits=Limits(minimum=1)),
        Field('store_id', 'string', doc='Identity of the store whose shelf the goods left or came back to.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('terminal_id', 'string', doc='Identity of the till within its store.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('quantity', 'int', doc='Units sold (+) or returned (-); 0 for a line that moves money only, such as a coupon.', limits=Limits(minimum=-1000000, maximum=1000000)),
        Field('line_amount', 'decimal', precision=12, scale=2, doc='What the customer paid for the whole line after discounts, in units of `currency`; negative when money was paid back.'),
        Field('unit_price', 'decimal', nullable=True, precision=10, scale=2, has_default=True, doc='Shelf price of one unit before discounts, in units of `currency`; null when the till does not send it.', limits=Limits(minimum=0)),
        Field('currency', 'string', doc='Currency of the amounts, ISO 4217 alphabetic code.', limits=Limits(pattern='[A-Z]{3}')),
        Field('occurred_at', 'timestamp-millis', doc='When the goods changed hands, UTC, milliseconds since 1970-01-01.'),
        Field('recorded_at', 'timestamp-millis', doc='When the line was first written to a file or topic, UTC, milliseconds since 1970-01-01; a repeat carries the same value.'),
    )

    event_id: str
    """Identity of the event, unique over all topics: delivered again it changes nothing."""
    receipt_id: str
    """Identity of the receipt (basket) that the line stands on, as the till numbers it."""
    line_no: int
    """Position of the line on its receipt, counted from 1."""
    store_id: str
    """Identity of the store whose shelf the goods left or came back to."""
    terminal_id: str
    """Identity of the till within its store."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    quantity: int
    """Units sold (+) or returned (-); 0 for a line that moves money only, such as a coupon."""
    line_amount: Decimal
    """What the customer paid for the whole line after discounts, in units of `currency`; negative
    when money was paid back.
    """
    unit_price: Decimal | None = None
    """Shelf price of one unit before discounts, in units of `currency`; null when the till does
    not send it.
    """
    currency: str
    """Currency of the amounts, ISO 4217 alphabetic code."""
    occurred_at: datetime
    """When the goods changed hands, UTC, milliseconds since 1970-01-01."""
    recorded_at: datetime
    """When the line was first written to a file or topic, UTC, milliseconds since 1970-01-01; a
    repeat carries the same value.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.event_id) is not str or not 1 <= len(self.event_id) <= 200:
            raise violations.text("event_id", self.event_id, 1, 200)
        if not is_identifier(self.event_id):
            raise violations.identifier("event_id", self.event_id)
        if type(self.receipt_id) is not str or not 1 <= len(self.receipt_id) <= 200:
            raise violations.text("receipt_id", self.receipt_id, 1, 200)
        if not is_identifier(self.receipt_id):
            raise violations.identifier("receipt_id", self.receipt_id)
        if type(self.line_no) is not int or not 1 <= self.line_no <= 2147483647:
            raise violations.integer("line_no", self.line_no, 1, 2147483647)
        if type(self.store_id) is not str or not 1 <= len(self.store_id) <= 100:
            raise violations.text("store_id", self.store_id, 1, 100)
        if not is_identifier(self.store_id):
            raise violations.identifier("store_id", self.store_id)
        if type(self.terminal_id) is not str or not 1 <= len(self.terminal_id) <= 100:
            raise violations.text("terminal_id", self.terminal_id, 1, 100)
        if not is_identifier(self.terminal_id):
            raise violations.identifier("terminal_id", self.terminal_id)
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if not is_identifier(self.sku):
            raise violations.identifier("sku", self.sku)
        if type(self.quantity) is not int or not -1000000 <= self.quantity <= 1000000:
            raise violations.integer("quantity", self.quantity, -1000000, 1000000)
        if not violations.decimal_fits(self.line_amount, 2) or not -_LINE_AMOUNT_LIMIT < self.line_amount < _LINE_AMOUNT_LIMIT:
            raise violations.decimal("line_amount", self.line_amount, 12, 2, None)
        if self.unit_price is not None and (not violations.decimal_fits(self.unit_price, 2) or not _UNIT_PRICE_LEAST <= self.unit_price < _UNIT_PRICE_LIMIT):
            raise violations.decimal("unit_price", self.unit_price, 10, 2, _UNIT_PRICE_LEAST)
        if type(self.currency) is not str or not _CURRENCY_PATTERN.fullmatch(self.currency):
            raise violations.pattern("currency", self.currency, _CURRENCY_PATTERN.pattern)
        if type(self.occurred_at) is not datetime or self.occurred_at.tzinfo is None or self.occurred_at.microsecond % 1000:
            raise violations.time("occurred_at", self.occurred_at)
        if type(self.recorded_at) is not datetime or self.recorded_at.tzinfo is None or self.recorded_at.microsecond % 1000:
            raise violations.time("recorded_at", self.recorded_at)

    def key(self) -> tuple[str, str]:
        return (self.store_id, self.sku)

    def to_dict(self) -> dict[str, Any]:
        return {
            "event_id": self.event_id,
            "receipt_id": self.receipt_id,
            "line_no": self.line_no,
            "store_id": self.store_id,
            "terminal_id": self.terminal_id,
            "sku": self.sku,
            "quantity": self.quantity,
            "line_amount": self.line_amount,
            "unit_price": self.unit_price,
            "currency": self.currency,
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
                encode.text(self.receipt_id),
                encode.varint(self.line_no),
                encode.text(self.store_id),
                encode.text(self.terminal_id),
                encode.text(self.sku),
                encode.varint(self.quantity),
                encode.decimal(self.line_amount, 2),
                (b"\x00" if self.unit_price is None else b"\x02" + encode.decimal(self.unit_price, 2)),
                encode.text(self.currency),
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
        _put_receipt_id(record, value)
        byte = data[at]
        if byte & 128:
            value, at = decode.integer(data, at)
        else:
            value, at = (byte >> 1) ^ -(byte & 1), at + 1
        _put_line_no(record, value)
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
        _put_terminal_id(record, value)
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
        value, at = _LINE_AMOUNT_READ(data, at)
        _put_line_amount(record, value)
        value, at = _UNIT_PRICE_READ(data, at)
        _put_unit_price(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_currency(record, value)
        value, at = decode.time(data, at)
        _put_occurred_at(record, value)
        value, at = decode.time(data, at)
        _put_recorded_at(record, value)
        return record, at


(
    _put_event_id,
    _put_receipt_id,
    _put_line_no,
    _put_store_id,
    _put_terminal_id,
    _put_sku,
    _put_quantity,
    _put_line_amount,
    _put_unit_price,
    _put_currency,
    _put_occurred_at,
    _put_recorded_at,
) = setters(Transaction)
