"""Plan and apply on a real registry that is read-only, and under each subject name strategy."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests
from confluent_kafka.schema_registry import (
    SchemaRegistryClient,
    record_subject_name_strategy,
    topic_record_subject_name_strategy,
    topic_subject_name_strategy,
)
from confluent_kafka.schema_registry.avro import AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from contracts.contract_file import load
from tests.support.contract_sandbox import field
from tests.support.deployment_drill import Drill

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
STORAGE = "/apis/registry/v3/admin/config/properties/apicurio.storage.read-only.enabled"
STRATEGIES: dict[str, Callable[..., Any]] = {
    "TopicNameStrategy": topic_subject_name_strategy,
    "RecordNameStrategy": record_subject_name_strategy,
    "TopicRecordNameStrategy": topic_record_subject_name_strategy,
}


@contextmanager
def read_only(drill: Drill, what: str) -> Iterator[None]:
    """Make the subject, the registry by its mode, or the registry's storage read-only."""
    api = drill.stack.settings.registry_url
    url, name, on, off = {
        "subject": (f"{api}/mode/{drill.value}", "mode", "READONLY", "READWRITE"),
        "registry": (f"{api}/mode", "mode", "READONLY", "READWRITE"),
        "storage": (api.partition("/apis/")[0] + STORAGE, "value", "true", "false"),
    }[what]
    requests.put(url, json={name: on}, timeout=10).raise_for_status()
    try:
        yield
    finally:
        requests.put(url, json={name: off}, timeout=10).raise_for_status()


@pytest.mark.parametrize("what", ["subject", "registry", "storage"])
def test_what_is_read_only_is_a_conflict_of_the_plan_and_nothing_changes(
    drill: Drill, what: str
) -> None:
    drill.run("apply")
    with read_only(drill, what):
        agreeing = drill.run("plan")
        assert agreeing.exit_code == 0, agreeing.output
        before = drill.state()
        drill.edit(field("weight", ["null", "int"], default=None))
        drill.edit(lambda document: document["topic"]["config"].update({"segment.ms": "60000"}))
        drill.release()
        for command in ("plan", "apply"):
            refused = drill.run(command)
            assert refused.exit_code == 1
            conflict = f"subject {drill.value}: the registry's mode of it is READONLY"
            assert f"conflict  {conflict}" in refused.output
        assert drill.state() == before
    assert drill.run("apply").exit_code == 0
    assert drill.run("plan").exit_code == 0
    assert len(drill.state()[2][1][1]) == 3


def test_nothing_is_created_in_a_read_only_registry(drill: Drill) -> None:
    with read_only(drill, "registry"):
        refused = drill.run("apply")
        assert refused.exit_code == 1
        for subject in (drill.key, drill.value):
            assert f"conflict  subject {subject}: the registry's mode" in refused.output
    assert drill.topic not in drill.admin.list_topics(timeout=10).topics
    assert drill.value not in drill.ask("GET", "subjects")


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_versions_are_where_confluents_serialisers_look_for_them(
    drill: Drill, strategy: str
) -> None:
    shutil.rmtree(drill.folder / "released")
    record = f"Sale{strategy}"
    drill.edit(lambda document: document.update(subject_name_strategy=strategy, name=record))
    drill.release()
    assert drill.run("plan").exit_code == 2
    assert drill.run("apply").exit_code == 0
    again = drill.run("plan")
    assert (again.exit_code, "1 topics and 2 subjects agree" in again.output) == (0, True)

    contract = load(drill.path)
    registry = SchemaRegistryClient({"url": drill.stack.settings.registry_url})
    options = {"auto.register.schemas": False, "subject.name.strategy": STRATEGIES[strategy]}
    store = {"store_id": "s", "sku": "k"}
    key = AvroSerializer(registry, contract.key_schema, conf=options)
    assert key(store, SerializationContext(drill.topic, MessageField.KEY))

    subject = STRATEGIES[strategy](
        SerializationContext(drill.topic, MessageField.VALUE), f"inventory.{record}"
    )
    assert {subject} <= set(drill.ask("GET", "subjects"))
    drill.key, drill.value = "", subject
    url = f"{drill.stack.settings.registry_url}/subjects/{subject}/versions"
    broken = drill.rewritten(field("forced", "string"))
    assert requests.post(url, json={"schema": broken}, timeout=10).status_code == 409

    checked = drill.run("check", "--against", drill.stack.settings.registry_url)
    assert checked.exit_code == 0, checked.output
    drill.edit(field("weight", ["null", "int"], default=None))
    drill.release()
    assert f"create    subject {subject}: released version 2" in drill.run("plan").output
    assert drill.run("apply").exit_code == 0
    assert drill.ask("GET", f"subjects/{subject}/versions") == [1, 2]
