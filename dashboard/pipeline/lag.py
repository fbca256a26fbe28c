"""Unread records of one reader of one topic, and the time until it has read them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

CURRENT_SECONDS = 5.0
"""Unread records that arrived within this time are on their way, and no lag."""

MEASURED = timedelta(seconds=8)
"""Time between two commits from which they give a rate: each is seen up to a few seconds late."""

FEW = 10
"""Unread records that are no lag in any case."""


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
    """Number of unread records."""
    arriving: float | None
    """Records that arrive in a second; None: not known yet."""
    read: float | None
    """Records that are read in a second; None: not known yet."""
    current_seconds: float = CURRENT_SECONDS
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
        if self.arriving is None or self.read is None:
            return None
        if self.waiting <= self.arriving * self.current_seconds + FEW:
            return timedelta(0)
        gained = self.read - self.arriving
        own = timedelta(seconds=self.waiting / gained) if gained > 0 else None
        longest = self.at_most if self.read > 0 else None
        return min(filter(None, (own, longest)), default=None)


def lag(readings: Sequence[Reading], current_seconds: float = CURRENT_SECONDS) -> Lag:
    """Compute the lag at the newest of some readings, oldest first.

    A reader that commits its position now and then is measured from commit to commit, and so is
    what arrives meanwhile; current_seconds: see CURRENT_SECONDS, plus the time between its commits.
    """
    newest = readings[-1]
    waiting = max(newest.end - newest.position, 0)
    commits = [after for before, after in pairwise(readings) if after.position != before.position]
    is_measured = len(commits) > 1 and commits[-1].at - commits[0].at >= MEASURED
    first, last = (commits[0], commits[-1]) if is_measured else (readings[0], newest)
    seconds = (last.at - first.at).total_seconds()
    if seconds <= 0:
        return Lag(waiting, None, None, current_seconds)
    arriving, passed = (last.end - first.end) / seconds, (last.position - first.position) / seconds
    return Lag(waiting, arriving, passed if is_measured or not commits else None, current_seconds)
