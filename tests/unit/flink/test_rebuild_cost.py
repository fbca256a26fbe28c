"""The time of a rebuild follows from the speed of the newest one."""

import time
from pathlib import Path
from typing import Any

import pytest

from connect.settings import Settings
from flink import rebuild, source_topics

AT = ("accepted-transactions", 0)
NEVER_READ = ("accepted-transfers", 0)
CLIENT: Any = None


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    ends = {AT: 12_000_100, NEVER_READ: 0}
    monkeypatch.setattr(source_topics, "first_offsets", lambda *_: {AT: 100, NEVER_READ: 0})
    monkeypatch.setattr(source_topics, "end_offsets", lambda *_: ends)
    monkeypatch.setattr(source_topics, "committed", lambda *_: {**ends, NEVER_READ: -1001})
    return tmp_path.as_uri()


def test_before_the_first_rebuild_the_speed_is_that_of_the_benchmark(folder: str) -> None:
    one, two = Settings(parallelism=1), Settings(parallelism=2)
    assert rebuild.cost(one, CLIENT, folder) == "12,000,000 events, about 10 minutes"
    assert rebuild.cost(two, CLIENT, folder) == "12,000,000 events, about 5 minutes"


def test_the_next_rebuild_is_as_fast_as_the_newest(folder: str) -> None:
    two, four = Settings(parallelism=2), Settings(parallelism=4)
    rebuild.note_speed(two, CLIENT, folder, time.time() - 3600)
    assert rebuild.cost(two, CLIENT, folder) == "12,000,000 events, about 60 minutes"
    assert rebuild.cost(four, CLIENT, folder) == "12,000,000 events, about 30 minutes"


def test_a_rebuild_of_seconds_does_not_show_the_speed(folder: str) -> None:
    before = rebuild.cost(Settings(), CLIENT, folder)
    rebuild.note_speed(Settings(), CLIENT, folder, time.time() - 50)
    assert rebuild.cost(Settings(), CLIENT, folder) == before
