"""Contracts to which a file can be mapped: all events, and the facts of products and stores."""

from schemas.generated import EVENTS, Product, Store
from schemas.record import Field, Record

RECORD_TYPES: dict[str, type[Record]] = {
    record_type.__module__.rpartition(".")[2]: record_type
    for record_type in (*EVENTS, Product, Store)
}
"""By the name of the contract's file in schemas/."""
TYPES = ("string", "int", "long", "decimal", "timestamp-millis")
"""Types of fields that can come from a file."""


def fields(record_type: type[Record]) -> dict[str, Field]:
    """Index a contract's fields by name, in its order."""
    return {field.name: field for field in record_type.FIELDS}
