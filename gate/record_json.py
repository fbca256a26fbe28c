"""Records as JSON that a person can read and repair, and back."""

import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connect.errors import UserError
from schemas.record import Field, Record
from schemas.violations import ContractViolationError


def shown(values: dict[str, Any]) -> dict[str, Any]:
    """A record's fields, each as JSON has it."""
    return {name: _shown(value) for name, value in values.items()}


def to_record(text: str, kind: type[Record], file: str) -> Record:
    """A valid record of JSON. Raises UserError with file and field."""
    try:
        values = json.loads(text)
        names = {field.name for field in kind.FIELDS}
        unknown = values.keys() - names if isinstance(values, dict) else None
        if unknown is None or unknown:
            raise ValueError(f"expected one object with the fields of {kind.__name__}")
        record = kind.from_dict(
            {
                field.name: _parsed(values.get(field.name), field)
                for field in kind.FIELDS
                if field.name in values or not field.has_default
            }
        )
        record.validate()
    except (ValueError, InvalidOperation) as error:
        what = str(error) if isinstance(error, ContractViolationError) else f"not readable: {error}"
        raise UserError(f"{file}: {what}.") from None
    return record


def _shown(value: Any) -> Any:
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
    return value
