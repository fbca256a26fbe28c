"""Open Data Contract Standard 3.1.0 (Bitol), one YAML file for each contract."""

import json
from pathlib import Path
from typing import Any

import yaml

from contracts.contract import Contract, Field
from contracts.set_version import newest

API_VERSION = "v3.1.0"
LOGICAL_TYPES = {
    "string": "string",
    "int": "integer",
    "long": "integer",
    "boolean": "boolean",
    "bytes": "string",
    "decimal": "number",
    "timestamp-millis": "timestamp",
}
OPTIONS = ("minimum", "maximum", "minLength", "maxLength", "pattern")
"""Limits that the standard has under the same names."""


def files(contracts: list[Contract]) -> dict[Path, str]:
    """Render a file for each contract."""
    return {
        Path(f"{contract.stem}.odcs.yaml"): yaml.safe_dump(
            document(contract), sort_keys=False, allow_unicode=True, width=100
        )
        for contract in contracts
    }


def document(contract: Contract) -> dict[str, Any]:
    """Return the data contract. It has no servers: the addresses of Kafka are settings."""
    return {
        "version": str(newest(contract.path.parent / "released", contract.stem)),
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"{contract.namespace}.{contract.name}",
        "name": contract.name,
        "status": "active",
        "domain": contract.namespace,
        "description": {"purpose": contract.doc},
        "team": {"name": contract.owner},
        "schema": [
            {
                "name": contract.name,
                "physicalName": contract.topic.name,
                "physicalType": "topic",
                "logicalType": "object",
                "description": contract.doc,
                "properties": [_property(contract, field) for field in contract.fields],
                "customProperties": _custom(
                    {
                        "compatibility": contract.compatibility,
                        "partitions": contract.topic.partitions,
                        "eventTime": contract.event_time,
                        **{f"topic.{name}": value for name, value in contract.topic.config.items()},
                    }
                ),
            }
        ],
    }


def _property(contract: Contract, field: Field) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": field.name,
        "logicalType": LOGICAL_TYPES[field.type.logical],
        "physicalType": json.dumps(field.type.schema)
        if isinstance(field.type.schema, dict)
        else field.type.schema,
        "description": field.doc,
        "required": not field.nullable,
    }
    if field.name in contract.topic.key:
        described |= _key(contract, contract.topic.key.index(field.name) + 1)
    options = {word: field.constraints[word] for word in OPTIONS if word in field.constraints}
    if "pattern" in options:
        options["pattern"] = f"^(?:{options['pattern']})$"  # the standard's match anywhere
    if options:
        described["logicalTypeOptions"] = options
    custom = {"default": field.default} if field.has_default and field.default is not None else {}
    if "identifier" in field.constraints:
        custom["identifier"] = True
    if custom:
        described["customProperties"] = _custom(custom)
    return described


def _key(contract: Contract, position: int) -> dict[str, Any]:
    """Describe a field of the record key: unique only where the topic keeps one record a key."""
    if "compact" in contract.topic.config.get("cleanup.policy", ""):
        return {"primaryKey": True, "primaryKeyPosition": position}
    return {"partitioned": True, "partitionKeyPosition": position}


def _custom(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"property": name, "value": value} for name, value in values.items() if value is not None
    ]
