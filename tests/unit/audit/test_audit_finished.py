"""The audit knows when orders and transfers end: finished, and some time after their last event."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.audit_report import Outcome
from audit.delivery import Delivery
from audit.lost_history import LostHistory
from connect.record_consumer import Tombstone
from connect.settings import SLACK_SECONDS, Settings
from schemas.generated import OpenOrder, OpenTransfer, ReplenishmentOrder, Shipment
from schemas.record import Record
from tests.support import oracle
from tests.support.audit_examples import FOR_EVER, audit, placed
from tests.support.audited_day import OPENING, ORDER, lines_of
from tests.support.bookkeeping import books
from tests.support.finished_items import KEPT, Accepted, expected, is_finished, logs

ENDING = replace(FOR_EVER, finished_seconds=int(KEPT.total_seconds()))
START = datetime(2026, 3, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ALL = replace(OPENING, order_id="order-1", event_id="shipment-2", quantity=9)
AGAIN = replace(ORDER, event_id="order-1:again", quantity=2)
CLOCK = replace(OPENING, event_id="other", sku="bread")
"""An event of another key, which carries log time."""


def deliveries(log: Sequence[tuple[Any, datetime]]) -> list[Delivery]:
    """Return the deliveries of events with their times of arrival."""
    arrived = [int(at.timestamp() * 1000) for _, at in log]
    return [
        delivery._replace(arrived_at=at)
        for delivery, at in zip(placed([(event, 0) for event, _ in log]), arrived, strict=True)
    ]


def after(*log: tuple[Any, timedelta]) -> list[Delivery]:
    return deliveries([(event, START + since) for event, since in log])


def without(history: list[Delivery], record_type: type[Record] = OpenOrder) -> list[Any]:
    return [record for record in books(history) if type(record) is not record_type]


def order(**figures: Any) -> OpenOrder:
    key = {"order_id": "order-1", "store_id": "north", "sku": "milk"}
    return OpenOrder.from_dict(key | {"expected_at": None, "cancelled": False} | figures)


DONE = order(ordered=9, received=9, remaining=0, expected_at=ORDER.expected_at, version=2)
NEW = order(ordered=2, received=0, remaining=2, expected_at=ORDER.expected_at, version=1)
JOINED = order(ordered=11, received=9, remaining=2, expected_at=ORDER.expected_at, version=3)


def records_of(log: list[Accepted]) -> list[tuple[Record, bool]]:
    """Return the rows of a log's orders and transfers by the oracle, and which are finished."""
    rows: list[tuple[Record, bool]] = []
    for record_type, rows_of in ((OpenOrder, oracle.orders), (OpenTransfer, oracle.transfers)):
        for key, row in expected(log, rows_of).items():
            named = dict(zip(record_type.KEY, key, strict=True))
            rows.append((record_type.from_dict(named | asdict(row)), is_finished(row)))
    return rows


@given(logs(), st.data())
def test_rows_of_items_that_end_are_true_whether_deleted_or_not_yet(
    log: list[Accepted], data: st.DataObject
) -> None:
    end = max(at for _, at in log) + KEPT + SECOND
    log = sorted([*log, Accepted(CLOCK, end)], key=lambda each: each.at)
    history = deliveries(log)
    others: list[Any] = [
        each for each in books(history) if not isinstance(each, OpenOrder | OpenTransfer)
    ]
    rows = records_of(log)
    kept = [row for row, finished in rows if not finished or data.draw(st.booleans())]
    report = audit(history, [*others, *kept], settings=ENDING)
    assert report.true, lines_of(report)
    open_rows = [row for row, finished in rows if not finished]
    if open_rows:
        missing = data.draw(st.sampled_from(open_rows))
        rest = [row for row in kept if row is not missing]
        assert "is missing" in lines_of(audit(history, [*others, *rest], settings=ENDING))


@pytest.mark.parametrize(("age", "true"), [(KEPT, False), (KEPT + SECOND, True)])
def test_a_finished_order_may_be_absent_once_log_time_has_passed_it(
    age: timedelta, true: bool
) -> None:
    history = after((ORDER, timedelta()), (ALL, SECOND), (CLOCK, SECOND + age))
    assert audit(history, books(history), settings=ENDING).true
    assert audit(history, without(history), settings=ENDING).true is true
    deleted: list[Any] = [*books(history), Tombstone(OpenOrder, DONE.key())]
    assert audit(history, deleted, settings=ENDING).true is true
    assert not audit(history, without(history), settings=FOR_EVER).true


def test_an_open_order_may_never_be_absent() -> None:
    history = after((ORDER, timedelta()), (CLOCK, 9 * KEPT))
    text = lines_of(audit(history, without(history), settings=ENDING))
    assert "open-orders (order-1, north, milk): is missing; expected ordered 9" in text


@pytest.mark.parametrize(
    ("pause", "right", "wrong"), [(KEPT, JOINED, NEW), (KEPT + SECOND, NEW, JOINED)]
)
def test_an_event_after_the_end_begins_a_new_row(
    pause: timedelta, right: OpenOrder, wrong: OpenOrder
) -> None:
    history = after((ORDER, timedelta()), (ALL, SECOND), (AGAIN, SECOND + pause))
    others = without(history)
    for before in ([], [DONE], [DONE, Tombstone(OpenOrder, DONE.key())]):
        assert audit(history, [*others, *before, right], settings=ENDING).true is (
            right is JOINED or before != [DONE]
        )
    assert not audit(history, [*others, wrong], settings=ENDING).true


def test_behind_the_gate_an_order_may_end_later_than_its_arrival_tells() -> None:
    gate = Settings(count_seconds=0, finished_seconds=5 * 24 * 3600)
    five, slack = timedelta(days=5), timedelta(seconds=SLACK_SECONDS)
    for pause, rows in (
        (five - slack, [JOINED]),
        (five, [JOINED, NEW]),
        (five + slack, [JOINED, NEW]),
        (five + slack + SECOND, [NEW]),
    ):
        history = after((ORDER, timedelta()), (ALL, SECOND), (AGAIN, SECOND + pause))
        others: list[Any] = [
            replace(each, source_topic=f"accepted-{each.source_topic}")
            if hasattr(each, "source_topic")
            else each
            for each in without(history)
        ]
        for row in (JOINED, NEW):
            report = audit(history, [*others, row], settings=gate)
            assert report.true is (row in rows), (pause, row)


def test_what_may_have_ended_by_events_that_are_gone_cannot_be_recounted() -> None:
    history = after((ORDER, timedelta()), (CLOCK, KEPT + 2 * SECOND))
    cut = LostHistory(cut={(Shipment.TOPIC, 0): START}, truncated=frozenset([(Shipment.TOPIC, 0)]))
    report = audit(history, without(history), settings=ENDING, lost=cut)
    assert report.outcome is Outcome.NOT_RECOUNTED, report.differences.lines()
    young = after((ORDER, timedelta()), (CLOCK, KEPT))
    assert audit(young, without(young), settings=ENDING, lost=cut).outcome is Outcome.DIFFERS
    assert ReplenishmentOrder.TOPIC != Shipment.TOPIC
