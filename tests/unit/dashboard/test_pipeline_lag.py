"""Lag and time to catch up, against a queue that is simulated second by second."""

import random
from collections import deque
from datetime import UTC, datetime, timedelta

import pytest

from dashboard.pipeline.lag import Lag, Reading, lag, lags
from dashboard.pipeline.topic_positions import by_topic
from dashboard.text.pipeline_words import catch_up_words, lag_row
from tests.support.simulated_job import SimulatedJob

BEGIN = datetime(2026, 1, 31, 9, tzinfo=UTC)
Name = tuple[str, str]


def queue(
    waiting: int, arriving: int, read: int, commit_every: int = 1, seconds: int = 60
) -> list[Reading]:
    """Observe a queue each three seconds; the reader commits each `commit_every` seconds."""
    end, position, committed = waiting, 0, 0
    observed = []
    for second in range(seconds + 1):
        if second % commit_every == 0:
            committed = position
        if second % 3 == 0:
            observed.append(Reading(BEGIN + timedelta(seconds=second), committed, end))
        end += arriving
        position = min(position + read, end)
    return observed


def seconds_until_read(waiting: int, arriving: int, read: int) -> int:
    seconds = 0
    while waiting > 0:
        waiting += arriving - read
        seconds += 1
    return seconds


@pytest.mark.parametrize("commit_every", [1, 5, 20])
@pytest.mark.parametrize(("arriving", "read"), [(200, 1000), (0, 300), (700, 1000)])
def test_the_time_to_catch_up_is_right_within_a_quarter(
    arriving: int, read: int, commit_every: int
) -> None:
    observed = queue(100_000, arriving, read, commit_every)
    result = lag(observed)
    assert result.catch_up is not None
    left = observed[-1].end - observed[-1].position
    expected = seconds_until_read(left, arriving, read)
    assert result.catch_up.total_seconds() == pytest.approx(expected, rel=0.25)


def in_turn(waiting: dict[str, int], read: int, seconds: int) -> list[dict[Name, Reading]]:
    """Observe a reader that takes as many records from each topic that has some, each 3 s."""
    left, position = dict(waiting), dict.fromkeys(waiting, 0)
    observed: list[dict[Name, Reading]] = []
    for second in range(seconds + 1):
        if second % 3 == 0:
            at = BEGIN + timedelta(seconds=second)
            observed.append(
                {("job", topic): Reading(at, position[topic], waiting[topic]) for topic in waiting}
            )
        with_some = [topic for topic in left if left[topic]]
        for topic in with_some:
            taken = min(left[topic], read // len(with_some))
            left[topic] -= taken
            position[topic] += taken
    return observed


@pytest.mark.parametrize("checkpoint_seconds", [2.0, 10.0])
@pytest.mark.parametrize("seed", range(4))
def test_the_time_of_a_job_with_buffers_is_right_within_a_quarter(
    seed: int, checkpoint_seconds: float
) -> None:
    job = SimulatedJob(random.Random(seed), 90_000, checkpoint_seconds)
    history: deque[dict[Name, Reading]] = deque(maxlen=int((2 * checkpoint_seconds + 60) / 3))
    single: list[float] = []
    rough: list[float] = []
    for seconds, readings in job.observed():
        history.append(readings)
        left = job.caught_up_at - seconds
        seen = lags(history, {"job": checkpoint_seconds})["job", "transactions"]
        if seconds > 0 and left > 40 and seen.catch_up:
            error = seen.catch_up.total_seconds() / left - 1
            (rough if seen.error else single).append(error)
    assert len(single) >= 20
    assert max(map(abs, single + rough)) < 0.25
    assert 1 <= len(rough) <= 10


def test_the_longest_of_several_topics_is_read_as_soon_as_its_reader_has_read_all() -> None:
    waiting = {"transactions": 80_000, "transfers": 10_000, "stock-counts": 10_000}
    result = lags(in_turn(waiting, 1_000, 15))
    times = {topic: each.catch_up for (_, topic), each in result.items()}
    # 1,000 a second from all, a third of it from each: the others end first.
    expected = {"transactions": 85, "transfers": 15, "stock-counts": 15}
    assert {topic: time.total_seconds() for topic, time in times.items() if time} == pytest.approx(
        expected, rel=0.05
    )


def test_a_topic_that_stands_still_does_not_catch_up_with_the_others() -> None:
    history = in_turn({"transactions": 80_000, "transfers": 0}, 1_000, 15)
    stuck = ("job", "transfers")
    history = [{**each, stuck: Reading(each["job", "transactions"].at, 0, 500)} for each in history]
    assert lags(history)[stuck].catch_up is None


def test_two_commits_that_follow_each_other_at_once_give_no_rate_yet() -> None:
    seen = [Reading(BEGIN + timedelta(seconds=at), at * 500, 100_000) for at in (0, 3, 6, 9, 12)]
    words = [catch_up_words(lag(seen[: number + 1])) for number in range(5)]
    # Each commit is seen up to 3.5 s late: of 9 s, that is more than a third.
    assert words == ["\u2013 its rate is being measured"] * 4 + ["115 s to 4 min"]


def test_the_time_goes_on_between_two_commits_but_not_in_a_silence_longer_than_any() -> None:
    commits = [Reading(BEGIN + timedelta(seconds=10 * n), 4_000 * n, 50_000) for n in range(4)]
    times = []
    for seconds in (0, 5, 10, 40):
        now = Reading(commits[-1].at + timedelta(seconds=seconds), 12_000, 50_000)
        # The newest position is a commit only when it is first seen.
        time = lag([*commits, now] if seconds else commits).catch_up
        assert time is not None
        times.append(round(time.total_seconds()))
    assert times == [95, 90, 85, 228]


def test_what_arrived_while_nothing_was_read_does_not_count_as_arriving() -> None:
    stopped = [Reading(BEGIN + timedelta(seconds=each), 0, 10_000 * each) for each in range(3)]
    then = [
        Reading(BEGIN + timedelta(seconds=3 + each), 400 * each, 20_000) for each in (3, 6, 9, 12)
    ]
    result = lag([*stopped, *then])
    assert (result.arriving, result.read) == (0, 400)


def test_a_reader_slower_than_its_topic_never_catches_up() -> None:
    result = lag(queue(1_000, 300, 200))
    assert result.catch_up is None
    assert catch_up_words(result).startswith("never")


def test_a_reader_that_stands_still_does_not_catch_up() -> None:
    result = lag(queue(1_000, 100, 0))
    assert (result.waiting, result.catch_up) == (7_000, None)
    assert catch_up_words(result) == "never at this rate: nothing is read"


def test_a_reader_without_a_commit_yet_is_being_measured() -> None:
    assert catch_up_words(lag(queue(1_000, 100, 0, seconds=30))).startswith("\u2013")


def test_records_on_their_way_are_no_lag() -> None:
    assert catch_up_words(lag(queue(0, 200, 200))) == "up to date"
    assert catch_up_words(Lag(0, None, None)) == "up to date"
    assert catch_up_words(Lag(206, 24, None, current_seconds=15)) == "up to date"


def test_one_observation_gives_no_rate_and_no_time() -> None:
    (row,) = lags([{("gate", "transactions"): Reading(BEGIN, 5, 25)}]).items()
    reader, topic = row[0]
    assert lag_row(reader, topic, row[1])[2:] == (
        "20",
        "\u2013",
        "\u2013",
        "\u2013 its rate is being measured",
    )


def test_a_topic_is_the_sum_of_its_partitions_and_unknown_without_a_commit() -> None:
    ends = {("a", 0): 7, ("a", 1): 0, ("b", 0): 3, ("b", 1): 4}
    positions = {("a", 0): 5, ("a", 1): -1001, ("b", 0): 3, ("b", 1): -1001}
    assert by_topic(positions, ends) == {"a": (5, 7)}


def test_a_reader_that_commits_seldom_is_not_behind_between_its_commits() -> None:
    name = ("job", "transactions")
    history = [{name: each} for each in queue(0, 20, 20, commit_every=25, seconds=70)]
    assert catch_up_words(lags(history, {"job": 25})[name]) == "up to date"
    assert catch_up_words(lags(history)[name]) != "up to date"
