# Generated from schemas/sales_per_minute.avsc by `python -m codegen generate`: change that file, not this one.
"""SalesPerMinute: records of the topic sales-per-minute."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.record import Field, Limits, setters

_CURRENCY_PATTERN = re.compile('[A-Z]{3}')
_REVENUE_LIMIT = Decimal("10000000000000000")
_REVENUE_READ = decode.decimal(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesPerMinute:
    """Units and revenue of one product in one store within one minute of event time, after each of
    its sales. A sale that comes late corrects its minute, for a day: what is accepted later is
    counted in the level and in the day, not here.
    """

    TOPIC: ClassVar[str] = 'sales-per-minute'
    KEY: ClassVar[tuple[str, ...]] = ('store_id', 'sku', 'currency', 'minute_start')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "SalesPerMinute", "namespace": "inventory", "doc": "Units and revenue of one product in one store within one minute of event time, after each of its sales. A sale that comes late corrects its minute, for a day: what is accepted later is counted in the level and in the day, not here.", "fields": [{"name": "store_id", "type": "string", "doc": "Identity of the store."}, {"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "currency", "type": "string", "doc": "Currency of `revenue`, ISO 4217 alphabetic code: amounts of different currencies are never added."}, {"name": "minute_start", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "First instant of the minute, UTC, milliseconds since 1970-01-01."}, {"name": "units", "type": "long", "doc": "Units sold minus units returned."}, {"name": "revenue", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 2}, "doc": "Sum of line_amount, in units of `currency`."}, {"name": "version", "type": "long", "default": 0, "doc": "Number of receipt lines accepted for the minute: within a generation, one with a lower version than one already seen is out of date."}, {"name": "generation", "type": "long", "default": 0, "doc": "Number of the job\'s state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "SalesPerMinuteKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"}, {"name": "currency", "type": "string"}, {"name": "minute_start", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}'
    KEY_SUBJECT: ClassVar[str] = 'sales-per-minute-key'
    VALUE_SUBJECT: ClassVar[str] = 'sales-per-minute-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.SalesPerMinute'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('store_id', 'string', doc='Identity of the store.', limits=Limits(shortest=1, longest=100)),
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100)),
        Field('currency', 'string', doc='Currency of `revenue`, ISO 4217 alphabetic code: amounts of different currencies are never added.', limits=Limits(pattern='[A-Z]{3}')),
        Field('minute_start', 'timestamp-millis', doc='First instant of the minute, UTC, milliseconds since 1970-01-01.'),
        Field('units', 'long', doc='Units sold minus units returned.'),
        Field('revenue', 'decimal', precision=18, scale=2, doc='Sum of line_amount, in units of `currency`.'),
        Field('version', 'long', has_default=True, default=0, doc='Number of receipt lines accepted for the minute: within a generation, one with a lower version than one already seen is out of date.', limits=Limits(minimum=0)),
        Field('generation', 'long', has_default=True, default=0, doc="Number of the job's state, which grows when the job rebuilds it from the events: a record of a lower generation than one already seen is out of date, whatever its version.", limits=Limits(minimum=0)),
    )

    store_id: str
    """Identity of the store."""
    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    currency: str
    """Currency of `revenue`, ISO 4217 alphabetic code: amounts of different currencies are never
    added.
    """
    minute_start: datetime
    """First instant of the minute, UTC, milliseconds since 1970-01-01."""
    units: int
    """Units sold minus units returned."""
    revenue: Decimal
    """Sum of line_amount, in units of `currency`."""
    version: int = 0
    """Number of receipt lines accepted for the minute: within a generation, one with a lower
    version than one already seen is out of date.
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
        if type(self.currency) is not str or not _CURRENCY_PATTERN.fullmatch(self.currency):
            raise violations.pattern("currency", self.currency, _CURRENCY_PATTERN.pattern)
        if type(self.minute_start) is not datetime or self.minute_start.tzinfo is None or self.minute_start.microsecond % 1000:
            raise violations.time("minute_start", self.minute_start)
        if type(self.units) is not int or not -9223372036854775808 <= self.units <= 9223372036854775807:
            raise violations.integer("units", self.units, -9223372036854775808, 9223372036854775807)
        if not violations.decimal_fits(self.revenue, 2) or not -_REVENUE_LIMIT < self.revenue < _REVENUE_LIMIT:
            raise violations.decimal("revenue", self.revenue, 18, 2, None)
        if type(self.version) is not int or not 0 <= self.version <= 9223372036854775807:
            raise violations.integer("version", self.version, 0, 9223372036854775807)
        if type(self.generation) is not int or not 0 <= self.generation <= 9223372036854775807:
            raise violations.integer("generation", self.generation, 0, 9223372036854775807)

    def key(self) -> tuple[str, str, str, datetime]:
        return (self.store_id, self.sku, self.currency, self.minute_start)

    def to_dict(self) -> dict[str, Any]:
        return {
            "store_id": self.store_id,
            "sku": self.sku,
            "currency": self.currency,
            "minute_start": self.minute_start,
            "units": self.units,
            "revenue": self.revenue,
            "version": self.version,
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
                encode.text(self.currency),
                encode.time(self.minute_start),
                encode.varint(self.units),
                encode.decimal(self.revenue, 2),
                encode.varint(self.version),
                encode.varint(self.generation),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.store_id)
            + encode.text(self.sku)
            + encode.text(self.currency)
            + encode.time(self.minute_start)
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
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_currency(record, value)
        value, at = decode.time(data, at)
        _put_minute_start(record, value)
        value, at = decode.long(data, at)
        _put_units(record, value)
        value, at = _REVENUE_READ(data, at)
        _put_revenue(record, value)
        value, at = decode.long(data, at)
        _put_version(record, value)
        value, at = decode.long(data, at)
        _put_generation(record, value)
        return record, at


(
    _put_store_id,
    _put_sku,
    _put_currency,
    _put_minute_start,
    _put_units,
    _put_revenue,
    _put_version,
    _put_generation,
) = setters(SalesPerMinute)
