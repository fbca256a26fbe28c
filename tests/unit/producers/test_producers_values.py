"""Numbers and times of an export become the contract's values exactly, or not at all."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_EVEN, Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from producers.replay import numbers, times
from producers.replay.parsing import parser, text
from schemas.record import Field, Limits

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
        *["abc", "", "1,50", "1.2.3", "1_000", "1e5", "NaN", "inf", "\u0663", "10 00", "--1", "+"],
        *[".", "0x1", float("nan"), float("inf"), Decimal("NaN"), True, None, [1], b"1"],
    ],
)
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match=r"expected a number such as 12\.34, got"):
        numbers.decimal(value, 2, comma=False)


@pytest.mark.parametrize(("written", "comma"), [("2,99", False), ("2.99", True)])
def test_a_number_with_the_other_decimal_sign_names_the_setting(written: str, comma: bool) -> None:
    setting = f"; the mapping says decimal_comma = {str(comma).lower()}$"
    with pytest.raises(ValueError, match=setting):
        numbers.decimal(written, 2, comma=comma)


def test_a_point_is_no_decimal_comma() -> None:
    with pytest.raises(ValueError, match=r"such as 12,34, got '1\.50'"):
        numbers.decimal("1.50", 2, comma=True)


def test_digits_too_many_are_rounded_once_and_reported() -> None:
    assert type(numbers.decimal("1.500", 2, comma=False)) is Decimal
    rounded = numbers.decimal("1.505", 2, comma=False)
    assert rounded == Decimal("1.50")
    assert type(rounded) is numbers.Rounded
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
    assert times.time(instant.isoformat(), None) == instant
    assert times.time(instant.astimezone(BERLIN).isoformat(), NEW_YORK) == instant
    assert times.time(f"{instant:%Y-%m-%d %H:%M:%S.%f} +0000", NEW_YORK) == instant
    assert times.time(f"{instant:%Y-%m-%d %H:%M:%S.%f} UTC", NEW_YORK) == instant
    assert times.time(time, ZoneInfo("UTC")) == instant


@given(moments, st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Australia/Lord_Howe")]))
@example(datetime(2058, 3, 31, 2), BERLIN)
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
        with pytest.raises(ValueError, match="a time that exists"):
            times.instant(time, zone)


def test_a_time_that_the_clock_shows_twice_is_the_earlier() -> None:
    first, second = "2025-10-26 02:30:00", "2025-10-26 02:30:00+01:00"
    assert times.time(first, BERLIN) == datetime(2025, 10, 26, 0, 30, tzinfo=UTC)
    assert times.time(second, BERLIN) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


def test_a_time_that_the_clock_skips_is_refused() -> None:
    with pytest.raises(ValueError, match="a time that exists in Europe/Berlin, got 2026-03-29"):
        times.time("2026-03-29 02:30:00", BERLIN)


def test_fractions_of_a_millisecond_are_cut_off() -> None:
    assert times.time("2026-05-02 08:00:00.999999", BERLIN).microsecond == 999_000


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("02.05.2026 08:00", "write strptime"),
        ("yesterday", "write strptime"),
        ("46172.5", "excel_time"),
        (True, "got True"),
        ("2569-05-02 08:00", "2569 is a year of the Buddhist calendar .subtract 543"),
        ("1405-02-12 08:00", "1405 is a year of the Persian calendar"),
        ("1447-11-15", "1447 is a year of the Islamic or the Persian calendar"),
        ("0115-05-02", "115 is a year of the calendar of Taiwan"),
        ("2962-05-02", "got the year 2962"),
    ],
)
def test_a_time_of_another_format_or_calendar_is_refused(value: object, hint: str) -> None:
    with pytest.raises(ValueError, match=rf"^expected a time .*{hint}"):
        times.time(value, BERLIN)


def test_a_time_without_offset_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="name a time_zone in the mapping"):
        times.time("2026-05-02 08:00:00", None)


def test_the_ends_of_time_are_refused() -> None:
    east, west = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
    for end, offset in ((datetime.min, east), (datetime.max, west)):
        with pytest.raises(ValueError, match="expected a time within the years 1 to 9999 UTC"):
            times.instant(end.replace(tzinfo=offset), None)
    for end, zone in ((datetime.min, ZoneInfo("Asia/Tokyo")), (datetime.max, NEW_YORK)):
        with pytest.raises(ValueError, match="expected a time within the years 1 to 9999 UTC"):
            times.instant(end, zone)


def test_dates_are_their_midnight() -> None:
    midnight = datetime(2026, 5, 1, 22, tzinfo=UTC)
    assert times.time(date(2026, 5, 2), BERLIN) == times.time("2026-05-02", BERLIN) == midnight


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
        assert parser(price, None, False)(nothing) is None
        with pytest.raises(ValueError, match="expected a value, got nothing"):
            parser(amount, None, False)(nothing)


def test_text_is_in_nfc_as_identifiers_are() -> None:
    assert text(" Zu\u0308rich ") == "Z\u00fcrich"


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("$1,250.00", "1250"), ("-$3.00", "-3"), ("$-3.00", "-3"), ("($12.50)", "-12.5")],
        *[("12.50-", "-12.5"), ("12.50 -", "-12.5"), ("\u221212.50", "-12.5"), ("+1.5", "1.5")],
        *[("1 234.50", "1234.5"), ("1\u202f234.50", "1234.5"), ("1'234.50", "1234.5")],
        *[("1\u2019234.50", "1234.5"), ("12,34,567.89", "1234567.89"), ("Rs. 500", "500")],
        *[
            ("USD 12.50", "12.5"),
            ("12.50 USD", "12.5"),
            ("R$ 12.50", "12.5"),
            ("\u20ac12.5", "12.5"),
        ],
        *[
            ("106.35000000000001", "106.35"),
            ("-35.449999999999996", "-35.45"),
            ("1,234,567.00", "1234567"),
        ],
        *[("12.-", "12"), ("Fr. 5.--", "5"), ("CHF 1'250.\u2014", "1250"), ("-7.-", "-7")],
        *[("12,- kr", "12"), ("5,\u2013", "5"), ("$ (4.00)", "-4"), ("(4.00) \u20ac", "-4")],
        *[("5.684341886080802e-14", "0"), ("1.5E-01", "0.15"), ("1\u2009234", "1234")],
    ],
)
def test_numbers_as_tills_and_spreadsheets_write_them(written: str, value: str) -> None:
    assert numbers.decimal(written, 2, comma=None) == Decimal(value)
    assert type(numbers.decimal(written, 2, comma=None)) is Decimal


@pytest.mark.parametrize(
    ("written", "value"),
    [
        *[("1.234,56 \u20ac", "1234.56"), ("1.234", "1234"), ("1 234,5", "1234.5")],
        *[("(2,50)", "-2.5"), ("(2,50) kr", "-2.5"), ("5,-", "5"), ("1.250,-", "1250")],
    ],
)
def test_numbers_with_a_decimal_comma(written: str, value: str) -> None:
    assert numbers.decimal(written, 2, comma=True) == Decimal(value)


@pytest.mark.parametrize("written", ["1,250", "0,452", "1.250,00", "12,5"])
def test_a_comma_that_may_be_either_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="say in the mapping whether decimal_comma is true"):
        numbers.decimal(written, 2, comma=None)


def test_a_comma_before_three_digits_separates_thousands_if_the_mapping_says_so() -> None:
    assert numbers.integer("1,250", comma=False) == 1250
    for written in ("0,452", "1,25", "12,5000"):
        with pytest.raises(ValueError, match="expected a number such as"):
            numbers.decimal(written, 2, comma=False)


@pytest.mark.parametrize(
    "written", ["1x", "2 kg", "3 PCS", "10%", "(5", "-(5)", "$", "1-2", "- - 3"]
)
def test_a_number_with_a_unit_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="expected a number such as"):
        numbers.decimal(written, 2, comma=False)


def test_a_fraction_of_a_unit_is_refused_with_the_remedy() -> None:
    with pytest.raises(ValueError, match=r"whole base units, such as grams.*\* 1000"):
        numbers.integer("0,452", comma=True)
    assert numbers.integer("2.9999999999999996", comma=False) == 3
    assert numbers.integer("-5.684341886080802e-14", comma=False) == 0


@pytest.mark.parametrize("value", ["4.00638E+12", "4,00638E+12", 4.00638e15])
def test_an_identifier_of_which_digits_are_lost_is_refused(value: object) -> None:
    sku = Field("sku", "string", limits=Limits(identifier=True))
    with pytest.raises(ValueError, match="last digits a spreadsheet has dropped"):
        parser(sku, None, False)(value)
    assert parser(sku, None, False)("12E") == "12E"


@pytest.mark.parametrize("value", ["#N/A", "#REF!", " #NAME? ", "#NV"])
def test_a_formula_that_fails_is_no_identifier(value: str) -> None:
    sku = Field("sku", "string", limits=Limits(identifier=True))
    with pytest.raises(ValueError, match="what a spreadsheet shows for a formula that fails"):
        parser(sku, None, False)(value)
    assert parser(sku, None, False)("#12") == "#12"
