"""Kafka and a registry for each file of tests."""

from collections.abc import Iterator

import pytest

from stack.runtime import Stack
from tests.support.kafka_with_contracts import kafka_with_contracts


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with kafka_with_contracts() as there:
        yield there
