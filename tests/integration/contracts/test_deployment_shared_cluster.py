"""Plan and apply on a Kafka and a registry of a company: crowded, closed and shared."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from stack import broker
from stack.runtime import Stack
from tests.support.contract_sandbox import field
from tests.support.deployment_drill import Drill

pytestmark = pytest.mark.slow
AUTHORIZER = """
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
allow.everyone.if.no.acl.found=true
"""
SUBJECTS, TOPICS, PLAN_SECONDS = 2000, 500, 5.0


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    plain = broker.properties
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broker, "properties", lambda settings: plain(settings) + AUTHORIZER)
        with Stack.on_free_ports(["registry", "kafka"]) as started:
            yield started


@contextmanager
def denied(drill: Drill, operation: AclOperation) -> Iterator[None]:
    """Deny one operation on the drill's topic to everybody, and allow all others."""
    resources = [(ResourceType.TOPIC, drill.topic)]
    if operation is AclOperation.CREATE:  # who may create in the cluster may create each topic
        resources.append((ResourceType.BROKER, "kafka-cluster"))
    rules = [
        (*resource, ResourcePatternType.LITERAL, "User:*", "*", rule_operation, permission)
        for resource in resources
        for rule_operation, permission in (
            (operation, AclPermissionType.DENY),
            (AclOperation.ALL, AclPermissionType.ALLOW),
        )
    ]
    for created in drill.admin.create_acls([AclBinding(*rule) for rule in rules]).values():
        created.result(10)
    filters = [AclBindingFilter(*rule) for rule in rules]
    # The controller has answered; the broker that checks permissions follows.
    while not all(drill.admin.describe_acls(each).result(10) for each in filters):
        time.sleep(0.05)
    try:
        yield
    finally:
        for deleted in drill.admin.delete_acls(filters).values():
            deleted.result(10)


def conflicts(drill: Drill, command: str) -> list[str]:
    done = drill.run(command)
    assert done.exit_code == 1, done.output
    return [line for line in done.output.splitlines() if line.startswith("conflict")]


def test_a_topic_that_this_client_may_not_see_is_a_conflict(drill: Drill) -> None:
    drill.admin.create_topics([NewTopic(drill.topic, 4, 1)])[drill.topic].result(30)
    with denied(drill, AclOperation.DESCRIBE):
        for command in ("plan", "apply"):
            (line,) = conflicts(drill, command)
            assert f"topic {drill.topic}: " in line
    assert drill.value not in drill.ask("GET", "subjects")


@pytest.mark.parametrize(
    ("operation", "what"),
    [
        (AclOperation.CREATE, "could not be created"),
        (AclOperation.ALTER_CONFIGS, "could not be set"),
        (AclOperation.DESCRIBE_CONFIGS, "could not be read"),
    ],
)
def test_a_forbidden_change_is_a_conflict_of_the_plan(
    drill: Drill, operation: AclOperation, what: str
) -> None:
    if operation is not AclOperation.CREATE:
        drill.run("apply")
        drill.set("retention.ms", "3600000")
    with denied(drill, operation):
        for command in ("plan", "apply"):
            (line,) = conflicts(drill, command)
            assert what in line
            assert "give this client the permission" in line
    assert drill.run("apply").exit_code == 0


def test_a_topic_that_others_created_needs_no_permission_to_change_it(drill: Drill) -> None:
    config = {"cleanup.policy": "delete", "message.timestamp.type": "LogAppendTime"}
    config |= {"retention.ms": "-1", "min.insync.replicas": "1"}
    made = NewTopic(drill.topic, 4, 1, config=config)
    drill.admin.create_topics([made])[drill.topic].result(30)
    with denied(drill, AclOperation.ALTER_CONFIGS):
        assert drill.run("apply").exit_code == 0
        assert drill.run("plan").exit_code == 0


def test_a_version_of_a_newer_checkout_is_named(drill: Drill) -> None:
    drill.run("apply")
    newer = drill.rewritten(field("weight", ["null", "int"], default=None))
    drill.ask("POST", f"subjects/{drill.value}/versions", schema=newer)
    planned = drill.run("plan")
    assert planned.exit_code == 0
    assert (
        f"newer     subject {drill.value}: registry version 3 was released by a newer checkout"
        in (planned.output)
    )
    refused = drill.run("apply", "--delete", f"version/{drill.value}/3")
    assert refused.exit_code == 1
    assert drill.ask("GET", f"subjects/{drill.value}/versions") == [1, 2, 3]


@pytest.mark.nightly
def test_plan_is_silent_and_fast_beside_2000_subjects_and_500_topics_of_others(
    drill: Drill,
) -> None:
    drill.run("apply")
    alone = drill.run("plan").output
    names = [f"team-{number}-value" for number in range(SUBJECTS)]
    with ThreadPoolExecutor(8) as pool:
        list(
            pool.map(
                lambda name: drill.ask("POST", f"subjects/{name}/versions", schema='"string"'),
                names,
            )
        )
    topics = [NewTopic(f"team-{number}", 1, 1) for number in range(TOPICS)]
    for created in drill.admin.create_topics(topics).values():
        created.result(60)
    until = time.monotonic() + 60
    while len(drill.admin.list_topics(timeout=10).topics) < TOPICS:
        assert time.monotonic() < until
        time.sleep(0.5)
    started = time.monotonic()
    crowded = drill.run("plan")
    assert time.monotonic() - started < PLAN_SECONDS
    assert (crowded.output, crowded.exit_code) == (alone, 0)
    for name in ("subject/team-7-value", "version/team-7-value/1", "setting/team-7/retention.ms"):
        refused = drill.run("apply", "--delete", name)
        assert refused.exit_code == 1
        assert "is of no contract" in refused.output
    assert drill.ask("GET", "subjects/team-7-value/versions") == [1]
