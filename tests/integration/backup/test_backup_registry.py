"""A new registry gives each schema the id that it had in the former one."""

import json

import pytest
from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

from backup.saved_schemas import (
    NO_SUBJECT,
    require_room,
    restore_schemas,
    saved_modes,
    saved_schemas,
)
from connect import registry
from connect.errors import UserError
from contracts.contract_file import load_all
from stack.runtime import Stack

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
WIDER = {"name": "added", "type": "int", "default": 0}


def fixed(name: str) -> Schema:
    return Schema(json.dumps({"type": "fixed", "name": name, "size": 4}), "AVRO")


def fill(client: SchemaRegistryClient) -> None:
    """Register the contracts, with versions, gaps, deletions and a schema in two subjects."""
    client.register_schema("gone-value", fixed("gone"))
    for contract in load_all():
        for subject, text in contract.subjects.items():
            client.register_schema(subject, Schema(text, "AVRO"))
            client.set_compatibility(subject, "FULL_TRANSITIVE")
    wider = json.loads(contract.schema)
    wider["fields"].append(WIDER)
    client.register_schema(contract.value_subject, Schema(json.dumps(wider), "AVRO"))
    for name in ("deleted", "renamed", "kept"):
        client.register_schema(f"{name}-value", fixed(name))
    client.set_compatibility("kept-value", "NONE")
    client.register_schema("kept-value", fixed("other"))
    client.register_schema("again-value", fixed("kept"))
    client.delete_version("kept-value", 1)
    client.delete_subject("deleted-value")
    for permanent in (False, True):
        client.delete_subject("gone-value", permanent=permanent)


def test_a_new_registry_gives_each_schema_its_former_id() -> None:
    with Stack.on_free_ports(["registry"]) as stack:
        client = registry.client(stack.settings)
        fill(client)
        saved = saved_schemas(client, "", print)
        modes = saved_modes(client, saved)
        with pytest.raises(UserError, match="is not empty"):
            require_room(client, saved[:-1])
    assert {each.subject for each in saved if each.deleted} == {NO_SUBJECT, "kept-value"}
    assert min(each.schema_id for each in saved) == 2
    with Stack.on_free_ports(["registry"]) as stack:
        client = registry.client(stack.settings)
        assert require_room(client, saved)
        restore_schemas(client, "", saved, modes)
        assert saved_schemas(client, "", print) == saved
        assert saved_modes(client, saved) == modes
        assert not require_room(client, saved)
        for each in saved:
            assert json.loads(registry.schema_text(client, each.schema_id)) == json.loads(each.text)
