"""The audit tells what it cannot recount from what is wrong."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from audit.audit_report import Outcome, Report
from audit.console_report import conclusion
from audit.lost_history import LostHistory
from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    SalesByDay,
    Transfer,
)
from tests.support.audit_examples import START, audit, placed
from tests.support.audited_day import COUNT, LEG, OPENING, ORDER, SALE, the
from tests.support.bookkeeping import books

LATER = replace(SALE, event_id="sale-2", quantity=1)
HISTORY = placed([(OPENING, 0), (COUNT, 0), (SALE, 0), (LATER, 0), (LEG, 0), (ORDER, 0)])
TOPICS = {delivery.event.TOPIC for delivery in HISTORY}
ANEW = LostHistory(
    kept={(topic, 0): range(9, 9) for topic in TOPICS},
    cut={(topic, 0): None for topic in TOPICS},
)
"""Every topic was deleted and created again."""
CUT = LostHistory(
    kept={("transactions", 0): range(1, 9)},
    cut={("transactions", 0): START},
    truncated=frozenset([("transactions", 0)]),
)
"""The first sale is gone."""
EXPIRED = LostHistory(quarantine_since=START + timedelta(days=1))


def text(report: Report) -> str:
    return "\n".join([*report.lost.lines(), *conclusion(report)])


def wrong(records: list[Any], record_type: Any, change: dict[str, Any], **values: Any) -> list[Any]:
    one = the(record_type, records, **values)
    return [replace(one, **change) if each is one else each for each in records]


def test_topics_made_anew_are_named_and_nothing_is_called_untrue() -> None:
    report = audit([], books(HISTORY), lost=ANEW)
    assert report.outcome is Outcome.NOT_RECOUNTED, report.differences.lines()
    assert report.accounts["transactions"].gone == 2
    assert report.tallies[OpenOrder.TOPIC].lost == report.tallies[OpenTransfer.TOPIC].lost == 1
    assert "transactions (partition 0): cannot be recounted before now" in text(report)
    assert "2 ledger entries come from them" in text(report)


def test_without_losses_the_same_records_are_not_true() -> None:
    assert audit([], books(HISTORY)).outcome is Outcome.DIFFERS


@pytest.mark.parametrize(
    ("record_type", "change"),
    [
        (InventoryLevel, {"on_hand": 3}),
        (InventoryLevel, {"sold": 4}),
        (LedgerEntry, {"source_topic": "elsewhere"}),
    ],
)
def test_a_wrong_level_is_not_excused_by_lost_history(
    record_type: Any, change: dict[str, Any]
) -> None:
    values = {"event_id": "sale-1"} if record_type is LedgerEntry else {"store_id": "north"}
    records = wrong(books(HISTORY), record_type, change, **values)
    assert audit([], records, lost=ANEW).outcome is Outcome.DIFFERS


def test_a_partition_without_its_beginning_is_recounted_from_there() -> None:
    left = [delivery for delivery in HISTORY if delivery.event is not SALE]
    report = audit(left, books(HISTORY), lost=CUT)
    assert report.outcome is Outcome.NOT_RECOUNTED, report.differences.lines()
    assert report.accounts["transactions"].gone == report.accounts["transactions"].counted == 1
    assert report.tallies[SalesByDay.TOPIC].lost == 1
    assert report.tallies[InventoryLevel.TOPIC].lost == 0
    assert "before 2026-03-01 23:58 UTC, as its earlier records are gone" in text(report)


@pytest.mark.parametrize(
    ("record_type", "change", "values"),
    [
        (LedgerEntry, {"quantity": -9}, {"event_id": "sale-2"}),
        (LedgerEntry, {"event_id": "ghost", "source_offset": 5}, {"event_id": "sale-2"}),
        (SalesByDay, {"version": 1}, {}),
        (OpenOrder, {"version": 2}, {}),
        (OpenTransfer, {"in_transit": 1}, {}),
    ],
)
def test_a_difference_that_the_loss_does_not_explain_is_one(
    record_type: Any, change: dict[str, Any], values: dict[str, Any]
) -> None:
    left = [delivery for delivery in HISTORY if delivery.event is not SALE]
    records = wrong(books(HISTORY), record_type, change, **values)
    report = audit(left, records, lost=CUT)
    assert report.outcome is Outcome.DIFFERS
    assert record_type.TOPIC in report.differences.count


def test_a_repeat_of_a_record_that_is_gone_is_a_duplicate_and_other_content_a_conflict() -> None:
    again, other = placed([(SALE, 1), (replace(SALE, quantity=7), 1)])
    left = [delivery for delivery in HISTORY if delivery.event is not SALE]
    report = audit([*left, again, other], books([*HISTORY, other]), lost=CUT)
    account = report.accounts["transactions"]
    assert (account.repeats, account.conflicts, account.gone) == (1, 1, 1)
    assert report.true, report.differences.lines()


def test_a_record_whose_quarantine_entry_has_expired_is_not_missing() -> None:
    rejected = replace(SALE, event_id="rejected", quantity=5)
    (delivery,) = placed([(rejected, 1)])
    uncertain = [each._replace(uncertain=True) for each in [*HISTORY, delivery]]
    report = audit(uncertain, books(HISTORY), lost=EXPIRED)
    assert report.outcome is Outcome.NOT_RECOUNTED, report.differences.lines()
    account = report.accounts["transactions"]
    assert (account.counted, account.expired) == (2, 1)
    assert "transactions (before 2026-03-02 23:58 UTC): 1 records are neither" in text(report)
    certain = audit([*HISTORY, delivery], books(HISTORY), lost=EXPIRED)
    assert certain.outcome is Outcome.DIFFERS


def test_a_repaired_record_counts_though_the_entry_of_the_broken_one_has_expired() -> None:
    broken, repaired = placed([(replace(SALE, quantity=7), 0), (SALE, 0)])
    report = audit([broken._replace(uncertain=True), repaired], books([repaired]), lost=EXPIRED)
    assert report.true, report.differences.lines()
    assert report.accounts["transactions"].expired == 1


def test_an_order_that_may_have_been_quarantined_is_not_recounted_if_it_is_not_published() -> None:
    (delivery,) = placed([(replace(ORDER, event_id="rejected", quantity=100), 1)])
    (order,) = [each for each in HISTORY if each.event is ORDER]
    uncertain = [order, delivery._replace(uncertain=True)]
    report = audit(uncertain, books([order]), lost=EXPIRED)
    assert report.outcome is Outcome.NOT_RECOUNTED, report.differences.lines()
    assert "open-orders (order-1, north, milk): cannot be recounted" in text(report)
    assert audit(uncertain, books(uncertain), lost=EXPIRED).outcome is Outcome.TRUE
    too_few = wrong(books([order]), OpenOrder, {"version": 0})
    assert audit(uncertain, too_few, lost=EXPIRED).outcome is Outcome.DIFFERS


def test_records_with_one_event_id_and_other_content_are_named() -> None:
    history = placed([(SALE, 0), (replace(SALE, store_id="south"), 1), (SALE, 1)])
    report = audit(history, books(history))
    assert report.outcome is Outcome.CONFLICTS
    (line,) = report.conflicts.lines()
    assert line == "transactions (sale-1): partition 1, offset 0 has other content."
    assert "their event_id is that of another event: 1." in text(report)
    assert audit(history[::2], books(history[::2])).outcome is Outcome.TRUE


def test_an_event_that_this_version_does_not_handle_is_counted_apart() -> None:
    stolen = Transfer.from_dict(LEG.to_dict() | {"event_id": "leg-2", "phase": "stolen"})
    delayed = replace(ORDER, event_id="order-1:delayed", status="delayed")
    history = placed([(OPENING, 0), (stolen, 0), (delayed, 0)])
    report = audit(history, books(history[:1]))
    assert report.outcome is Outcome.TRUE, report.differences.lines()
    assert report.accounts["transfers"].unhandled == 1
    assert report.accounts["replenishment-orders"].unhandled == 1
    assert "phase or status that this version does not handle: 2." in text(report)
