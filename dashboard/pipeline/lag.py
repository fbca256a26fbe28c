"""Unread records of the readers of topics, and the time until they have read them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType

CURRENT_SECONDS = 5.0
"""Unread records that arrived within this time are on their way, and no lag."""

SEEN_LATE = timedelta(seconds=3.5)
"""Time after which a commit is seen at the latest: positions are read about each three seconds."""

MEASURED = timedelta(seconds=8)
"""Time between two commits from which they give a rate."""

SURE = timedelta(seconds=20)
"""Time between two commits from which their rate is right enough to give one time, not a range."""

SPAN = timedelta(seconds=45)
"""Time over which a rate is measured, or somewhat more.

The commits of a job that is behind come ten seconds apart and more: with less, each of them would
move the rate by a quarter.
"""

FEW = 10
"""Unread records that are no lag in any case."""

Name = tuple[str, str]
"""(reader, topic)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Positions in a topic, summed over its partitions, at one moment."""

    at: datetime
    position: int
    """Number of records that the reader has passed."""
    end: int
    """Number of records that the topic has had."""


@dataclass(frozen=True, slots=True)
class Lag:
    """The lag of one reader of one topic."""

    waiting: int
    """Number of unread records, by the newest commit."""
    arriving: float | None
    """Records that arrive in a second; None: not known yet."""
    read: float | None
    """Records that are read in a second; None: not known yet."""
    current_seconds: float = CURRENT_SECONDS
    left: float = 0.0
    """Number of records that are unread by now: a reader reads on after its newest commit."""
    error: float = 0.0
    """Share by which the time to catch up may be wrong; 0: right enough."""
    at_most: timedelta | None = None
    """Time until its reader has read all of its topics; None: not known.

    A reader that is behind takes from all topics in turn: the longest is read faster as soon as the
    others have ended.
    """

    @property
    def catch_up(self) -> timedelta | None:
        """Time until all is read, as the rates stay; None: never, or not known yet."""
        if self.waiting == 0:
            return timedelta(0)
        if self.arriving is None:
            return None
        if self.waiting <= self.arriving * self.current_seconds + FEW:
            return timedelta(0)
        if self.read is None:
            return None
        own = _seconds(self.left, self.read - self.arriving)
        longest = self.at_most if self.read > 0 else None
        return min(filter(None, (own, longest)), default=None)


def lag(readings: Sequence[Reading], current_seconds: float = CURRENT_SECONDS) -> Lag:
    """Compute the lag at the newest of some readings, oldest first.

    A reader that commits its position now and then is measured from commit to commit, and what
    arrives from the first of these. current_seconds: see CURRENT_SECONDS, plus the time between
    its commits.
    """
    newest = readings[-1]
    waiting = max(newest.end - newest.position, 0)
    commits = _newest_commits(readings)
    is_measured = bool(commits) and commits[-1].at - commits[0].at >= MEASURED
    begin = commits[0] if is_measured else readings[0]
    seconds = (newest.at - begin.at).total_seconds()
    if seconds <= 0:
        return Lag(waiting, None, None, current_seconds, waiting)
    arriving = (newest.end - begin.end) / seconds
    if not is_measured:
        stands_still = not commits and newest.at - begin.at >= SPAN
        return Lag(waiting, arriving, 0.0 if stands_still else None, current_seconds, waiting)
    last = commits[-1]
    longest = max(after.at - before.at for before, after in pairwise(commits))
    # A silence that is longer than any before is time in which nothing was read.
    silence = min(newest.at - last.at, longest).total_seconds()
    read = (last.position - begin.position) / (seconds - silence)
    span = last.at - begin.at
    return Lag(
        waiting,
        arriving,
        read,
        current_seconds,
        left=max(waiting - read * silence, 0.0),
        error=SEEN_LATE / span if span < SURE else 0.0,
    )


def lags(
    history: Sequence[Mapping[Name, Reading]],
    commit_seconds: Mapping[str, float] = MappingProxyType({}),
) -> dict[Name, Lag]:
    """Return the lag of each (reader, topic), out of readings of all of them, oldest first.

    commit_seconds: time between two commits of a reader that does not commit at once.
    """
    series: defaultdict[Name, list[Reading]] = defaultdict(list)
    for readings in history:
        for name, reading in readings.items():
            series[name].append(reading)
    single = {
        name: lag(series[name], CURRENT_SECONDS + commit_seconds.get(name[0], 0))
        for name in (history[-1] if history else ())
    }
    of_readers: defaultdict[str, list[Lag]] = defaultdict(list)
    for (reader, _), each in single.items():
        of_readers[reader].append(each)
    longest = {reader: _together(each) for reader, each in of_readers.items()}
    return {name: replace(each, at_most=longest[name[0]]) for name, each in single.items()}


def _newest_commits(readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings with another position than the one before, those of the last SPAN."""
    commits = [after for before, after in pairwise(readings) if after.position != before.position]
    early = [number for number, each in enumerate(commits) if commits[-1].at - each.at >= SPAN]
    return commits[early[-1] :] if early else commits


def _together(lags_of_reader: Sequence[Lag]) -> timedelta | None:
    """Return the time until a reader has read all of its topics; None: never, or not known yet.

    Their rates are added, not their positions: those of one commit are not all seen at once.
    """
    rates = [
        each.read - each.arriving
        for each in lags_of_reader
        if each.read is not None and each.arriving is not None
    ]
    return _seconds(sum(each.left for each in lags_of_reader), sum(rates))


def _seconds(left: float, gained: float) -> timedelta | None:
    """Return the time for the records that are left; None: never. gained: records a second."""
    # What is not committed is not known to be read, however few records are left.
    return timedelta(seconds=max(left / gained, 1.0)) if gained > 0 else None
