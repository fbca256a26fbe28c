"""The audit accepts correct records, and names every wrong, missing or surplus one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from audit.audit_report import Report
from audit.delivery import Delivery
from connect.settings import Settings
from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    OpenTransfer,
    SalesByDay,
)
from schemas.record import Record
from tests.support.audit_examples import FOR_EVER, START, arrivals, audit, placed
from tests.support.audited_day import COUNT, DAY, OPENING, SALE, later, lines_of, the
from tests.support.bookkeeping import books


def with_changed(record_type: type[Record], change: dict[str, Any], **values: Any) -> Report:
    """Audit DAY with the named record changed."""
    records = books(DAY)
    wrong = the(record_type, records, **values)
    return audit(DAY, [replace(r, **change) if r is wrong else r for r in records])


def limit(count_seconds: int) -> Settings:
    return replace(FOR_EVER, count_seconds=count_seconds)


@given(arrivals(), st.randoms(use_true_random=False), st.integers(1, 5))
def test_correct_records_pass_in_any_order_of_reading(
    history: list[Delivery], chance: Any, buckets: int
) -> None:
    records = books(history)
    chance.shuffle(records)
    read = sorted(history, key=lambda delivery: delivery.place)
    report = audit(read, records, buckets)
    assert report.true, lines_of(report)
    for topic, account in report.accounts.items():
        ids = {d.event.event_id for d in history if topic == d.event.TOPIC}
        assert account.counted == len(ids)
        assert account.repeats == account.records - len(ids)
    for kind in (LedgerEntry, InventoryLevel, OpenOrder, OpenTransfer, SalesByDay):
        tally = report.tallies[kind.TOPIC]
        assert (tally.keys, tally.wrong) == (sum(type(r) is kind for r in records), 0)


def test_a_count_recorded_too_late_is_in_the_ledger_as_refused_and_in_no_level() -> None:
    late = replace(COUNT, event_id="count-2", counted_at=later(3), recorded_at=later(5))
    history = placed([(OPENING, 0), (COUNT, 0), (SALE, 0), (late, 0)])
    records = books(history[:-1])
    refused = replace(
        the(LedgerEntry, books(history), event_id="count-2"),
        kind="refused_count",
        reason="recorded more than 119 s after it was taken",
    )
    assert audit(history, [*records, refused], settings=limit(119)).true
    assert "count-2" in lines_of(audit(history, [*records, refused], settings=limit(120)))
    assert "count-2" in lines_of(audit(history, books(history), settings=limit(119)))


@given(arrivals(), st.data())
def test_any_one_wrong_lost_or_invented_record_is_named(
    history: list[Delivery], data: st.DataObject
) -> None:
    records = books(history)
    if not records:
        return
    chosen: Any = data.draw(st.sampled_from(records))
    # No event tells the generation of the job's state.
    fields = [name for name in chosen.to_dict() if name not in (*chosen.KEY, "generation")]
    change = data.draw(st.sampled_from([*fields, "lost", "invented"]))
    wrong: list[Record]
    if change == "lost":
        wrong = []
    elif change == "invented":
        wrong = [chosen, replace(chosen, **{chosen.KEY[0]: "another"})]
    else:
        wrong = [replace(chosen, **{change: _other(getattr(chosen, change), change)})]
    report = audit(history, [r for r in records if r is not chosen] + wrong)
    for record in wrong[-1:] or [chosen]:
        assert f"{record.TOPIC} ({', '.join(record.key())})" in lines_of(report)


def _other(value: Any, name: str) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return value + "-x"
    if value is None:
        return "other" if name in ("reason", "reference") else START + timedelta(days=9)
    if name.startswith("source_"):
        # The next offset could be that of an equal delivery, which may have been the first.
        return value + 100
    return value + (timedelta(milliseconds=1) if hasattr(value, "year") else 1)


@given(arrivals())
def test_older_versions_published_again_after_a_crash_change_nothing(
    history: list[Delivery],
) -> None:
    records: list[Any] = books(history)
    older = [replace(r, version=r.version - 1) for r in records if not isinstance(r, LedgerEntry)]
    assert audit(history, [*older, *records, *older]).true


def test_a_level_off_by_one_is_named_with_both_figures_and_what_the_ledger_has() -> None:
    text = lines_of(with_changed(InventoryLevel, {"on_hand": 4}, store_id="north"))
    assert "inventory-levels (north, milk): on_hand is 4, expected 3" in text
    assert "the ledger has its 4 events: count-1, leg-1, sale-1, shipment-1" in text
    assert "give 3 on hand, but 4 is published" in text
    assert "stock-ledger (" not in text


def test_an_event_missing_in_the_ledger_is_named_at_its_level_too() -> None:
    records = [r for r in books(DAY) if r is not None]
    lost = the(LedgerEntry, records, event_id="sale-1")
    report = audit(DAY, [r for r in records if r != lost])
    assert "stock-ledger (sale-1): is missing; expected store_id north, sku milk" in lines_of(
        report
    )
    assert "give 5 on hand, but 3 is published; missing in the ledger: sale-1" in lines_of(report)
    assert not report.accounts["transactions"].balances


def test_an_unexpected_ledger_entry_is_named_at_its_level_too() -> None:
    records = books(DAY)
    invented = replace(the(LedgerEntry, records, event_id="sale-1"), event_id="ghost")
    text = lines_of(audit(DAY, [*records, invented]))
    assert "stock-ledger (ghost): is unexpected, no accepted event leads to it" in text
    assert "surplus in the ledger: ghost" in text


def test_a_wrong_movement_in_the_ledger_is_named_with_its_store_and_product() -> None:
    text = lines_of(with_changed(LedgerEntry, {"quantity": -3}, event_id="sale-1"))
    assert "stock-ledger (sale-1): quantity is -3, expected -2; store north, SKU milk" in text
    assert "give 2 on hand, but 3 is published; wrong in the ledger: sale-1" in text


def test_a_transfer_out_of_balance_is_named_with_its_legs() -> None:
    text = lines_of(with_changed(OpenTransfer, {"in_transit": 0}))
    assert "open-transfers (transfer-1, north, south, milk): in_transit is 0, expected 4" in text
    assert "its events: leg-1" in text


def test_a_level_that_the_job_has_not_written_yet_is_missing() -> None:
    records = [r for r in books(DAY) if not isinstance(r, InventoryLevel)]
    text = lines_of(audit(DAY, records))
    assert "inventory-levels (north, milk): is missing; expected on_hand 3" in text


def test_a_contradicting_repeat_is_counted_and_the_first_wins() -> None:
    other = replace(SALE, quantity=7)
    first_wins = placed([(SALE, 0), (other, 0), (SALE, 0)])
    report = audit(first_wins, books(first_wins))
    account = report.accounts["transactions"]
    assert (account.counted, account.repeats, account.conflicts) == (1, 1, 1)
    assert report.true
    second_won = [first_wins[1], first_wins[0], first_wins[2]]
    text = lines_of(audit(first_wins, books(second_won)))
    assert "stock-ledger (sale-1): quantity is -7, expected -2" in text
    assert "source_offset is 1, expected 0" in text


def test_of_contradicting_partitions_the_ledger_names_the_accepted_one() -> None:
    one, other = placed([(SALE, 0), (replace(SALE, quantity=7, store_id="south"), 1)])
    for order in ([one, other], [other, one]):
        report = audit([one, other], books(order))
        assert report.true
        assert report.accounts["transactions"].conflicts == 1


def test_records_produced_after_the_audit_began_are_in_flight() -> None:
    late = Delivery(replace(SALE, event_id="sale-2"), 0, 1, late=True)
    for seen in (DAY, [*DAY, late]):
        report = audit([*DAY, late], books(seen))
        assert report.true, lines_of(report)
        assert report.tallies[InventoryLevel.TOPIC].in_flight == 1
        assert report.tallies[SalesByDay.TOPIC].in_flight == 1
        assert report.accounts["transactions"].records == 1


def test_an_event_of_which_the_ledger_names_a_later_delivery_is_in_flight() -> None:
    early, late = placed([(SALE, 0), (SALE, 1)])
    deliveries = [early, late._replace(late=True)]
    report = audit(deliveries, books([late, early]))
    assert report.true, lines_of(report)
    assert report.accounts["transactions"].repeats == 1
    assert report.tallies[LedgerEntry.TOPIC].in_flight == 1


def test_every_difference_is_counted_and_only_some_are_named() -> None:
    many = placed([(replace(SALE, event_id=f"s{n:03}", sku=f"sku{n}"), 0) for n in range(100)])
    report = audit(many, [])
    assert report.differences.count[LedgerEntry.TOPIC] == 100
    assert "stock-ledger: 80 more." in report.differences.lines()
