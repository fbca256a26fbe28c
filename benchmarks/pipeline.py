"""A pipeline for a benchmark, on free ports; and its record, memory and CPU figures."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psutil
from confluent_kafka import Consumer, TopicPartition
from rich.console import Console

from connect.settings import Settings
from stack.runtime import Stack


def end_in_order() -> None:
    """Let SIGTERM end a benchmark as Ctrl-C does: what it has started ends with it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def pipeline(**changes: Any) -> Iterator[Stack]:
    """Start broker and registry, with topics and schemas; the job is ready to start.

    changes: settings. The gate is off unless they turn it on.
    """
    end_in_order()
    with Stack.on_free_ports(["registry", "kafka"], **({"gate": "off"} | changes)) as stack:
        stack.names.append("job")
        stack.fetch(Console())
        stack.run("contracts", "apply").check_returncode()
        yield stack


def start_job(stack: Stack) -> None:
    """Start the gate, if it is on, and the job; return when both are healthy."""
    for name in ("gate", "job") if stack.settings.gate == "on" else ("job",):
        stack.start(name)
        stack.wait(name)


def run(stack: Stack, *command: str) -> None:
    """Run a command of the project; its output stays visible."""
    subprocess.run([sys.executable, "-m", *command], env=stack.environment(), check=True)


def records(settings: Settings, topic: str) -> int:
    """Return the sum of a topic's end offsets."""
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


def cpu_seconds(stack: Stack, name: str) -> float:
    """Return the CPU seconds of a service and its children."""
    return cpu(psutil.Process(stack.pid(name)))


def cpu(root: psutil.Process) -> float:
    """Return the CPU seconds of a process and its children."""
    return _sum(root, lambda process: sum(process.cpu_times()[:2]))


def megabytes(root: psutil.Process) -> float:
    """Return the resident memory of a process and its children, MB."""
    return _sum(root, lambda process: process.memory_info().rss / 1e6)


def _sum(root: psutil.Process, figure: Callable[[psutil.Process], float]) -> float:
    total = figure(root)
    for child in root.children(recursive=True):
        with suppress(psutil.NoSuchProcess):  # it may have ended meanwhile
            total += figure(child)
    return total
