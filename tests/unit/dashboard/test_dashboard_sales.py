"""Sales of the last 60 minutes: the records kept, and their sums."""

from datetime import timedelta
from decimal import Decimal

from dashboard.model.recent_sales import RecentSales, summarise
from dashboard.web.sales_charts import money, per_minute
from schemas.generated import SalesPerMinute
from tests.support.store_records import AT, sold
from tests.unit.dashboard.test_dashboard_charts import columns


def recent(*records: SalesPerMinute) -> RecentSales:
    kept = RecentSales()
    for record in records:
        kept.put(record)
    return kept


def test_60_minutes_are_kept_in_any_order_of_arrival() -> None:
    first, inside, newest = sold(0, 1), sold(1, 2), sold(60, 4)
    assert set(recent(first, inside, newest).records()) == {inside, newest}
    assert set(recent(newest, inside, first).records()) == {inside, newest}


def test_a_repeated_minute_replaces_the_earlier_record() -> None:
    other = sold(0, 2, currency="EUR")
    assert recent(sold(0, 1), other, sold(0, 3)).records() == (sold(0, 3), other)


def test_without_records_sales_are_unknown_not_zero() -> None:
    assert summarise(()) is None


def test_units_are_summed_over_currencies_and_amounts_are_not() -> None:
    sales = summarise([sold(5, 2), sold(5, 3, currency="EUR"), sold(7, -1), sold(7, 9, "b")])
    assert sales is not None
    assert sales.units == 13
    assert sales.until == AT + timedelta(minutes=8)
    assert list(sales.by_minute.values()) == [5, 8]
    assert {currency: sum(by.values()) for currency, by in sales.revenue.items()} == {
        "CHF": Decimal("11.00"),
        "EUR": Decimal("3.30"),
    }
    best = [(one.sku, one.units, money(one.revenue)) for one in sales.sellers]
    assert best == [("b", 9, "CHF 9.90"), ("a", 4, "CHF 1.10, EUR 3.30")]


def test_the_chart_has_60_minutes_and_zero_for_a_minute_without_sales() -> None:
    sales = summarise([sold(5, 2), sold(7, 4)])
    assert sales is not None
    rows = columns(per_minute(sales.by_minute, sales.until))
    assert rows["amount"] == [0.0] * 57 + [2.0, 0.0, 4.0]
    assert rows["start"][-1] == AT + timedelta(minutes=7)
