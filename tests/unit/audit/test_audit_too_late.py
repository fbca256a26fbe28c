"""A record may be in quarantine although it counts: the gate accepted it, lost its offset, and read
it again after the dedup horizon or with other settings; or the other way round."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from audit.audit_report import Account, Report
from audit.delivery import Delivery
from schemas.generated import LedgerEntry, OpenOrder, ReplenishmentOrder
from tests.support.audit_examples import START, audit, placed
from tests.support.audited_day import COUNT, DAY, LEG, OPENING, SALE, lines_of, the
from tests.support.bookkeeping import books

ORDER = ReplenishmentOrder(
    event_id="order-1",
    order_id="o1",
    store_id="north",
    sku="milk",
    status="placed",
    quantity=6,
    expected_at=START,
    occurred_at=START,
    recorded_at=START,
)
LOST = replace(LEG, event_id="lost-1", phase="lost", quantity=1)
HISTORY = [*DAY, *placed([(ORDER, 1), (LOST, 1)])]
EVENTS: list[Any] = [OPENING, COUNT, SALE, LEG, ORDER, LOST]


def refused(history: Sequence[Delivery], *event_ids: str) -> list[Delivery]:
    return [each._replace(may_count=each.event.event_id in event_ids) for each in history]


def without(event_id: str) -> list[Delivery]:
    return [each for each in HISTORY if each.event.event_id != event_id]


def account(report: Report, event: Any) -> Account:
    return report.accounts[event.TOPIC]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event_id)
def test_an_event_that_is_counted_and_in_quarantine_is_true(event: Any) -> None:
    report = audit(refused(HISTORY, event.event_id), books(HISTORY))
    assert report.true, lines_of(report)
    assert not report.lost
    assert account(report, event).quarantined == (event in (ORDER, LOST))


def test_all_events_at_once_are_true() -> None:
    report = audit(refused(HISTORY, *(each.event_id for each in EVENTS)), books(HISTORY))
    assert report.true, lines_of(report)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.event_id)
def test_an_event_that_was_only_refused_is_quarantined_and_changes_no_figure(event: Any) -> None:
    report = audit(refused(HISTORY, event.event_id), books(without(event.event_id)))
    assert report.true, lines_of(report)
    assert not report.lost
    assert account(report, event).quarantined == 1


def test_a_wrong_entry_of_a_refused_event_is_named() -> None:
    records = books(HISTORY)
    entry = the(LedgerEntry, records, event_id="sale-1")
    wrong = [replace(each, quantity=-3) if each is entry else each for each in records]
    assert "stock-ledger (sale-1): is unexpected" in lines_of(
        audit(refused(HISTORY, "sale-1"), wrong)
    )


def test_a_wrong_figure_with_a_refused_order_is_named() -> None:
    records = books(HISTORY)
    order = the(OpenOrder, records)
    wrong = [replace(each, ordered=7) if each is order else each for each in records]
    assert "open-orders (o1, north, milk): " in lines_of(audit(refused(HISTORY, "order-1"), wrong))


def test_an_event_that_was_redriven_is_quarantined_once_and_accepted_once() -> None:
    history = placed([(OPENING, 0), (SALE, 0), (SALE, 0)])
    history[1] = history[1]._replace(may_count=True)
    report = audit(history, books([history[0], history[2]]))
    assert report.true, lines_of(report)
    sales = account(report, SALE)
    assert (sales.counted, sales.repeats, sales.quarantined) == (1, 0, 1)
