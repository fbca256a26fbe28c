# Generated from schemas/product.avsc by `python -m codegen generate`: change that file, not this one.
"""Product: records of the topic products."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.identifier import is_identifier
from schemas.record import Field, Limits, setters

_UNIT_PRICE_LIMIT = Decimal("100000000")
_UNIT_PRICE_LEAST = Decimal("0")
_UNIT_PRICE_READ = decode.decimal(2)
_UNIT_PATTERN = re.compile('each|g|ml|mm')
_UNIT_READ = decode.union((decode.nothing, decode.text))
_BARCODES_READ = decode.union((decode.nothing, decode.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What the chain knows of a product, the same in every store: the newest record of a SKU is
    the current one.
    """

    TOPIC: ClassVar[str] = 'products'
    KEY: ClassVar[tuple[str, ...]] = ('sku',)
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "Product", "namespace": "inventory", "doc": "What the chain knows of a product, the same in every store: the newest record of a SKU is the current one.", "fields": [{"name": "sku", "type": "string", "doc": "Stock keeping unit: identity of the product, the same in every store."}, {"name": "name", "type": "string", "doc": "What the shelf label says."}, {"name": "category", "type": "string", "doc": "Group of products that are shown together."}, {"name": "unit_price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}, "doc": "Shelf price of one unit before discounts, in the currency of the store."}, {"name": "reorder_point", "type": "int", "doc": "Units on hand at or below which new goods are ordered."}, {"name": "order_up_to", "type": "int", "doc": "Units on hand that an order fills the shelf up to."}, {"name": "lead_time", "type": "int", "doc": "Whole days from an order to its shipment\'s arrival."}, {"name": "unit", "type": ["null", "string"], "default": null, "doc": "Base unit in which every amount of the product is a whole number: each, g, ml or mm; null: each. Of g, ml and mm, prices are those of 1,000: of a kilogram, litre or metre. A text and no Avro enum, so that a new unit needs no new version of its readers."}, {"name": "barcodes", "type": ["null", "string"], "default": null, "doc": "Codes that a scanner reads on the product\'s packages, such as EAN, UPC or GTIN, separated by blanks: of the unit and of the case, the old one and the new; null: none. Numbers of 8, 12, 13 or 14 digits that differ in leading zeros are the same code. Two products may have the same code. A text and no Avro array, which the pipeline\'s tables do not have."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "ProductKey", "namespace": "inventory", "fields": [{"name": "sku", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'products-key'
    VALUE_SUBJECT: ClassVar[str] = 'products-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.Product'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('sku', 'string', doc='Stock keeping unit: identity of the product, the same in every store.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('name', 'string', doc='What the shelf label says.', limits=Limits(shortest=1, longest=200)),
        Field('category', 'string', doc='Group of products that are shown together.', limits=Limits(shortest=1, longest=100)),
        Field('unit_price', 'decimal', precision=10, scale=2, doc='Shelf price of one unit before discounts, in the currency of the store.', limits=Limits(minimum=0)),
        Field('reorder_point', 'int', doc='Units on hand at or below which new goods are ordered.', limits=Limits(minimum=0, maximum=1000000)),
        Field('order_up_to', 'int', doc='Units on hand that an order fills the shelf up to.', limits=Limits(minimum=0, maximum=1000000)),
        Field('lead_time', 'int', doc="Whole days from an order to its shipment's arrival.", limits=Limits(minimum=0)),
        Field('unit', 'string', nullable=True, has_default=True, doc='Base unit in which every amount of the product is a whole number: each, g, ml or mm; null: each. Of g, ml and mm, prices are those of 1,000: of a kilogram, litre or metre. A text and no Avro enum, so that a new unit needs no new version of its readers.', limits=Limits(pattern='each|g|ml|mm')),
        Field('barcodes', 'string', nullable=True, has_default=True, doc="Codes that a scanner reads on the product's packages, such as EAN, UPC or GTIN, separated by blanks: of the unit and of the case, the old one and the new; null: none. Numbers of 8, 12, 13 or 14 digits that differ in leading zeros are the same code. Two products may have the same code. A text and no Avro array, which the pipeline's tables do not have.", limits=Limits(shortest=1, longest=500, identifier=True)),
    )

    sku: str
    """Stock keeping unit: identity of the product, the same in every store."""
    name: str
    """What the shelf label says."""
    category: str
    """Group of products that are shown together."""
    unit_price: Decimal
    """Shelf price of one unit before discounts, in the currency of the store."""
    reorder_point: int
    """Units on hand at or below which new goods are ordered."""
    order_up_to: int
    """Units on hand that an order fills the shelf up to."""
    lead_time: int
    """Whole days from an order to its shipment's arrival."""
    unit: str | None = None
    """Base unit in which every amount of the product is a whole number: each, g, ml or mm; null:
    each. Of g, ml and mm, prices are those of 1,000: of a kilogram, litre or metre. A text and
    no Avro enum, so that a new unit needs no new version of its readers.
    """
    barcodes: str | None = None
    """Codes that a scanner reads on the product's packages, such as EAN, UPC or GTIN, separated by
    blanks: of the unit and of the case, the old one and the new; null: none. Numbers of 8, 12,
    13 or 14 digits that differ in leading zeros are the same code. Two products may have the
    same code. A text and no Avro array, which the pipeline's tables do not have.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.sku) is not str or not 1 <= len(self.sku) <= 100:
            raise violations.text("sku", self.sku, 1, 100)
        if not is_identifier(self.sku):
            raise violations.identifier("sku", self.sku)
        if type(self.name) is not str or not 1 <= len(self.name) <= 200:
            raise violations.text("name", self.name, 1, 200)
        if type(self.category) is not str or not 1 <= len(self.category) <= 100:
            raise violations.text("category", self.category, 1, 100)
        if not violations.decimal_fits(self.unit_price, 2) or not _UNIT_PRICE_LEAST <= self.unit_price < _UNIT_PRICE_LIMIT:
            raise violations.decimal("unit_price", self.unit_price, 10, 2, _UNIT_PRICE_LEAST)
        if type(self.reorder_point) is not int or not 0 <= self.reorder_point <= 1000000:
            raise violations.integer("reorder_point", self.reorder_point, 0, 1000000)
        if type(self.order_up_to) is not int or not 0 <= self.order_up_to <= 1000000:
            raise violations.integer("order_up_to", self.order_up_to, 0, 1000000)
        if type(self.lead_time) is not int or not 0 <= self.lead_time <= 2147483647:
            raise violations.integer("lead_time", self.lead_time, 0, 2147483647)
        if self.unit is not None and (type(self.unit) is not str or not _UNIT_PATTERN.fullmatch(self.unit)):
            raise violations.pattern("unit", self.unit, _UNIT_PATTERN.pattern)
        if self.barcodes is not None and (type(self.barcodes) is not str or not 1 <= len(self.barcodes) <= 500):
            raise violations.text("barcodes", self.barcodes, 1, 500)
        if self.barcodes is not None and (not is_identifier(self.barcodes)):
            raise violations.identifier("barcodes", self.barcodes)

    def key(self) -> tuple[str]:
        return (self.sku,)

    def to_dict(self) -> dict[str, Any]:
        return {
            "sku": self.sku,
            "name": self.name,
            "category": self.category,
            "unit_price": self.unit_price,
            "reorder_point": self.reorder_point,
            "order_up_to": self.order_up_to,
            "lead_time": self.lead_time,
            "unit": self.unit,
            "barcodes": self.barcodes,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return b"".join(
            (
                encode.text(self.sku),
                encode.text(self.name),
                encode.text(self.category),
                encode.decimal(self.unit_price, 2),
                encode.varint(self.reorder_point),
                encode.varint(self.order_up_to),
                encode.varint(self.lead_time),
                (b"\x00" if self.unit is None else b"\x02" + encode.text(self.unit)),
                (b"\x00" if self.barcodes is None else b"\x02" + encode.text(self.barcodes)),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.sku)
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
        _put_sku(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_name(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_category(record, value)
        value, at = _UNIT_PRICE_READ(data, at)
        _put_unit_price(record, value)
        byte = data[at]
        if byte & 128:
            value, at = decode.integer(data, at)
        else:
            value, at = (byte >> 1) ^ -(byte & 1), at + 1
        _put_reorder_point(record, value)
        byte = data[at]
        if byte & 128:
            value, at = decode.integer(data, at)
        else:
            value, at = (byte >> 1) ^ -(byte & 1), at + 1
        _put_order_up_to(record, value)
        byte = data[at]
        if byte & 128:
            value, at = decode.integer(data, at)
        else:
            value, at = (byte >> 1) ^ -(byte & 1), at + 1
        _put_lead_time(record, value)
        value, at = _UNIT_READ(data, at)
        _put_unit(record, value)
        value, at = _BARCODES_READ(data, at)
        _put_barcodes(record, value)
        return record, at


(
    _put_sku,
    _put_name,
    _put_category,
    _put_unit_price,
    _put_reorder_point,
    _put_order_up_to,
    _put_lead_time,
    _put_unit,
    _put_barcodes,
) = setters(Product)
