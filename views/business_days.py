"""The days of an installation: those of its sales, and those of a lead time."""

from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Self
from zoneinfo import ZoneInfo

from connect.settings import Settings
from views.urgency import HOUR


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """Calendar days of the stores, and days of lead time, which a simulation makes shorter."""

    zone: tzinfo
    """Time zone in which a business day begins."""
    lead_day: timedelta = timedelta(days=1)
    """Time that a day of lead time takes."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(ZoneInfo(settings.time_zone), timedelta(seconds=settings.day_seconds))

    def lead_hours(self, lead_time: int) -> float:
        """Return the hours from an order to its arrival. lead_time: days."""
        return lead_time * (self.lead_day / HOUR)
