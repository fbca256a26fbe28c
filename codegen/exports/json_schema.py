"""JSON Schema 2020-12 of a record as JSON, as `gate quarantine show --json` prints it.

A decimal is text with its digits, a time is text in ISO 8601, bytes are hexadecimal text. Limits
that JSON Schema cannot express are in the field's description.
"""

import json
from pathlib import Path
from typing import Any

from contracts.contract import Contract, Field
from contracts.set_version import newest
from contracts.types import INT, LONG

DIALECT = "https://json-schema.org/draft/2020-12/schema"
IDENTIFIER = "An identifier: Unicode NFC, without control and other invisible characters."
NO_SPACE_AT_ENDS = r"^\S(.*\S)?$"


def files(contracts: list[Contract]) -> dict[Path, str]:
    """Render a file for each contract."""
    return {
        Path(f"{contract.stem}.schema.json"): json.dumps(
            schema(contract), ensure_ascii=False, indent=2
        )
        + "\n"
        for contract in contracts
    }


def schema(contract: Contract) -> dict[str, Any]:
    """Return the JSON Schema of a contract's records."""
    version = newest(contract.path.parent / "released", contract.stem)
    return {
        "$schema": DIALECT,
        "$id": f"urn:contract:{contract.namespace}.{contract.name}:{version}",
        "title": contract.name,
        "description": contract.doc,
        "type": "object",
        "properties": {field.name: property_schema(field) for field in contract.fields},
        "required": [field.name for field in contract.fields if not field.has_default],
    }


def property_schema(field: Field) -> dict[str, Any]:
    """Return the JSON Schema of a field's values."""
    word, rules, remark = _rules(field)
    described = {
        "description": " ".join(filter(None, (field.doc, remark))),
        "type": [word, "null"] if field.nullable else word,
        **rules,
    }
    if field.has_default and (field.default is None or word in ("integer", "boolean")):
        described["default"] = field.default
    return described


def _rules(field: Field) -> tuple[str, dict[str, Any], str]:
    """Return (JSON type, keywords, what no keyword can express)."""
    limits = field.constraints
    match field.type.logical:
        case "int" | "long":
            low, high = INT if field.type.logical == "int" else LONG
            return (
                "integer",
                {
                    "minimum": max(low, limits.get("minimum", low)),
                    "maximum": min(high, limits.get("maximum", high)),
                },
                "",
            )
        case "boolean":
            return "boolean", {}, ""
        case "timestamp-millis":
            return "string", {"format": "date-time"}, ""
        case "bytes":
            return "string", {"pattern": "^([0-9a-f]{2})*$"}, "As hexadecimal digits."
        case "decimal":
            return "string", {"pattern": _digits(field)}, _at_least(limits.get("minimum"))
    rules: dict[str, Any] = {
        word: limits[word] for word in ("minLength", "maxLength") if word in limits
    }
    if "pattern" in limits:
        rules["pattern"] = f"^(?:{limits['pattern']})$"
    elif "identifier" in limits:
        rules["pattern"] = NO_SPACE_AT_ENDS
    return "string", rules, IDENTIFIER if "identifier" in limits else ""


def _digits(field: Field) -> str:
    sign = "" if field.constraints.get("minimum", -1) >= 0 else "-?"
    fraction = rf"(\.[0-9]{{1,{field.type.scale}}})?" if field.type.scale else ""
    return rf"^{sign}[0-9]{{1,{max(1, field.type.precision - field.type.scale)}}}{fraction}$"


def _at_least(minimum: int | None) -> str:
    return f"At least {minimum}." if minimum else ""
