"""A second job beside the first one leaves no wrong level behind."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from schemas.generated import InventoryLevel
from stack.runtime import Stack
from tests.support.followed_shelf import Reader, sale, send

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS = 180
TAIL = 600
"""Sales that hide the rows of the second job from one who reads the ends of the topics."""


def level(reader: Reader, stack: Stack) -> InventoryLevel | None:
    reader.read(stack.settings)
    return reader.levels.get("north", "milk")


def wait_for(reader: Reader, stack: Stack, on_hand: int, above: int = 0) -> int:
    """Wait for a level of a generation above one; return its generation."""
    end = time.monotonic() + SECONDS
    while not (newest := level(reader, stack)) or (newest.on_hand, newest.generation > above) != (
        on_hand,
        True,
    ):
        assert time.monotonic() < end, newest
        time.sleep(0.5)
    return newest.generation


def test_the_first_job_names_the_second_and_its_levels_are_read_again_when_that_is_gone() -> None:
    at, reader = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1), Reader()
    with Stack.on_free_ports(["registry", "kafka"], checkpoint_seconds=2) as first:
        assert first.run("contracts", "apply").returncode == 0
        for name in ("gate", "job"):
            first.start(name)
            first.wait(name)
        send(first.settings, [sale(number, at) for number in range(10)])
        generation = wait_for(reader, first, -10)
        second = Stack.on_free_ports(
            ["job"],
            kafka=first.settings.kafka_servers,
            registry=first.settings.registry_url,
            checkpoint_seconds=2,
        )
        with second:
            other = wait_for(reader, first, -10, above=generation)
        send(first.settings, [sale(number, at) for number in range(10, 10 + TAIL)])
        wait_for(reader, first, -10 - TAIL, above=other)
        log = (first.settings.state / "logs" / "job.log").read_text("utf-8")
        assert f"Another job has begun with generation {other:,}" in log
        assert "readers have newer levels" in log
    assert not reader.went_back
