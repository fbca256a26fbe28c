"""Lag and time to catch up, against a queue that is simulated second by second."""

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.pipeline.lag import Lag, Reading, lag
from dashboard.pipeline.topic_positions import by_topic
from dashboard.text.pipeline_words import catch_up_words, lag_row, lags

BEGIN = datetime(2026, 1, 31, 9, tzinfo=UTC)


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


def test_a_reader_slower_than_its_topic_never_catches_up() -> None:
    result = lag(queue(1_000, 300, 200))
    assert result.catch_up is None
    assert catch_up_words(result).startswith("never")


def test_a_reader_that_stands_still_does_not_catch_up() -> None:
    result = lag(queue(1_000, 100, 0))
    assert (result.waiting, result.catch_up) == (7_000, None)


def test_records_on_their_way_are_no_lag() -> None:
    assert catch_up_words(lag(queue(0, 200, 200))) == "up to date"
    assert catch_up_words(Lag(0, None, None)) == "up to date"


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
