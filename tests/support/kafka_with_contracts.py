"""A Kafka and a registry with the topics and schemas of all contracts."""

from collections.abc import Iterator
from contextlib import contextmanager

from stack.runtime import Stack


@contextmanager
def kafka_with_contracts() -> Iterator[Stack]:
    with Stack.on_free_ports(["registry", "kafka"]) as stack:
        applied = stack.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        yield stack
