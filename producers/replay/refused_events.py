"""Events that the pipeline will refuse by their time: too far ahead, or counts that are too old."""

from collections.abc import Iterable
from datetime import timedelta
from math import ceil

from connect.settings import PREFIX, Settings
from producers.replay.row_batch import Proposed
from schemas.clock import utc_now
from schemas.generated import StockCount

SECOND = timedelta(seconds=1)
OLD = (
    "Counts that are too old and will be refused (late_count, in quarantine), in lines: {:,}; "
    "first in line {}. The oldest is of {:,} days ago, and {name} is {}: count again, or start the "
    "pipeline with {name} above {} before you send, and then set it back."
)
AHEAD = (
    "{} whose time is too far ahead and that will be refused (time, in quarantine), in lines: "
    "{:,}; first in line {}. {} is {}: check the date's format, the time_zone and the clock of the "
    "device before you send."
)


class RefusedEvents:
    """Counts the lines that are sent and then refused, by this machine's settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._old: list[int] = []
        self._oldest = timedelta(0)
        self._ahead: dict[str, list[int]] = {"Events": [], "Counts": []}

    def add(self, proposed: Iterable[Proposed]) -> list[str]:
        """Add lines before they are sent; return the sentences if there is a further one."""
        before, now, limit = self.sentences, utc_now(), self._settings.count_seconds * SECOND
        ahead = now + timedelta(hours=self._settings.ahead_hours)
        count_ahead = now + self._settings.count_ahead_seconds * SECOND
        for each in proposed:
            name, record = each.event.record_type.EVENT_TIME, each.record
            if not name or record is None or each.outcome != "sent":
                continue
            if not isinstance(record, StockCount):
                if getattr(record, name) > ahead:
                    self._ahead["Events"].append(each.line)
            elif record.counted_at > count_ahead:
                self._ahead["Counts"].append(each.line)
            elif limit and (age := record.recorded_at - record.counted_at) > limit:
                self._old.append(each.line)
                self._oldest = max(self._oldest, age)
        sentences = self.sentences
        return sentences if len(sentences) > len(before) else []

    @property
    def sentences(self) -> list[str]:
        """A sentence with the remedy for each kind of such lines."""
        settings, sentences = self._settings, []
        if lines := self._old:
            limits = settings.count_seconds, ceil(self._oldest / SECOND)
            shown = OLD.format(
                len(lines), lines[0], self._oldest.days, *limits, name=f"{PREFIX}COUNT_SECONDS"
            )
            sentences.append(shown)
        ahead = (
            (f"{PREFIX}AHEAD_HOURS", f"{settings.ahead_hours:g}"),
            (f"{PREFIX}COUNT_AHEAD_SECONDS", settings.count_ahead_seconds),
        )
        return sentences + [
            AHEAD.format(what, len(lines), lines[0], *limit)
            for (what, lines), limit in zip(self._ahead.items(), ahead, strict=True)
            if lines
        ]
