"""The Avro types that a contract may use, with their Python and Flink types.

Python, the registry and Flink's avro-confluent format (2.3) read and write these types alike;
Flink does not support fixed, microseconds or local timestamps.
"""

from dataclasses import dataclass
from typing import Any

from schemas.record import FieldType

INT = (-(2**31), 2**31 - 1)
LONG = (-(2**63), 2**63 - 1)


class UnsupportedTypeError(ValueError):
    """An unsupported type; the message lists the supported ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvroType:
    """One supported Avro type."""

    schema: Any
    """The type in the contract, without null."""
    logical: FieldType
    """The logical type's name, else the primitive type's."""
    python: str
    """The Python type."""
    flink: str
    """The Flink SQL type."""
    precision: int = 0
    """The digits of a decimal."""
    scale: int = 0
    """The digits of a decimal after the point."""


SIMPLE: dict[FieldType, tuple[str, str]] = {
    "string": ("str", "STRING"),
    "int": ("int", "INT"),
    "long": ("int", "BIGINT"),
    "boolean": ("bool", "BOOLEAN"),
    "bytes": ("bytes", "BYTES"),
}
EXPECTED = (
    f"{', '.join(SIMPLE)}, a bytes decimal, a long timestamp-millis, "
    'or a union ["null", one of these]'
)


def avro_type(schema: Any) -> tuple[AvroType, bool]:
    """Return (type, nullable) of a field. Raises UnsupportedTypeError."""
    if isinstance(schema, list):
        if len(schema) != 2 or schema[0] != "null":
            raise UnsupportedTypeError(EXPECTED)
        return _single(schema[1]), True
    return _single(schema), False


def _single(schema: Any) -> AvroType:
    match schema:
        case "string" | "int" | "long" | "boolean" | "bytes":
            python, flink = SIMPLE[schema]
            return AvroType(schema=schema, logical=schema, python=python, flink=flink)
        case {"type": "long", "logicalType": "timestamp-millis"}:
            return AvroType(
                schema=schema, logical="timestamp-millis", python="datetime", flink="TIMESTAMP(3)"
            )
        case {
            "type": "bytes",
            "logicalType": "decimal",
            "precision": int(precision),
            "scale": int(scale),
        } if (
            bool not in (type(precision), type(scale))
            and 0 <= scale <= precision
            and (1 <= precision <= 38)
        ):
            return AvroType(
                schema=schema,
                logical="decimal",
                python="Decimal",
                flink=f"DECIMAL({precision}, {scale})",
                precision=precision,
                scale=scale,
            )
    raise UnsupportedTypeError(EXPECTED)
