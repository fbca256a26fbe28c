"""Events that are refused, as their time is further ahead than clocks may differ."""

from collections.abc import Iterable
from datetime import timedelta

from connect.settings import PREFIX, Settings
from producers.replay.row_batch import Proposed
from schemas.clock import utc_now
from schemas.generated import StockCount


class EarlyEvents:
    """Counts the lines that are sent and then refused, by this machine's settings."""

    def __init__(self, settings: Settings) -> None:
        self._ahead = {
            "Events": timedelta(hours=settings.ahead_hours),
            "Counts": timedelta(seconds=settings.count_ahead_seconds),
        }
        self._limits = {
            "Events": f"{PREFIX}AHEAD_HOURS is {settings.ahead_hours:g}",
            "Counts": f"{PREFIX}COUNT_AHEAD_SECONDS is {settings.count_ahead_seconds}",
        }
        self._lines: dict[str, list[int]] = {"Events": [], "Counts": []}

    def add(self, proposed: Iterable[Proposed]) -> list[str]:
        """Add lines before they are sent; return the sentences if these are the first ones."""
        before, now = self.sentences, utc_now()
        for each in proposed:
            name = each.event.record_type.EVENT_TIME
            if name and each.record is not None and each.outcome == "sent":
                what = "Counts" if type(each.record) is StockCount else "Events"
                if getattr(each.record, name) > now + self._ahead[what]:
                    self._lines[what].append(each.line)
        return [] if before else self.sentences

    @property
    def sentences(self) -> list[str]:
        """A sentence with the remedy for events, and one for counts, if there are such lines."""
        return [
            f"{what} whose time is too far ahead and that will be refused (time, in quarantine), "
            f"in lines: {len(lines):,}; first in line {lines[0]}. {self._limits[what]}: check the "
            "date's format, the time_zone and the clock of the device before you send."
            for what, lines in self._lines.items()
            if lines
        ]
