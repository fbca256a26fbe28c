"""A pipeline for a benchmark: real parts on free ports, and what the broker holds."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil
from confluent_kafka import Consumer, TopicPartition
from rich.console import Console

from connect.settings import Settings
from stack.runtime import Stack


@contextmanager
def pipeline(**changes: Any) -> Iterator[Stack]:
    """Broker and registry, with topics and schemas; the job can be started.

    changes: of the settings. Without one for it there is no gate: the job alone is measured.
    """
    with Stack.on_free_ports(["registry", "kafka"], **({"gate": "off"} | changes)) as stack:
        stack.names.append("job")
        stack.fetch(Console())
        stack.run("contracts", "apply").check_returncode()
        yield stack


def start_job(stack: Stack) -> None:
    """The job, and before it the gate if the settings have one; returns when both work."""
    for name in ("gate", "job") if stack.settings.gate == "on" else ("job",):
        stack.start(name)
        stack.wait(name)


def run(stack: Stack, *command: str) -> None:
    """One of the project's commands, its output passed on."""
    subprocess.run([sys.executable, "-m", *command], env=stack.environment(), check=True)


def records(settings: Settings, topic: str) -> int:
    """Records ever written to a topic, by its end offsets."""
    consumer = Consumer(
        {"bootstrap.servers": settings.kafka_servers, "group.id": "benchmark", "log_level": 0}
    )
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    ends = [
        consumer.get_watermark_offsets(TopicPartition(topic, number), timeout=10)[1]
        for number in partitions
    ]
    consumer.close()
    return sum(ends)


def memory(stack: Stack, name: str) -> float:
    """Resident megabytes of a process and its children."""
    root = psutil.Process(stack.pid(name))
    processes = [root, *root.children(recursive=True)]
    return float(sum(process.memory_info().rss for process in processes)) / 1e6


def cpu_seconds(stack: Stack, name: str) -> float:
    """CPU seconds that a process and its children have used."""
    root = psutil.Process(stack.pid(name))
    times = [process.cpu_times() for process in [root, *root.children(recursive=True)]]
    return float(sum(time.user + time.system for time in times))
