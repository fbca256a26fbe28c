"""The load of the drills goes on when the registry is lost, and does not end unnoticed."""

import time
from types import SimpleNamespace
from typing import Any, Self

import pytest

from connect.errors import UserError
from connect.settings import Settings
from schemas.record import Record
from tests.support import pipeline_load, running_pipeline
from tests.support.patience import until
from tests.support.running_pipeline import RunningPipeline

RATE = 100


class Registry:
    """A registry that can be lost, and the publishers that ask it at their start."""

    def __init__(self) -> None:
        self.is_lost = False
        self.sent: list[Record] = []
        self.refusal: UserError | None = None

    def publisher(self, *_: Any) -> "Registry":
        if self.is_lost:
            raise UserError("The registry does not answer.")
        return self

    def send(self, event: Record) -> None:
        if self.refusal:
            raise self.refusal
        self.sent.append(event)

    def poll(self) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> Registry:
    registry = Registry()
    for module in (pipeline_load, running_pipeline):
        monkeypatch.setattr(module, "Publisher", registry.publisher, raising=False)
    return registry


@pytest.fixture
def world() -> RunningPipeline:
    stack: Any = SimpleNamespace(settings=Settings())
    return RunningPipeline(stack)


def test_it_goes_on_at_its_rate_without_the_registry(
    registry: Registry, world: RunningPipeline
) -> None:
    begun = time.monotonic()
    with pipeline_load.load(world, RATE):
        registry.is_lost = True
        until(lambda: len(world.arrivals) > 1.5 * RATE, 10)
    assert len(world.arrivals) < 1.5 * RATE * (time.monotonic() - begun)
    assert registry.sent == world.arrivals


def test_what_ends_it_is_raised_where_it_is_stopped(
    registry: Registry, world: RunningPipeline
) -> None:
    registry.refusal = UserError("Kafka does not acknowledge.")
    with pytest.raises(UserError, match="acknowledge"), pipeline_load.load(world, RATE):
        time.sleep(0.5)
