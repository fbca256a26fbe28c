"""Sales: units by hour and day with returns apart, revenue, and best sellers."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo

import streamlit as st

from dashboard.model.sales_hours import HOUR, Bar, by_span, hour, hours_of, last_hour
from dashboard.queries import store_sales as query
from dashboard.queries.ledger_hours import LedgerHours, ledger_hours
from dashboard.queries.shared import shared
from dashboard.queries.store_sales import Lines
from dashboard.text.shelf_words import NONE
from dashboard.web import sales_bars, sales_charts, style
from dashboard.web.palette import palette
from dashboard.web.refreshed_part import refreshed
from dashboard.web.visit import Visit, minute
from schemas.generated import InventoryLevel, LedgerEntry, Product, SalesByDay, SalesPerMinute
from schemas.record import Record
from views.amounts import amount
from views.database.read_offsets import of_topic
from views.local_time import local

SUMS_SECONDS = 5
"""Sums over hours and days need not be new each second."""
DAYS = 14
"""Number of days in the chart of days."""
SLOW_SECONDS = 600
ALL_DAY = (0, 24)
TODAY = "today"
"""Name in the session's state: the day that was today when the page was drawn."""
MINUTES_KEPT = timedelta(days=7)
"""Time for which the topic of the sales per minute keeps them, and so the read model."""
UNREAD = (
    "The hours of these sales are not known: {unknown:,} of {all:,} receipt lines of this day are "
    "not among the movements that have been read."
)
NOTHING = "Nothing was sold."
NO_BEST = "The best sellers of these hours are not known, only those of the whole day."
SOLD = "Units sold: pieces, and kilograms, litres or metres of what is weighed or measured"


@dataclass(frozen=True, slots=True)
class Period:
    """The chosen hours of the chosen day, in the zone of the business days."""

    day: date
    hours: tuple[int, int]
    zone: tzinfo

    @property
    def whole_day(self) -> bool:
        return self.hours == ALL_DAY

    @property
    def limits_of_day(self) -> tuple[datetime, datetime]:
        """Start and end of the day."""
        start, end = (hour(self.day, number, self.zone) for number in ALL_DAY)
        return start, end

    @property
    def start(self) -> datetime:
        return hour(self.day, self.hours[0], self.zone)

    @property
    def end(self) -> datetime:
        return hour(self.day, self.hours[1], self.zone)

    @property
    def words(self) -> str:
        first, last = self.hours
        hours = "" if self.whole_day else f", {first:02}:00 to {last:02}:00"
        return f"{self.day:%a %d %b %Y}{hours} ({self.zone})"


def show(visit: Visit) -> None:
    """Draw the sales of the chosen store."""
    if not visit.need_store():
        return
    zone = visit.shown
    today = _today(zone)
    with st.container(horizontal=True, vertical_alignment="bottom", key="period"):
        day = st.date_input("Day", today, key="day", bind="query-params", width=180)
        hours = st.slider("Hours", *ALL_DAY, ALL_DAY, key="hours", bind="query-params", width=320)
    if hours[0] == hours[1]:
        st.html(style.unknown("Choose at least one hour."))
        return
    if str(visit.local_zone) != str(zone):
        st.caption(
            f"All times are of {zone}, as the days of sales are; "
            f"other pages have those of {visit.local_zone}."
        )
    period = Period(day, hours, zone)
    if day != today:
        st.html(style.heading("Now", f"the last hour of today; {day:%a %d %b %Y} is below"))
    _last_hour(visit, zone)
    _hours(visit, period)
    _best(visit, period)
    _days(visit, today, zone)


def _today(zone: tzinfo) -> date:
    """Return the day; at midnight, a page that shows today goes on to the new one."""
    today = datetime.now(zone).date()
    former = st.session_state.get(TODAY, today)
    if former != today and st.session_state.get("day") == former:
        st.session_state["day"] = today
    st.session_state[TODAY] = today
    return today


def _lines(visit: Visit, period: Period) -> Lines:
    """Count the lines of the chosen day; no line of today or later is without its minute."""
    assert visit.store is not None
    if period.day >= datetime.now(period.zone).date():
        return Lines(0, 0)
    # Of days that have ended, which change seldom.
    span = (visit.engine, (visit.store,), period.day, *period.limits_of_day)
    return shared(minute(), query.lines_of_day, *span)


def _has_minutes(period: Period, lines: Lines) -> bool:
    """Return True if the minute of each line of the chosen day is known."""
    start, _ = period.limits_of_day
    return not lines.without_minute and start >= datetime.now(UTC) - MINUTES_KEPT


def _hours_of_ledger(visit: Visit, period: Period, lines: Lines) -> LedgerHours:
    """Sum the chosen day by hour from the ledger, anew when it has another line."""
    assert visit.store is not None
    topic = visit.settings.prefixed(LedgerEntry.TOPIC)
    is_read = all(each.complete for each in of_topic(visit.state.positions, topic).values())
    version = lines.of_day, int(time.time()) // SLOW_SECONDS if is_read else minute()
    spans = (period.limits_of_day, (period.start, period.end))
    limits = sorted({limit for span in spans for limit in (*hours_of(*span), span[1])})
    return shared(version, ledger_hours, visit.engine, (visit.store,), tuple(limits))


@refreshed
def _last_hour(visit: Visit, zone: tzinfo) -> None:
    assert visit.store is not None
    start, end = last_hour(datetime.now(UTC))
    version = visit.version(SalesPerMinute, LedgerEntry, seconds=SUMS_SECONDS)
    span = (visit.engine, (visit.store,), start, end)
    by_minute = query.units_by_minute(*span, version)
    returned = shared(version, query.returns_by_minute, *span)
    net, back = sum(by_minute.values()), sum(returned.values())
    both = SalesPerMinute, LedgerEntry

    def known(number: float, *sources: type[Record]) -> str:
        return amount(number, None) if visit.has_read(*sources) else NONE

    hours = f"{local(start, zone):%H:%M} to {local(end, zone):%H:%M} ({zone})"
    with st.container(horizontal=True, gap="small", key="headline"):
        st.metric(
            f"Units sold in the last hour, {hours}",
            known(net + back, *both),
            help=f"{SOLD}.",
            border=True,
        )
        st.metric(
            "Brought back in that hour",
            known(back, LedgerEntry),
            help="Units returned by customers.",
            border=True,
        )
        st.metric("Sold less returned in that hour", known(net, SalesPerMinute), border=True)
    sales_charts.minutes(span, version, zone)


@refreshed
def _hours(visit: Visit, period: Period) -> None:
    assert visit.store is not None
    version = visit.version(SalesPerMinute, LedgerEntry, seconds=SUMS_SECONDS)
    span = (visit.engine, (visit.store,), period.start, period.end)
    lines, unread = _lines(visit, period), 0
    if _has_minutes(period, lines):
        net: Mapping[datetime, float] = query.units_by_minute(*span, version)
        returned = shared(version, query.returns_by_minute, *span)
    else:
        hours = _hours_of_ledger(visit, period, lines)
        net, returned = hours.net, hours.returned
        unread = max(lines.of_day - hours.lines, 0)
    bars = by_span((period.start, period.end), HOUR, net, returned)
    heading = style.heading("Units by hour", period.words)
    st.html(heading + style.sales_legend())
    if any(bar.net or bar.returned for bar in bars):
        labels = sales_charts.clock_labels(bars, period.zone)
        st.vega_lite_chart(
            sales_bars.bars(bars, labels),
            sales_bars.spec("Hour", palette()),
            width="stretch",
            key="hours-chart",
            alt=f"Units sold and returned by hour, {period.words}",
        )
    elif not unread:
        words = visit.absence("No sales in these hours.", SalesPerMinute, LedgerEntry)
        st.html(style.unknown(words))
    if unread:
        st.html(style.unknown(UNREAD.format(unknown=unread, all=lines.of_day)))


@refreshed
def _best(visit: Visit, period: Period) -> None:
    assert visit.store is not None
    # A day counts late sales, too; its minutes do not.
    limits = (period.day, period.day) if period.whole_day else (period.start, period.end)
    table = SalesByDay if period.whole_day else SalesPerMinute
    span = (visit.engine, (visit.store,), *limits)
    version = visit.version(table, Product, InventoryLevel, seconds=SUMS_SECONDS)
    if period.whole_day or _has_minutes(period, _lines(visit, period)):
        none = visit.absence(NOTHING, table)
        sales_charts.best_sellers(span, version, period.words, none)
    else:
        known = f"{period.words}, as far as minutes are known"
        sales_charts.best_sellers(span, version, known, NO_BEST)


@refreshed
def _days(visit: Visit, today: date, zone: tzinfo) -> None:
    assert visit.store is not None
    if datetime.now(zone).date() != today:
        st.rerun()
    stores = (visit.store,)
    version = visit.version(SalesByDay, LedgerEntry, seconds=SUMS_SECONDS)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    net = shared(version, query.units_by_day, visit.engine, stores, days[0], today)
    # Returns that come late to a day before today need not be shown at once.
    slow = int(time.time()) // SLOW_SECONDS
    spans = [(hour(day, 0, zone), hour(day, 24, zone)) for day in days]
    bars = [
        Bar(
            *span,
            net.get(day, 0),
            shared(
                version if day == today else slow,
                query.returns_between,
                visit.engine,
                stores,
                *span,
            ),
        )
        for day, span in zip(days, spans, strict=True)
    ]
    heading = style.heading("Units by day", f"the last {DAYS} days of {zone}")
    st.html(heading + style.sales_legend())
    if any(bar.net or bar.returned for bar in bars):
        st.vega_lite_chart(
            sales_bars.bars(bars, [f"{day:%a %d %b}" for day in days]),
            sales_bars.spec("Day", palette()),
            width="stretch",
            key="days-chart",
            alt=f"Units sold and brought back by day, the last {DAYS} days",
        )
    else:
        words = visit.absence(f"No sales in the last {DAYS} days.", SalesByDay, LedgerEntry)
        st.html(style.unknown(words))
