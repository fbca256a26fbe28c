"""A job resumes only from state that was computed from what it reads, and disk use stays flat."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from connect.settings import Settings
from flink import checkpoints, statements

TOPICS = {"Kafka cluster": "k1", "topic accepted-transactions": "t1"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path)


def urls(folder_url: str) -> list[str]:
    return [each.url for each in checkpoints.complete(folder_url)]


def origin(settings: Settings, **changes: Any) -> checkpoints.Origin:
    topics = TOPICS | changes.pop("topics", {})
    signature = changes.pop("signature", "Deduplicate")
    return checkpoints.origin(replace(settings, **changes), topics, signature)


def folder(settings: Settings, parts: checkpoints.Origin) -> str:
    return checkpoints.folder(settings, parts["Kafka cluster"], parts)


def complete(folder_url: str, job: str, number: int = 1) -> Path:
    """Write a complete checkpoint, as Flink does."""
    checkpoint = Path(urlparse(folder_url).path) / job / f"chk-{number}"
    checkpoint.mkdir(parents=True)
    (checkpoint / "_metadata").touch()
    return checkpoint


OTHERS = [
    {"topics": {"Kafka cluster": "k2"}},
    {"topics": {"topic accepted-transactions": "t2"}},
    {"signature": "Deduplicate by another key"},
    {"dedup_seconds": 30 * 24 * 3600},
    {"count_seconds": 0},
    {"finished_seconds": 0},
    {"time_zone": "Europe/Berlin"},
    {"delivery": "exactly-once"},
    {"state_backend": "rocksdb"},
]


@pytest.mark.parametrize("change", OTHERS)
def test_another_world_is_another_state_and_is_named(
    settings: Settings, change: dict[str, Any]
) -> None:
    usual, other = origin(settings), origin(settings, **change)
    complete(folder(settings, usual), "job")
    checkpoints.begin(folder(settings, usual), usual, 1)
    assert checkpoints.complete(folder(settings, usual))
    assert not checkpoints.complete(folder(settings, other))
    (name,) = checkpoints.changes(folder(settings, other), other)
    assert name.partition(" (")[0] in usual


def test_another_address_of_the_same_kafka_is_the_same_state(settings: Settings) -> None:
    assert origin(settings, kafka="elsewhere:9092") == origin(settings)


def test_a_first_start_has_no_reason(settings: Settings) -> None:
    parts = origin(settings)
    assert checkpoints.changes(folder(settings, parts), parts) == []


def until_gone(*paths: Path) -> None:
    end = time.monotonic() + 5
    while any(path.exists() for path in paths):
        assert time.monotonic() < end, f"{paths} were not deleted"
        time.sleep(0.01)


def test_older_state_is_deleted_once_the_job_s_own_is_complete_and_not_before(
    settings: Settings,
) -> None:
    parts, former = origin(settings), origin(settings, signature="former")
    resumed = complete(folder(settings, parts), "first")
    older = complete(folder(settings, former), "zeroth")
    elsewhere = origin(settings, topics={"Kafka cluster": "k2"})
    other_kafka = complete(folder(settings, elsewhere), "job")
    checkpoints.begin(folder(settings, parts), parts, 1)
    incomplete = Path(urlparse(folder(settings, parts)).path) / "second" / "chk-1"
    incomplete.mkdir(parents=True)
    time.sleep(0.2)
    assert resumed.exists()
    assert older.exists()
    (incomplete / "_metadata").touch()
    until_gone(resumed.parent, older.parents[1])
    assert incomplete.exists()
    assert other_kafka.exists()
    assert urls(folder(settings, parts)) == [f"{folder(settings, parts)}/second/chk-1"]


def test_disk_use_is_flat_over_starts(settings: Settings) -> None:
    for start in range(5):
        parts = origin(settings, signature=f"statements {start % 2}")
        checkpoints.begin(folder(settings, parts), parts, 1)
        here = Path(urlparse(folder(settings, parts)).path)
        root = here.parents[1]
        older = {*root.glob("*/*/"), *root.glob("*/*/*/")} - {here}
        complete(folder(settings, parts), f"job-{start}")
        until_gone(*older)
        assert len(list(root.glob("**/_metadata"))) == 1


def test_older_state_is_deleted_after_what_replaces_it_is_synced_to_disk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = origin(settings)
    older = complete(folder(settings, parts), "first")
    there = []
    monkeypatch.setattr(os, "sync", lambda: there.append(older.exists()))
    checkpoints.begin(folder(settings, parts), parts, 1)
    complete(folder(settings, parts), "second")
    until_gone(older)
    assert there == [True]


def test_the_newest_checkpoint_of_all_jobs_is_the_first(settings: Settings) -> None:
    here = folder(settings, origin(settings))
    for minute, (job, number) in enumerate([("b", 1), ("b", 2), ("a", 3)]):
        os.utime(complete(here, job, number) / "_metadata", (60 * minute, 60 * minute))
    names = ["a/chk-3", "b/chk-2", "b/chk-1"]
    assert urls(here) == [f"{here}/{name}" for name in names]


def test_levels_whose_transactions_kafka_aborts_are_published_again(settings: Settings) -> None:
    exactly_once = replace(settings, delivery="exactly-once")
    parts = origin(exactly_once)
    metadata = complete(folder(settings, parts), "job") / "_metadata"
    (newest,) = checkpoints.complete(folder(settings, parts))
    assert not checkpoints.is_expired(exactly_once, newest)
    old = time.time() - statements.TRANSACTION_SECONDS
    os.utime(metadata, (old, old))
    (newest,) = checkpoints.complete(folder(settings, parts))
    assert checkpoints.is_expired(exactly_once, newest)
    assert not checkpoints.is_expired(settings, newest)


def test_state_that_is_resumed_keeps_its_generation_and_new_state_has_a_higher_one(
    settings: Settings,
) -> None:
    parts = origin(settings)
    here = folder(settings, parts)
    first = checkpoints.new_generation(here)
    ahead = first + 10**9
    checkpoints.begin(here, parts, ahead)
    assert checkpoints.noted_generation(here) == ahead
    other = folder(settings, origin(settings, time_zone="Europe/Berlin"))
    assert checkpoints.new_generation(other) == ahead + 1, "the clock was set back"


def test_deleted_checkpoints_leave_their_generation(settings: Settings) -> None:
    parts = origin(settings)
    here = folder(settings, parts)
    complete(here, "job")
    ahead = checkpoints.new_generation(here) + 1_000_000
    checkpoints.begin(here, parts, ahead)
    checkpoints.delete(here)
    assert not checkpoints.complete(here)
    assert checkpoints.new_generation(here) == ahead + 1


def test_state_is_overtaken_once_a_job_of_other_settings_has_begun_a_higher_generation(
    settings: Settings,
) -> None:
    parts, others = origin(settings), origin(settings, time_zone="Europe/Berlin")
    here, other = folder(settings, parts), folder(settings, others)
    checkpoints.begin(here, parts, 1)
    complete(here, "job")
    elsewhere = origin(settings, topics={"Kafka cluster": "k2"})
    checkpoints.begin(folder(settings, elsewhere), elsewhere, 9)
    assert not checkpoints.is_overtaken(here, 1), "another Kafka has other readers"
    checkpoints.begin(other, others, 2)
    assert checkpoints.is_overtaken(here, 1)
    assert not checkpoints.is_overtaken(other, 2)
    checkpoints.begin(here, parts, 3)
    assert not checkpoints.is_overtaken(here, 3)


def test_state_is_overtaken_by_rows_of_a_job_whose_folder_is_not_known(settings: Settings) -> None:
    parts = origin(settings)
    here = folder(settings, parts)
    checkpoints.begin(here, parts, 3)
    complete(here, "job")
    assert not checkpoints.is_overtaken(here, 3, published=3)
    assert checkpoints.is_overtaken(here, 3, published=4)
    ahead = checkpoints.new_generation(here) + 10**9
    assert checkpoints.new_generation(here, published=ahead) == ahead + 1
    elsewhere = folder(replace(settings, checkpoints="file:///another/folder"), parts)
    assert checkpoints.new_generation(elsewhere, published=ahead) == ahead + 1


def test_a_generation_that_no_clock_gives_leaves_the_next_state_its_own(settings: Settings) -> None:
    parts = origin(settings)
    here = folder(settings, parts)
    checkpoints.begin(here, parts, 2**63)
    new = checkpoints.new_generation(here)
    assert abs(new - time.time() * 1000) < 60_000
    assert checkpoints.is_possible(new)
    assert not checkpoints.is_possible(2**63 - 1)


def savepoint(folder_url: str, name: str, parts: checkpoints.Origin, generation: int) -> str:
    """Write a savepoint as `python -m flink savepoint` does."""
    url = f"{folder_url.rpartition('/')[0]}/savepoints/{name}"
    (Path(urlparse(url).path)).mkdir(parents=True)
    (Path(urlparse(url).path) / "_metadata").touch()
    checkpoints.note(url, checkpoints.Notes(parts, generation))
    return url


def test_a_savepoint_of_the_same_state_is_one_of_its_checkpoints(settings: Settings) -> None:
    """Flink deletes the checkpoints of a job that is stopped with a savepoint."""
    parts, others = origin(settings), origin(settings, time_zone="Europe/Berlin")
    here = folder(settings, parts)
    checkpoints.begin(here, parts, 7)
    saved = savepoint(here, "savepoint-1", parts, 7)
    savepoint(here, "savepoint-2", parts, 6)
    savepoint(here, "savepoint-3", others, 7)
    assert urls(here) == [saved]
    checkpoints.begin(here, parts, 8)
    assert urls(here) == [], "a new state does not continue from one of a former generation"


def test_savepoints_outlive_the_checkpoints(settings: Settings) -> None:
    parts, others = origin(settings), origin(settings, time_zone="Europe/Berlin")
    here, other = folder(settings, parts), folder(settings, others)
    checkpoints.begin(here, parts, 1)
    saved = savepoint(here, "savepoint-1", parts, 1)
    older = complete(here, "job")
    checkpoints.begin(other, others, 2)
    complete(other, "job")
    until_gone(older)
    assert checkpoints.notes(saved) == checkpoints.Notes(parts, 1)
    assert checkpoints.at(saved).url == saved


def test_a_changed_setting_is_named_with_both_values(settings: Settings) -> None:
    before, parts = origin(settings), origin(settings, time_zone="Asia/Tokyo", signature="other")
    assert checkpoints.differences(before, parts) == [
        "INVENTORY_TIME_ZONE (UTC, now Asia/Tokyo)",
        "statement",
    ]


@pytest.mark.parametrize("limit", ["dedup_seconds", "count_seconds", "finished_seconds"])
def test_of_a_limit_that_statements_have_the_limit_is_named_and_no_statement(
    settings: Settings, limit: str
) -> None:
    before, parts = origin(settings), origin(settings, **{limit: 1}, signature="other")
    (name,) = checkpoints.differences(before, parts)
    assert name.startswith(f"INVENTORY_{limit.upper()} (")
