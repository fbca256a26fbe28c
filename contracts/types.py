"""The Avro types that a contract may use, and what each is in Python and in Flink.

They are those that Python, the registry and Flink's avro-confluent format (2.3) read and
write alike; Flink has no fixed, no microseconds and no local timestamps there.
"""

from dataclasses import dataclass
from typing import Any

from schemas.record import FieldType

INT = (-(2**31), 2**31 - 1)
LONG = (-(2**63), 2**63 - 1)


class UnsupportedTypeError(ValueError):
    """A type outside of that set; the text says what is expected instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AvroType:
    """One Avro type."""

    schema: Any
    """As it stands in the contract, without null."""
    logical: FieldType
    """The logical type's name, else the primitive's."""
    python: str
    flink: str
    precision: int = 0
    scale: int = 0


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
    """(type, whether null is allowed) of a field. Raises UnsupportedTypeError."""
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
        } if 1 <= precision <= 38 and 0 <= scale <= precision:
            return AvroType(
                schema=schema,
                logical="decimal",
                python="Decimal",
                flink=f"DECIMAL({precision}, {scale})",
                precision=precision,
                scale=scale,
            )
    raise UnsupportedTypeError(EXPECTED)
