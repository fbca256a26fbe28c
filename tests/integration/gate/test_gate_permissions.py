"""A missing permission ends the gate and its commands with one sentence; nothing is half done.

A real broker with Kafka's own authorizer; denials are taken back to see that nothing was lost.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ResourcePatternType,
    ResourceType,
)

from connect import kafka
from connect.kafka import GATE_GROUP
from gate.redrive import LOCK
from schemas.generated import QuarantinedRecord, Redrive, Shipment
from schemas.wire import Encoder
from stack import broker
from stack.runtime import Stack
from tests.support.gate_messages import (
    ACCEPTED,
    Sender,
    by_coordinates,
    event_ids,
    id_of,
    quarantined,
)
from tests.support.gate_process import command, gate
from tests.support.kafka_with_contracts import kafka_with_contracts
from tests.support.patience import until
from tests.support.poisons import good

pytestmark = pytest.mark.slow
AUTHORIZER = """
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
"""
TOPIC, GROUP = ResourceType.TOPIC, ResourceType.GROUP
READ, WRITE, DESCRIBE = AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE
TRANSACTION, CLUSTER = ResourceType.TRANSACTIONAL_ID, ResourceType.BROKER


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    plain = broker.properties
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broker, "properties", lambda settings: plain(settings) + AUTHORIZER)
        with kafka_with_contracts() as there:
            yield there


@contextmanager
def denied(stack: Stack, resource_type: Any, name: str, operation: Any) -> Iterator[None]:
    """Deny one operation to everybody, and allow all others on the same resource."""
    admin = kafka.admin(stack.settings)
    resource = (resource_type, name, ResourcePatternType.LITERAL, "User:*", "*")
    rules = [
        (*resource, operation, AclPermissionType.DENY),
        (*resource, AclOperation.ALL, AclPermissionType.ALLOW),
    ]
    for created in admin.create_acls([AclBinding(*rule) for rule in rules]).values():
        created.result(10)
    filters = [AclBindingFilter(*rule) for rule in rules]
    # The controller has answered; the broker that checks permissions follows.
    until(lambda: all(admin.describe_acls(each).result(10) for each in filters))
    try:
        yield
    finally:
        for deleted in admin.delete_acls(filters).values():
            deleted.result(10)
        until(lambda: not any(admin.describe_acls(each).result(10) for each in filters))


def refused_gate(stack: Stack) -> str:
    """Start a gate, which must end with one sentence, and return it."""
    ended = stack.run("gate", timeout=60)
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert ended.stderr.count("\n") == 1
    assert " ERROR   gate: " in ended.stderr
    return ended.stderr


def test_a_gate_that_may_not_create_an_accepted_topic_names_it(stack: Stack) -> None:
    admin, accepted = kafka.admin(stack.settings), set(ACCEPTED.values())
    for deleted in admin.delete_topics(list(accepted)).values():
        deleted.result(10)
    until(lambda: not accepted & admin.list_topics(timeout=10).topics.keys())
    topic, create = ACCEPTED[Shipment.TOPIC], AclOperation.CREATE
    with denied(stack, CLUSTER, "kafka-cluster", create), denied(stack, TOPIC, topic, create):
        assert topic in refused_gate(stack)
    with gate(stack):
        pass


@pytest.mark.parametrize(
    ("resource_type", "name", "operation"),
    [
        (TOPIC, Shipment.TOPIC, READ),
        (TOPIC, Shipment.TOPIC, DESCRIBE),
        (TOPIC, QuarantinedRecord.TOPIC, DESCRIBE),
        (TOPIC, ACCEPTED[Shipment.TOPIC], DESCRIBE),
        (GROUP, GATE_GROUP, READ),
    ],
)
def test_a_gate_that_lacks_a_permission_at_its_start_names_the_resource(
    stack: Stack, resource_type: Any, name: str, operation: Any
) -> None:
    with denied(stack, resource_type, name, operation):
        output = refused_gate(stack)
    assert name in output


@pytest.mark.parametrize("topic", [ACCEPTED[Shipment.TOPIC], QuarantinedRecord.TOPIC])
def test_a_gate_that_may_not_write_stops_and_resumes_there_when_it_may(
    stack: Stack, topic: str
) -> None:
    encoder, sender = Encoder(id_of(stack)), Sender(stack)
    names = [f"{topic}-{number}" for number in range(10)]
    for name in names:
        record = good(Shipment, datetime.now(UTC), name)
        value = encoder.value(record)
        sender.send(name, Shipment.TOPIC, encoder.key(record), value)
        sender.send(f"{name}-cut", Shipment.TOPIC, encoder.key(record), value[:-1])
    sender.flush()
    cut = {sender.coordinates[f"{name}-cut"] for name in names}
    whole = {name.encode() for name in names}
    with denied(stack, TOPIC, topic, WRITE):
        output = refused_gate(stack)
        assert topic in output
        assert "may write to it" in output
    with gate(stack):
        until(lambda: cut <= by_coordinates(quarantined(stack)).keys())
        until(lambda: whole <= set(event_ids(stack, ACCEPTED[Shipment.TOPIC])))
    assert (
        not {sender.coordinates[name] for name in names} & by_coordinates(quarantined(stack)).keys()
    )


def test_a_quarantine_that_is_missing_or_may_not_be_read_is_named(
    stack: Stack,
) -> None:
    for topic in (QuarantinedRecord.TOPIC, Redrive.TOPIC):
        for operation in (READ, DESCRIBE):
            with denied(stack, TOPIC, topic, operation):
                for arguments in (["list"], ["show", "shipments/0/0"]):
                    assert topic in command(stack, *arguments, code=1)


def test_a_redrive_that_lacks_a_permission_sends_nothing(stack: Stack, tmp_path: Path) -> None:
    sender, now = Sender(stack), datetime.now(UTC)
    encoder, at = Encoder(id_of(stack)), now.isoformat(timespec="milliseconds")
    record = good(Shipment, now, "again")
    sender.send("cut", Shipment.TOPIC, encoder.key(record), encoder.value(record)[:-1])
    sender.flush()
    coordinates = sender.coordinates["cut"]
    with gate(stack):
        until(lambda: coordinates in by_coordinates(quarantined(stack)))
    name = "/".join(map(str, coordinates))
    fields = json.loads(command(stack, "show", "--json", name))
    repaired = tmp_path / "repaired.json"
    repaired.write_text(json.dumps(fields | {"occurred_at": at, "recorded_at": at}))
    for resource_type, what, operation in (
        (TOPIC, Shipment.TOPIC, WRITE),
        (TOPIC, Redrive.TOPIC, WRITE),
        (TRANSACTION, LOCK, WRITE),
    ):
        with denied(stack, resource_type, what, operation):
            output = command(stack, "redrive", name, "--value", str(repaired), code=1)
            assert "othing was redriven" in output
    assert "was redriven as" in command(stack, "redrive", name, "--value", str(repaired))
    with gate(stack):
        until(lambda: b"again" in event_ids(stack, ACCEPTED[Shipment.TOPIC]))
    assert event_ids(stack, ACCEPTED[Shipment.TOPIC]).count(b"again") == 1
