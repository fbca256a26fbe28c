"""AsyncAPI 3.0.0 document of the contracts: docs/asyncapi.json.

AsyncAPI specification 3.0.0, Kafka bindings 0.5.0; message binding 0.4.0, the newest whose key may
be an Avro schema. There are no servers: the addresses of Kafka and the registry are settings.
"""

import json
from typing import Any

from codegen import prose
from contracts.contract import Contract
from contracts.data_flow import Participant, readers, writers
from contracts.set_version import PROJECT

VERSION = f"{PROJECT}.0"
AVRO = "application/vnd.apache.avro+json;version=1.9.0"
NUMBERS = ("retention.ms", "retention.bytes", "delete.retention.ms", "max.message.bytes")
"""Topic settings that are numbers in the binding; Kafka has all of them as strings."""


def document(contracts: list[Contract]) -> str:
    """Render the document."""
    described = {
        "asyncapi": "3.0.0",
        "x-generated": "Generated from schemas/*.avsc by `make schemas`: change those files.",
        "info": {
            "title": "Real-time store inventory",
            "version": VERSION,
            "description": "Events of the stores, and what one Flink SQL job makes of them. "
            "An operation is named by the part of the project that sends or receives.",
        },
        "defaultContentType": "avro/binary",
        "channels": {contract.topic.name: _channel(contract) for contract in contracts},
        "operations": dict(
            _operation(contract, action, each)
            for contract in contracts
            for action, participants in (
                ("send", writers(contract)),
                ("receive", readers(contract)),
            )
            for each in participants
        ),
        "components": {"messages": {contract.name: _message(contract) for contract in contracts}},
    }
    return json.dumps(described, ensure_ascii=False, indent=2) + "\n"


def _channel(contract: Contract) -> dict[str, Any]:
    topic = contract.topic
    return {
        "address": topic.name,
        "title": contract.name,
        "description": f"Keeps {prose.kept(topic.config)}.",
        "messages": {contract.name: {"$ref": f"#/components/messages/{contract.name}"}},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    name: _setting(name, value) for name, value in topic.config.items()
                },
                "bindingVersion": "0.5.0",
            }
        },
        "x-owner": contract.owner,
        "x-compatibility": contract.compatibility,
    }


def _setting(name: str, value: str) -> Any:
    if name == "cleanup.policy":
        return [policy.strip() for policy in value.split(",")]
    return int(value) if name in NUMBERS and value.lstrip("-").isdecimal() else value


def _operation(
    contract: Contract, action: str, participant: Participant
) -> tuple[str, dict[str, Any]]:
    channel = f"#/channels/{contract.topic.name}"
    return f"{participant.name}-{action}-{contract.topic.name}", {
        "action": action,
        "title": f"{participant.name} {action}s {contract.name}",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{contract.name}"}],
        "tags": [{"name": participant.name, "description": f"{participant.folder}/"}],
    }


def _message(contract: Contract) -> dict[str, Any]:
    constraints = {field.name: field.constraints for field in contract.fields if field.constraints}
    return {
        "name": contract.name,
        "title": contract.name,
        "description": contract.doc,
        "payload": {"schemaFormat": AVRO, "schema": json.loads(contract.schema)},
        "bindings": {
            "kafka": {
                "key": json.loads(contract.key_schema),
                "schemaIdLocation": "payload",
                "schemaIdPayloadEncoding": "confluent",
                "schemaLookupStrategy": "TopicNameStrategy",
                "bindingVersion": "0.4.0",
            }
        },
        "x-constraints": constraints,
    }
