"""Records as JSON that a person can read and repair, and back."""

import json
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from connect.errors import UserError
from schemas.record import Record
from schemas.violations import ContractViolationError


def shown(values: dict[str, Any]) -> dict[str, Any]:
    """A record's fields, each as JSON has it."""
    return {name: _shown(value) for name, value in values.items()}


def to_record(text: str, kind: type[Record], file: str) -> Record:
    """A valid record of JSON. Raises UserError with file and field."""
    try:
        values = json.loads(text)
        meanings = _meanings(kind)
        unknown = values.keys() - meanings.keys() if isinstance(values, dict) else None
        if unknown is None or unknown:
            raise ValueError(f"expected one object with the fields of {kind.__name__}")
        fields = {name: _meant(values.get(name), each) for name, each in meanings.items()}
        record = kind.from_dict(fields)
        record.validate()
    except (ValueError, InvalidOperation) as error:
        what = str(error) if isinstance(error, ContractViolationError) else f"not readable: {error}"
        raise UserError(f"{file}: {what}.") from None
    return record


def _meanings(kind: type[Record]) -> dict[str, dict[str, Any]]:
    """Field -> its logical type, {} for none."""
    meanings = {}
    for field in json.loads(kind.SCHEMA)["fields"]:
        branches = field["type"] if isinstance(field["type"], list) else [field["type"]]
        meanings[field["name"]] = next((each for each in branches if isinstance(each, dict)), {})
    return meanings


def _shown(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat(timespec="milliseconds")
        case Decimal():
            return str(value)
        case bytes():
            return value.hex()
    return value


def _meant(value: Any, meaning: dict[str, Any]) -> Any:
    match meaning.get("logicalType"), value:
        case "timestamp-millis", str():
            return datetime.fromisoformat(value)
        case "decimal", str():
            return Decimal(value)
    return value
