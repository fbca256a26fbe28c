"""Contracts to which a file can be mapped, and the types of their fields."""

from schemas.generated import Product, Shipment, Transaction
from schemas.record import Field, Record

RECORD_TYPES: dict[str, type[Record]] = {
    "transaction": Transaction,
    "shipment": Shipment,
    "product": Product,
}
"""By name in the mapping."""
TYPES = {
    "string": "text",
    "int": "integer",
    "long": "integer",
    "decimal": "decimal",
    "timestamp-millis": "time",
}
"""Field type -> its word in messages. Fields of other types cannot come from a file."""


def fields(record_type: type[Record]) -> dict[str, Field]:
    """Index a contract's fields by name, in its order."""
    return {field.name: field for field in record_type.FIELDS}
