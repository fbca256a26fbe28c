"""The silence of a store's tills, on random times against a definition that walks the minutes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.generated import Store
from views.till_silence import Pace, silent_since

NOW = datetime(2026, 1, 14, 15, 10, tzinfo=UTC)
"""A Wednesday, 16:10 in Berlin."""
STORE = Store(store_id="S1", name="x", time_zone="Europe/Berlin", opening_hours="Mo-Sa 08:00-20:00")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def opened(at: datetime) -> bool:
    wall = at.astimezone(ZoneInfo("Europe/Berlin"))
    return wall.weekday() < 6 and 8 <= wall.hour < 20


@given(st.integers(0, 4_000), st.integers(0, 600), st.integers(0, 300), st.integers(0, 10_000))
def test_tills_are_silent_when_open_hours_passed_in_which_30_units_would_have_been_sold(
    silence: int, units_an_hour: int, others: int, shift: int
) -> None:
    now = NOW + shift * MINUTE
    sold_at = now - silence * MINUTE
    others_sold_at = now - timedelta(seconds=others)
    minutes = sum(opened(sold_at + number * MINUTE) for number in range(silence))
    others_sell = others <= 60 and others_sold_at > sold_at
    is_silent = opened(now) and others_sell and units_an_hour * minutes > 30 * 60
    expected = sold_at if is_silent else None
    assert silent_since(Pace(sold_at, units_an_hour), others_sold_at, STORE, now) == expected


def test_a_store_is_not_silent_among_others_that_have_not_sold_since_it_did() -> None:
    sold_at = NOW - timedelta(seconds=40)
    pace = Pace(sold_at, 30_000)
    assert silent_since(pace, sold_at, STORE, NOW) is None
    assert silent_since(pace, sold_at + timedelta(seconds=1), STORE, NOW) == sold_at


def test_a_store_without_hours_or_record_is_judged_at_any_hour() -> None:
    night = NOW + 12 * HOUR
    pace = Pace(night - HOUR, 60)
    assert silent_since(pace, night, STORE, night) is None
    assert silent_since(pace, night, None, night) == pace.sold_at
    without_hours = Store(store_id="S1", name="x", time_zone="Europe/Berlin")
    assert silent_since(pace, night, without_hours, night) == pace.sold_at


@pytest.mark.parametrize("days", [14, 15])
def test_a_store_that_has_not_sold_for_two_weeks_is_not_silent_but_closed(days: int) -> None:
    pace = Pace(NOW - timedelta(days=days), 60)
    assert (silent_since(pace, NOW, None, NOW) is not None) == (days == 14)
