"""The last 60 minutes of a store's sales: what is kept, and what is summed."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from dashboard.sales import Window, summarise
from dashboard.sales_charts import money, pace
from schemas.generated import SalesPerMinute
from tests.unit.dashboard.test_dashboard_charts import columns

NINE = datetime(2026, 1, 31, 9, tzinfo=UTC)


def sold(minute: int, units: int, sku: str = "a", currency: str = "CHF") -> SalesPerMinute:
    return SalesPerMinute(
        store_id="S1",
        sku=sku,
        currency=currency,
        minute_start=NINE + timedelta(minutes=minute),
        units=units,
        revenue=units * Decimal("1.10"),
    )


def window(*records: SalesPerMinute) -> Window:
    kept = Window()
    for record in records:
        kept.put(record)
    return kept


def test_the_window_is_60_minutes_long_whatever_the_order_of_arrival() -> None:
    first, inside, newest = sold(0, 1), sold(1, 2), sold(60, 4)
    assert set(window(first, inside, newest).records()) == {inside, newest}
    assert set(window(newest, inside, first).records()) == {inside, newest}


def test_a_repeated_minute_replaces_the_one_before() -> None:
    other = sold(0, 2, currency="EUR")
    assert window(sold(0, 1), other, sold(0, 3)).records() == (sold(0, 3), other)


def test_nothing_read_is_not_known_rather_than_zero() -> None:
    assert summarise(()) is None


def test_units_are_summed_and_amounts_of_two_currencies_never() -> None:
    sales = summarise([sold(5, 2), sold(5, 3, currency="EUR"), sold(7, -1), sold(7, 9, "b")])
    assert sales is not None
    assert sales.units == 13
    assert sales.until == NINE + timedelta(minutes=8)
    assert list(sales.by_minute.values()) == [5, 8]
    assert {currency: sum(by.values()) for currency, by in sales.revenue.items()} == {
        "CHF": Decimal("11.00"),
        "EUR": Decimal("3.30"),
    }
    best = [(one.sku, one.units, money(one.revenue)) for one in sales.sellers]
    assert best == [("b", 9, "CHF 9.90"), ("a", 4, "CHF 1.10, EUR 3.30")]


def test_the_pace_has_60_minutes_and_a_zero_where_nothing_was_sold() -> None:
    sales = summarise([sold(5, 2), sold(7, 4)])
    assert sales is not None
    rows = columns(pace(sales.by_minute, sales.until))
    assert rows["amount"] == [0.0] * 57 + [2.0, 0.0, 4.0]
    assert rows["start"][-1] == NINE + timedelta(minutes=7)
