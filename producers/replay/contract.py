"""What a contract's fields can hold, as a mapping needs to know it."""

import json
from dataclasses import dataclass
from enum import Enum
from typing import Any

from schemas.generated import Product, Shipment, Transaction
from schemas.record import Record

KINDS: dict[str, type[Record]] = {
    "transaction": Transaction,
    "shipment": Shipment,
    "product": Product,
}
"""Contracts that a file can be replayed as. Levels are not among them: they are the job's."""


class Type(Enum):
    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """scale: digits after the point, of decimals."""

    name: str
    type: Type
    nullable: bool
    scale: int = 0


def fields(kind: type[Record]) -> dict[str, Field]:
    """A contract's fields by name, in its order."""
    return {field["name"]: _field(field) for field in json.loads(kind.SCHEMA)["fields"]}


def _field(field: dict[str, Any]) -> Field:
    avro = field["type"]
    nullable = isinstance(avro, list)
    if nullable:
        (avro,) = (branch for branch in avro if branch != "null")
    logical = str(avro.get("logicalType") if isinstance(avro, dict) else avro)
    types = {
        "string": Type.TEXT,
        "int": Type.INTEGER,
        "long": Type.INTEGER,
        "decimal": Type.DECIMAL,
        "timestamp-millis": Type.TIME,
    }
    scale = avro.get("scale", 0) if isinstance(avro, dict) else 0
    return Field(name=field["name"], type=types[logical], nullable=nullable, scale=scale)
