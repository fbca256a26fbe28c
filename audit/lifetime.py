"""The end of orders and transfers: a finished one is deleted some time after its last event."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from connect.settings import SLACK_SECONDS, Settings


@dataclass(frozen=True)
class Lifetime:
    """The time for which finished items of a topic are kept.

    The job goes by the time at which a record was accepted; the audit knows when it arrived, which
    is at most `slack` earlier. Within that both are right: the item has ended, or has not.
    """

    remaining: Callable[[Any], int]
    """Units of a record that are still to come."""
    kept: int
    """Milliseconds of log time without an event after which a finished item ends."""
    slack: int
    """Longest time between arrival and acceptance, in milliseconds."""

    def may_have_ended(self, pause: int) -> bool:
        """Return True if a finished item may have ended in a pause of its events."""
        return pause > self.kept - self.slack

    def beginnings(
        self, record: Callable[[Sequence[Any]], Any], facts: Sequence[Any], arrived: Sequence[int]
    ) -> Iterator[int]:
        """Yield where the newest item may begin: the number of events of those that ended.

        record: item after some of its events; facts: events of a key in the order of `arrived`,
        their times of arrival in milliseconds.
        """
        begins = {0}
        for number, (before, at) in enumerate(pairwise(arrived), start=1):
            pause = at - before
            if not self.may_have_ended(pause):
                continue
            finished = {
                begin for begin in begins if not self.remaining(record(facts[begin:number]))
            }
            if finished:
                begins.add(number)
            if pause > self.kept + self.slack:
                begins -= finished
        yield from sorted(begins, reverse=True)


def lifetime(settings: Settings, remaining: Callable[[Any], int]) -> Lifetime | None:
    """Return the lifetime of finished items; None if they are kept for ever.

    Without the gate a record is accepted when it arrives.
    """
    if not settings.finished_seconds:
        return None
    slack = SLACK_SECONDS if settings.has_gate else 0
    return Lifetime(remaining, 1000 * settings.finished_seconds, 1000 * slack)
