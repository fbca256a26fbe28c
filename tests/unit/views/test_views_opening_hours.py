"""Opening hours, against a clock that is read minute by minute."""

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.generated import Store
from schemas.violations import ContractViolationError
from views.opening_hours import is_open, open_time

NAMES = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"]
BERLIN = ZoneInfo("Europe/Berlin")
JANUARY = datetime(2026, 1, 14, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
times = st.integers(0, 23).flatmap(lambda h: st.sampled_from([f"{h:02}:00", f"{h:02}:45"]))
ends = st.one_of(times, st.sampled_from(["24:00", "26:30"]))
parts = st.tuples(
    st.sampled_from(NAMES),
    st.one_of(st.none(), st.sampled_from(NAMES)),
    st.lists(st.tuples(times, ends), min_size=1, max_size=2),
)


def written(weekly: list[tuple[str, str | None, list[tuple[str, str]]]]) -> str:
    return "; ".join(
        first + (f"-{last}" if last else "") + " " + ",".join("-".join(each) for each in spans)
        for first, last, spans in weekly
    )


def minutes(clock: str) -> int:
    hour, minute = clock.split(":")
    return 60 * int(hour) + int(minute)


def says_open(hours: str, clock: datetime) -> bool:
    """Read the text for one minute on the wall, day by day."""
    for back in range(3):
        day = (clock - timedelta(days=back)).replace(hour=0, minute=0)
        since_midnight = (clock - day) / MINUTE
        spans = ""
        for part in hours.split("; "):
            days, part_spans = part.split(" ")
            first, _, last = days.partition("-")
            walk = [NAMES.index(first)]
            while walk[-1] != NAMES.index(last or first):
                walk.append((walk[-1] + 1) % 7)
            if day.weekday() in walk:
                spans = part_spans
        for begin, end in re.findall(r"(\d\d:\d\d)-(\d\d:\d\d)", spans):
            last_minute = minutes(end) + (1440 if minutes(end) <= minutes(begin) else 0)
            if minutes(begin) <= since_midnight < last_minute:
                return True
    return False


@given(
    st.lists(parts, min_size=1, max_size=4).map(written), st.integers(0, 700), st.integers(0, 40)
)
def test_the_open_time_is_that_of_the_minutes_in_which_the_text_says_open(
    hours: str, begin: int, quarters: int
) -> None:
    # All times of the text are quarters of an hour.
    start = JANUARY + begin * 15 * MINUTE
    steps = [start + number * 15 * MINUTE for number in range(quarters)]
    walls = [step.astimezone(BERLIN).replace(tzinfo=None) for step in steps]
    expected = sum(says_open(hours, wall) for wall in walls) * 15 * MINUTE
    assert open_time(hours, BERLIN, start, start + quarters * 15 * MINUTE) == expected
    for step, wall in zip(steps, walls, strict=True):
        assert is_open(hours, BERLIN, step) == says_open(hours, wall)


@given(st.lists(parts, min_size=1, max_size=4).map(written))
def test_the_contract_takes_what_can_be_read(hours: str) -> None:
    Store(store_id="S1", name="x", time_zone="Europe/Berlin", opening_hours=hours).validate()


@pytest.mark.parametrize("hours", ["8-20", "Mo 08:00", "Mon 08:00-20:00", "Mo-Fr 8:00-20:00", ""])
def test_the_contract_refuses_what_cannot_be_read(hours: str) -> None:
    with pytest.raises(ContractViolationError, match=r"^opening_hours"):
        Store(store_id="S1", name="x", time_zone="UTC", opening_hours=hours).validate()


def test_the_day_on_which_the_clocks_go_back_has_25_hours() -> None:
    start = datetime(2026, 10, 25, tzinfo=BERLIN).astimezone(UTC)
    end = datetime(2026, 10, 26, tzinfo=BERLIN).astimezone(UTC)
    assert open_time("Mo-Su 00:00-24:00", BERLIN, start, end) == timedelta(hours=25)
    assert open_time("Su 08:00-20:00", BERLIN, start, end) == timedelta(hours=12)


def test_without_hours_a_store_is_always_open() -> None:
    assert open_time(None, BERLIN, JANUARY, JANUARY + 90 * MINUTE) == 90 * MINUTE
    assert is_open(None, BERLIN, JANUARY)
