"""Two environments on one Kafka and one registry share nothing: INVENTORY_PREFIX."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from rich.console import Console

from audit.audit_report import Outcome
from connect import kafka
from stack.runtime import Stack
from tests.support.patience import until
from tests.support.running_pipeline import RunningPipeline

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
BLUE = "blue."
SECONDS_TO_SETTLE = 120


def topics(admin: AdminClient) -> set[str]:
    names = admin.list_topics(timeout=10).topics
    return {name for name in names if not name.startswith("__")}


def test_two_environments_share_a_cluster_and_nothing_else(tmp_path: Path) -> None:
    with Stack.on_free_ports(["registry", "kafka"], checkpoint_seconds=2, prefix=BLUE) as stack:
        stack.names += ["gate", "job"]
        stack.fetch(Console(quiet=True))
        shared = replace(
            stack.settings,
            kafka=stack.settings.kafka_servers,
            registry=stack.settings.registry_url,
        )
        plain = Stack(replace(shared, prefix="", state=tmp_path), ["gate"])
        blue, other = RunningPipeline(stack), RunningPipeline(plain)
        for pipeline in (other, blue):
            applied = pipeline.run("contracts", "apply")
            assert applied.returncode == 0, applied.stderr
            assert pipeline.run("contracts", "plan").returncode == 0
        with plain:
            blue.start_job()
            other.send(200)
            blue.send(400)
            _check_blue(blue, stack)
            assert len(other.published()) == 0


def _check_blue(blue: RunningPipeline, stack: Stack) -> None:
    assert not blue.differences(SECONDS_TO_SETTLE)
    producer = Producer({"bootstrap.servers": stack.settings.kafka_servers})
    producer.produce("blue.shipments", b"bad", partition=0)
    producer.flush(10)
    listed = re.compile(r"too_short +(blue\.shipments/0/\d+)")
    until(lambda: bool(listed.search(blue.run("gate", "quarantine", "list").stdout)))
    (coordinates,) = listed.findall(blue.run("gate", "quarantine", "list").stdout)
    shown = blue.run("gate", "quarantine", "show", coordinates)
    assert shown.stdout.startswith(f"{coordinates}: too_short"), shown.stderr
    audited = blue.run("audit")
    assert audited.returncode == Outcome.TRUE, audited.stdout + audited.stderr
    stack.start("views")
    until(lambda: blue.run("dashboard.export").stdout.count("\n") > len(blue.stores))

    admin = kafka.admin(stack.settings)
    names = topics(admin)
    theirs = {name for name in names if not name.startswith(BLUE)}
    assert {f"{BLUE}{name}" for name in theirs} == names - theirs
    assert {"blue.transactions", "blue.accepted-transactions", "blue.inventory-levels"} <= names
    subjects = set(requests.get(f"{stack.settings.registry_url}/subjects", timeout=10).json())
    plain = {name for name in subjects if not name.startswith(BLUE)}
    assert {f"{BLUE}{name}" for name in plain} == subjects - plain
    groups = {group.group_id for group in admin.list_consumer_groups().result().valid}
    assert {"blue.inventory-gate", "blue.inventory-job", "inventory-gate"} <= groups
    assert "inventory-job" not in groups
