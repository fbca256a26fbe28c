"""Numbers and times of an export become the contract's values exactly, or not at all."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.replay import numbers, times
from producers.replay.parsing import parser, text
from schemas.record import Field

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
cents = st.decimals(-(10**10), 10**10, places=2)
moments = st.datetimes(datetime(1971, 1, 1), datetime(2090, 1, 1)).map(
    lambda time: time.replace(microsecond=time.microsecond // 1000 * 1000)
)


@given(cents, st.booleans(), st.sampled_from(["", " ", "\t"]))
def test_written_amounts_are_read_exactly(amount: Decimal, comma: bool, space: str) -> None:
    written = f"{amount:f}"
    if comma:
        written = written.replace(".", ",")
    read = numbers.decimal(space + written + space, 2, comma)
    assert read == amount
    assert read.as_tuple().exponent == -2


@given(cents.filter(lambda amount: abs(amount) < 10**9))
def test_amounts_held_as_floats_are_their_cents(amount: Decimal) -> None:
    assert numbers.decimal(float(amount), 2, comma=False) == amount


@given(st.floats(-1e9, 1e9))
def test_floats_are_rounded_half_even_by_their_shortest_text(value: float) -> None:
    expected = Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
    assert numbers.decimal(value, 2, comma=False) == expected


@pytest.mark.parametrize(
    ("value", "cent"), [(0.125, "0.12"), (0.135, "0.14"), (1.005, "1.00"), (2.675, "2.68")]
)
def test_halves_go_to_the_even_cent(value: float, cent: str) -> None:
    assert numbers.decimal(value, 2, comma=False) == Decimal(cent)


@pytest.mark.parametrize(
    "value",
    [
        *["abc", "", "1,50", "1.2.3", "1_000", "1e5", "NaN", "inf", "\u0663", "1 000", "--1", "+"],
        *[".", "0x1", float("nan"), float("inf"), Decimal("NaN"), True, None, [1], b"1"],
    ],
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"expected a number such as 12\.34, got"):
        numbers.decimal(value, 2, comma=False)


def test_a_point_is_no_decimal_comma() -> None:
    with pytest.raises(ValueError, match=r"such as 12,34, got '1\.50'"):
        numbers.decimal("1.50", 2, comma=True)


def test_digits_too_many_are_refused_not_rounded() -> None:
    assert numbers.decimal("1.500", 2, comma=False) == Decimal("1.50")
    with pytest.raises(ValueError, match=r"at most 2 digits after the point, got '1\.505'"):
        numbers.decimal("1.505", 2, comma=False)
    with pytest.raises(ValueError, match="at most 28 digits"):
        numbers.decimal("9" * 40, 2, comma=False)


@given(st.integers(-(2**62), 2**62), st.sampled_from(["", ".", ".0", ".000"]))
def test_whole_numbers_may_be_written_with_zeros(value: int, zeros: str) -> None:
    assert numbers.integer(f"{value}{zeros}", comma=False) == value
    assert numbers.integer(value, comma=False) == value


@pytest.mark.parametrize("value", ["1.5", 2.5, Decimal("0.1")])
def test_parts_of_a_unit_are_refused(value: object) -> None:
    with pytest.raises(ValueError, match="expected a whole number"):
        numbers.integer(value, comma=False)


@given(moments)
def test_every_way_to_write_an_instant_gives_it(time: datetime) -> None:
    instant = time.replace(tzinfo=UTC)
    milliseconds = (instant - times.BEGINNING) // timedelta(milliseconds=1)
    read = times.parser
    assert read("iso", None)(instant.isoformat()) == instant
    assert read("iso", NEW_YORK)(instant.astimezone(BERLIN).isoformat()) == instant
    assert read("iso", ZoneInfo("UTC"))(time) == instant
    assert read("%d.%m.%Y %H:%M:%S.%f", ZoneInfo("UTC"))(f"{time:%d.%m.%Y %H:%M:%S.%f}") == instant
    assert read("epoch_ms", None)(milliseconds) == instant
    assert read("epoch_ms", None)(str(milliseconds)) == instant
    assert read("epoch_s", None)(f"{Decimal(milliseconds) / 1000:f}") == instant


@given(moments, st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe")]))
def test_wall_clock_times_are_the_earlier_instant_or_refused(
    time: datetime, zone: ZoneInfo
) -> None:
    """Checked against all instants around, without the fold of datetime."""
    around = [
        instant
        for minutes in range(-16 * 60, 16 * 60, 30)
        if (instant := time.replace(tzinfo=UTC) + timedelta(minutes=minutes))
        .astimezone(zone)
        .replace(tzinfo=None, fold=0)
        == time
    ]
    if around:
        assert times.instant(time, zone) == min(around)
    else:
        with pytest.raises(ValueError, match="a time that there was"):
            times.instant(time, zone)


def test_a_time_that_the_clock_shows_twice_is_the_earlier() -> None:
    read = times.parser("iso", BERLIN)
    assert read("2025-10-26 02:30:00") == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert read("2025-10-26 02:30:00+01:00") == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clock_skips_is_refused() -> None:
    with pytest.raises(ValueError, match="a time that exists in Europe/Berlin, got 2026-03-29"):
        times.parser("iso", BERLIN)("2026-03-29 02:30:00")


def test_fractions_of_a_millisecond_are_cut_off() -> None:
    read = times.parser("iso", ZoneInfo("UTC"))
    assert read("2026-05-02 08:00:00.999999").microsecond == 999_000
    assert times.parser("epoch_s", None)(1.9999).microsecond == 999_000


@pytest.mark.parametrize(
    ("format", "value"),
    [
        ("iso", "02.05.2026 08:00"),
        ("iso", "yesterday"),
        ("%d.%m.%Y", "2026-05-02"),
        ("%d.%m.%Y", "31.02.2026"),
        ("epoch_s", "2026-05-02"),
        ("epoch_ms", "99999999999999999999"),
        ("epoch_s", float("nan")),
        ("iso", True),
    ],
)
def test_a_time_in_another_format_is_refused(format: str, value: object) -> None:
    with pytest.raises(ValueError, match=r"^expected a "):
        times.parser(format, BERLIN)(value)


def test_a_time_without_offset_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="name a time_zone in the mapping"):
        times.parser("iso", None)("2026-05-02 08:00:00")


def test_the_ends_of_time_are_refused() -> None:
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    for end, offset in ((datetime.min, east), (datetime.max, west)):
        with pytest.raises(ValueError, match="expected a time within the years 1 to 9999 UTC"):
            times.instant(end.replace(tzinfo=offset), None)
    for end, zone in ((datetime.min, ZoneInfo("Asia/Tokyo")), (datetime.max, NEW_YORK)):
        with pytest.raises(ValueError, match="expected a time within the years 1 to 9999 UTC"):
            times.instant(end, zone)


def test_dates_are_their_midnight() -> None:
    read = times.parser("iso", BERLIN)
    assert read(date(2026, 5, 2)) == read("2026-05-02") == datetime(2026, 5, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" a b ", "a b"),
        (330, "330"),
        (330.0, "330"),
        (1.5, "1.5"),
        (date(2026, 5, 2), "2026-05-02"),
    ],
)
def test_values_as_text(value: object, expected: str) -> None:
    assert text(value) == expected


def test_nothing_is_null_where_the_contract_allows_it() -> None:
    price = Field("unit_price", "decimal", nullable=True, scale=2)
    amount = Field("line_amount", "decimal", scale=2)
    for nothing in (None, "", "  "):
        assert parser(price, "iso", None, False)(nothing) is None
        with pytest.raises(ValueError, match="expected a value, got nothing"):
            parser(amount, "iso", None, False)(nothing)
