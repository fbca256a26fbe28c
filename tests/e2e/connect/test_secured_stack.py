"""`INVENTORY_SECURE=1 make up`: TLS, passwords and ACLs at each door, and secrets nowhere else."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.schema_registry import Schema
from confluent_kafka.schema_registry.error import SchemaRegistryError
from rich.console import Console

from connect import cluster_rest, kafka, registry
from connect.errors import UserError
from connect.kafka_producer import producer_config
from connect.metrics import PARTS
from connect.properties import properties
from connect.secret_files import write_private
from connect.settings import Settings
from stack import os_processes, ports
from stack.health import answers, body, part_state
from stack.process import PROJECT
from stack.runtime import Stack
from stack.up import up
from tests.support.certificates import HOST

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECRETS = ("sasl.password", "basic.auth.user.info")
OWN_FILES = ("server.properties", "registry.properties")
"""Files of broker and registry with their passwords, for their owner only."""


def secrets_of(stack: Stack) -> set[str]:
    files = stack.settings.secret_files
    lines = [properties(str(file), "") for file in files.folder.glob("*.properties")]
    given = {each[name].rpartition(":")[2] for each in lines for name in SECRETS if name in each}
    others = (files.metrics_token, files.dashboard_password)
    return given | {file.read_text().strip() for file in others}


def require_no_secret(stack: Stack) -> None:
    """Look for each secret in all files, and where other users see processes."""
    secrets = [each.encode() for each in secrets_of(stack)]
    assert len(secrets) > len(PARTS)
    state = stack.settings.state
    for file in state.rglob("*"):
        if not file.is_file() or {"artifacts", "secure"} & set(file.parts):
            continue
        if file.parent == state / "conf" and file.name in OWN_FILES:
            assert file.stat().st_mode & 0o777 == 0o600
            continue
        content = file.read_bytes()
        assert not [each for each in secrets if each in content], file
    processes = os_processes.belonging(state)
    assert processes
    for process in processes:
        for name in ("cmdline", "environ"):
            content = Path(f"/proc/{process.pid}/{name}").read_bytes()
            assert not [each for each in secrets if each in content], (process, name)


def as_user(settings: Settings, name: str) -> Settings:
    return replace(settings, kafka_client=str(settings.secret_files.user(f"inventory-{name}")))


def refused(settings: Settings, topic: str) -> str:
    """Send a record; return the reason for which Kafka does not take it."""
    reasons: list[str] = []
    producer = Producer(producer_config(settings, {"message.timeout.ms": 5_000}))
    producer.produce(
        topic, b"x", on_delivery=lambda error, _: reasons.append(error.name() if error else "")
    )
    producer.flush(10)
    return reasons[0]


@pytest.fixture(scope="module")
def base() -> Iterator[Stack]:
    with Stack.on_free_ports(["registry", "kafka"], secure="1") as stack:
        folder = str(stack.settings.secret_files.folder)
        for command in (("users", folder), ("apply",)):
            done = stack.run("contracts", *command)
            assert done.returncode == 0, done.stdout + done.stderr
        yield stack


def test_each_user_may_do_what_its_contracts_say_and_nothing_else(base: Stack) -> None:
    planned = base.run("contracts", "plan")
    assert planned.returncode == 0, planned.stdout
    till = as_user(base.settings, "tills")
    assert "stock-ledger" not in kafka.admin(till).list_topics(timeout=10).topics
    assert refused(till, "stock-ledger") == "TOPIC_AUTHORIZATION_FAILED"
    files = base.settings.secret_files
    reader = registry.client(replace(base.settings, registry_client=str(files.registry_reader)))
    assert "products-value" in reader.get_subjects()
    assert reader.get_latest_version("products-value")
    with pytest.raises(SchemaRegistryError) as error:
        reader.register_schema("another", Schema('"string"', "AVRO"))
    assert error.value.http_status_code == 403
    require_no_secret(base)


def test_no_door_is_open_without_tls_and_a_password(base: Stack, tmp_path: Path) -> None:
    settings, files = base.settings, base.settings.secret_files
    address = f"{HOST}:{settings.registry_port}/apis"
    for url in (
        f"https://{address}/ccompat/v7/subjects",
        f"https://{address}/registry/v3/system/info",
    ):
        assert body(url, str(files.authority)) is None
    assert body(f"http://{address}/ccompat/v7/subjects") is None
    with pytest.raises(UserError, match=r"No Kafka broker answers|refuses this client"):
        kafka.admin(replace(settings, kafka_client=""))
    wrong = tmp_path / "wrong.properties"
    for name, opened in (("kafka_client", kafka.admin), ("registry_client", registry.client)):
        text = Path(getattr(settings, name)).read_text()
        for secret in secrets_of(base):
            text = text.replace(secret, "wr0ng-password")
        wrong.write_text(text)
        changed: dict[str, Any] = {name: str(wrong)}
        with pytest.raises(UserError, match=r"refuses this client.*INVENTORY_") as error:
            opened(replace(settings, **changed))
        assert "wr0ng" not in error.value.message


def test_a_part_with_a_wrong_password_names_it_in_one_line(base: Stack, tmp_path: Path) -> None:
    file = tmp_path / "gate.properties"
    gate = as_user(base.settings, "gate")
    password = properties(gate.kafka_client, "")["sasl.password"]
    write_private(file, Path(gate.kafka_client).read_text().replace(password, "wr0ng-password"))
    done = Stack(replace(gate, kafka_client=str(file))).run("gate", timeout=60)
    assert done.returncode == 1
    (line,) = (done.stdout + done.stderr).splitlines()
    assert "refuses this client: set INVENTORY_KAFKA_CLIENT" in line
    assert "wr0ng" not in line


@pytest.fixture
def whole() -> Iterator[Stack]:
    stack = Stack.on_free_ports(
        [],
        secure="1",
        history_days=0,
        sales_rate=5.0,
        checkpoint_seconds=5,
        status_port=ports.free(HOST, len(PARTS)),
    )
    with stack:  # which starts nothing, and stops all
        up(stack.settings, Console(quiet=True))
        yield stack


def test_on_a_secured_stack_a_sale_becomes_a_level_and_all_commands_work(whole: Stack) -> None:
    settings = whole.settings  # `up` has read a level back that a simulated sale has moved
    # A shell that knows the state folder and the ports, and nothing of passwords.
    known = ("STATE", "PORT", "CHECKPOINT_SECONDS")
    variables = {
        name: value for name, value in settings.environment().items() if name.endswith(known)
    }
    for command in (
        ("audit",),
        ("stack", "status"),
        ("stack", "viz"),
        ("gate", "quarantine", "list"),
        ("views", "status"),
        ("contracts", "plan"),
    ):
        done = subprocess.run(
            [sys.executable, "-m", *command],
            env=os.environ | variables,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, (command, done.stdout + done.stderr)
    for part in ("gate", "job", "views", "dashboard", "simulate", "replenish"):
        assert part_state(settings, part) == "ready", part
    dashboard = f"https://{HOST}:{settings.dashboard_port}"
    assert answers(settings, dashboard)
    assert body(dashboard.replace("https", "http")) is None
    assert body(f"{settings.flink_url}/overview", str(settings.secret_files.authority)) is None
    (job,) = cluster_rest.get(settings, "jobs/overview")["jobs"]
    pages = ("jobmanager/config", f"jobs/{job['jid']}/config", f"jobs/{job['jid']}")
    shown = "".join(str(cluster_rest.get(settings, page)) for page in pages)
    assert not [each for each in secrets_of(whole) if each in shown]
    require_no_secret(whole)
