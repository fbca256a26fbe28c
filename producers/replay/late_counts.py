"""Counts that are refused, as they are recorded too long after they were taken."""

from collections.abc import Iterable
from datetime import timedelta
from math import ceil

from connect.settings import PREFIX, Settings
from producers.replay.row_batch import Proposed
from schemas.generated import StockCount

SECOND = timedelta(seconds=1)


class LateCounts:
    """Counts the lines that are sent and then refused, by this machine's setting."""

    def __init__(self, settings: Settings) -> None:
        self._limit = settings.count_seconds
        self._lines: list[int] = []
        self._oldest = timedelta(0)

    def add(self, proposed: Iterable[Proposed]) -> list[str]:
        """Add lines before they are sent; return the sentence with the first that is too old."""
        before = len(self._lines)
        for each in proposed:
            if type(each.record) is StockCount and self._limit and each.outcome == "sent":
                age = each.record.recorded_at - each.record.counted_at
                if age > self._limit * SECOND:
                    self._lines.append(each.line)
                    self._oldest = max(self._oldest, age)
        return [] if before else self.sentences

    @property
    def sentences(self) -> list[str]:
        """A sentence with the remedy, if there are such lines."""
        if not self._lines:
            return []
        name, oldest = f"{PREFIX}COUNT_SECONDS", ceil(self._oldest / SECOND)
        return [
            "Counts that are too old and will be refused (late_count, in quarantine), in lines: "
            f"{len(self._lines):,}; first in line {self._lines[0]}. The oldest is of "
            f"{self._oldest.days:,} days ago, and {name} is {self._limit}: count again, or start "
            f"the pipeline with {name} above {oldest} before you send, and then set it back."
        ]
