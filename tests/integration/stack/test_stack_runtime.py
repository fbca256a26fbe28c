"""Real services: they start, restart after kill -9, and leave no process."""

import os
import signal
from collections.abc import Iterator

import pytest
from confluent_kafka.cimpl import NewTopic
from confluent_kafka.schema_registry import Schema

from connect import kafka, registry
from stack import os_processes
from stack.health import task_managers
from stack.runtime import Stack
from tests.support.patience import until

pytestmark = pytest.mark.slow


def kill(stack: Stack, name: str) -> None:
    """Kill the service with SIGKILL and wait until its successor is healthy."""
    before = stack.pid(name)
    assert before
    os.kill(before, signal.SIGKILL)
    until(lambda: stack.pid(name) not in (before, None))
    stack.wait(name)


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack.on_free_ports(["kafka", "registry"]) as opened:
        yield opened


@pytest.mark.nightly
def test_a_killed_broker_comes_back_with_its_topics(stack: Stack) -> None:
    client = kafka.admin(stack.settings)
    client.create_topics([NewTopic("kept", 1, 1)])["kept"].result()
    kill(stack, "kafka")
    assert "kept" in kafka.admin(stack.settings).list_topics(timeout=10).topics


@pytest.mark.nightly
def test_a_killed_registry_comes_back_with_what_was_just_registered(stack: Stack) -> None:
    client = registry.client(stack.settings)
    number = client.register_schema("kept-value", Schema('"string"', "AVRO"))
    kill(stack, "registry")
    again = registry.client(stack.settings)
    assert again.get_latest_version("kept-value").schema_id == number


def test_stopping_leaves_no_process_and_no_folder() -> None:
    with Stack.on_free_ports(["kafka"]) as stack:
        state = stack.settings.state
        assert os_processes.belonging(state)
        killed = stack.supervisor.pid()
        assert killed
        os.kill(killed, signal.SIGKILL)
    assert not os_processes.belonging(state)
    assert not state.exists()


@pytest.mark.nightly
def test_a_cluster_has_two_task_managers_and_gets_a_killed_one_back() -> None:
    with Stack.on_free_ports(["jobmanager", "taskmanager1", "taskmanager2"]) as stack:
        address = f"{stack.settings.host}:{stack.settings.flink_port}"
        assert task_managers(address) == 2
        before = stack.pid("taskmanager2")
        assert before
        os.kill(before, signal.SIGKILL)
        until(lambda: stack.pid("taskmanager2") not in (before, None))
        until(lambda: task_managers(address) == 2)
