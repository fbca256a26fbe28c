"""Records as JSON that a person can read and repair, and back."""

import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connect.errors import UserError
from schemas.record import Field, Record
from schemas.violations import ContractViolationError


def to_json(values: dict[str, Any]) -> dict[str, Any]:
    """Convert a record's fields to values that JSON can hold."""
    return {name: _to_json(value) for name, value in values.items()}


def to_record(text: str | bytes, record_type: type[Record], file: str) -> Record:
    """Parse JSON into a valid record. Raises UserError with file and field."""
    try:
        values = json.loads(text)
        names = {field.name for field in record_type.FIELDS}
        if not isinstance(values, dict) or values.keys() - names:
            raise ValueError(f"expected one object with the fields of {record_type.__name__}")
        record = record_type.from_dict(
            {
                field.name: _parsed(values.get(field.name), field)
                for field in record_type.FIELDS
                if field.name in values or not field.has_default
            }
        )
        record.validate()
    except (ValueError, InvalidOperation) as error:
        cause = (
            str(error) if isinstance(error, ContractViolationError) else f"not readable: {error}"
        )
        raise UserError(f"{file}: {cause}.") from None
    return record


def _to_json(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat(timespec="milliseconds")
        case Decimal():
            return str(value)
        case bytes():
            return value.hex()
    return value


def _parsed(value: Any, field: Field) -> Any:
    match field.type, value:
        case "timestamp-millis", str():
            return datetime.fromisoformat(value)
        case "decimal", str():
            return Decimal(value)
        case "bytes", str():
            return bytes.fromhex(value)
    return value
