"""A job that was killed in the middle of a transaction does not hold up the next start."""

import time

import pytest
from confluent_kafka import Producer
from rich.console import Console

from connect import kafka
from flink.published_generation import TAIL, published_generation
from schemas.generated import InventoryLevel
from stack.runtime import Stack

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS = 20
"""Kafka aborts the transaction after 60 s."""


def test_an_open_transaction_at_the_end_of_a_topic_is_not_waited_for() -> None:
    with Stack.on_free_ports(["registry", "kafka"]) as stack:
        stack.fetch(Console(quiet=True))
        assert stack.run("contracts", "apply", timeout=120).returncode == 0
        servers = stack.settings.kafka_servers
        producer = Producer({"bootstrap.servers": servers, "transactional.id": "killed"})
        producer.init_transactions()
        producer.begin_transaction()
        for _ in range(2 * TAIL):
            producer.produce(InventoryLevel.TOPIC, b"a level", b"a key", 0)
        assert producer.flush(30) == 0
        started = time.monotonic()
        published = published_generation(stack.settings, kafka.admin(stack.settings))
        assert published.generation == 0
        assert time.monotonic() - started < SECONDS
        producer.abort_transaction()
