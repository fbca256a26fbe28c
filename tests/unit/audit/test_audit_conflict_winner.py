"""Of two events with one id in different partitions the job counts the one that it reads first.

After a crash that may be the other one. The rows of both are then published again: the versions of
both count both events.
"""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from audit.audit_report import Outcome
from audit.delivery import Delivery
from audit.lost_history import LostHistory
from schemas.generated import AnyEvent, InventoryLevel, LedgerEntry, OpenOrder
from tests.support.audit_examples import START, audit, events, placed
from tests.support.audited_day import COUNT, OPENING, ORDER, SALE, lines_of, the
from tests.support.bookkeeping import books

OTHER = replace(SALE, store_id="south")
BEFORE = [(OPENING, 0), (replace(OPENING, event_id="shipment-2", store_id="south"), 1)]
ALL = placed([*BEFORE, (SALE, 0), (OTHER, 1)])
NOW = [*ALL[:2], ALL[3], ALL[2]]
"""The same, read in another order."""


def test_whichever_of_two_events_counts_the_audit_takes_the_ledger_s_and_names_the_other() -> None:
    for history, other in ((ALL, "partition 1"), (NOW, "partition 0")):
        report = audit(ALL, books(history))
        assert report.true, lines_of(report)
        (line,) = report.conflicts.lines()
        assert line.startswith(f"transactions (sale-1): {other}, offset 0 has other content")


@given(st.lists(st.tuples(events, events), min_size=1, max_size=6), st.randoms())
def test_conflicts_of_any_events_are_true_whichever_counts(
    pairs: list[tuple[AnyEvent, AnyEvent]], chance: Random
) -> None:
    named = [
        (replace(event, event_id=f"e{number}"), partition)
        for number, pair in enumerate(pairs)
        for partition, event in enumerate(pair)
    ]
    deliveries = placed(named)
    read = chance.sample(deliveries, len(deliveries))
    report = audit(deliveries, books(read))
    assert report.true, lines_of(report)


def orders(*quantities: int) -> list[Delivery]:
    """Return two orders with one id in different partitions, and one that follows."""
    one, other = (replace(ORDER, quantity=quantity, store_id="south") for quantity in quantities)
    return placed([(one, 0), (other, 1), (replace(ORDER, event_id="order-2"), 0)])


def test_of_two_orders_with_one_id_any_may_count_and_no_other_figure_is_true() -> None:
    both = orders(3, 5)
    for read in (both, both[::-1]):
        assert audit(both, books(read)).outcome is Outcome.CONFLICTS
    row = the(OpenOrder, books(both), store_id="south")
    for wrong in (
        replace(row, ordered=8, remaining=8),
        replace(row, ordered=0, remaining=0, expected_at=None),
        replace(row, version=1),
    ):
        records = [wrong if each == row else each for each in books(both)]
        text = lines_of(audit(both, records))
        assert "open-orders (order-1, south, milk): " in text
        assert "any of the events with the id order-1:placed may count" in text
        assert "north" not in text


def test_orders_of_different_stores_with_one_id_are_true_whichever_counts() -> None:
    north, south = placed([(ORDER, 0), (replace(ORDER, store_id="south"), 1)])
    for read in ([north, south], [south, north]):
        report = audit([north, south], books(read))
        assert report.outcome is Outcome.CONFLICTS, lines_of(report)


def test_an_order_that_came_first_in_its_partition_counts() -> None:
    one, other = placed([(ORDER, 0), (replace(ORDER, quantity=1), 0)])
    assert audit([one, other], books([one, other])).true
    assert "ordered is 1, expected" in lines_of(audit([one, other], books([other, one])))


def test_an_order_with_the_id_of_a_sale_counts_too() -> None:
    history = placed([(SALE, 0), (replace(ORDER, event_id=SALE.event_id), 0)])
    report = audit(history, books(history))
    assert report.outcome is Outcome.TRUE, lines_of(report)
    assert report.accounts["transactions"].counted == 1
    assert report.accounts["replenishment-orders"].counted == 1


def test_an_id_that_is_used_again_once_it_is_forgotten_is_named() -> None:
    """The job counts both, and the ledger has the later one."""
    again = replace(SALE, quantity=7)
    both = books(placed([(SALE, 0), (replace(again, event_id="forgotten"), 0)]))
    earlier, later = (
        the(LedgerEntry, both, event_id=each) for each in (SALE.event_id, "forgotten")
    )
    published = [replace(each, event_id=SALE.event_id) if each is later else each for each in both]
    published.remove(earlier)
    text = lines_of(audit(placed([(SALE, 0), (again, 0)]), published))
    assert "stock-ledger (sale-1): quantity is -7, expected -2" in text
    assert "give -7 on hand, but -9 is published" in text


def test_more_choices_than_are_tried_are_named_as_such() -> None:
    pairs = [
        (replace(ORDER, event_id=f"e{number}", quantity=number + 1 + partition), partition)
        for number in range(12)
        for partition in range(2)
    ]
    both = placed(pairs)
    report = audit(both, books(both[::-1]))
    assert report.outcome is Outcome.CONFLICTS
    (line,) = report.lost.lines()
    assert "too many of its events share their id with another one" in line


def test_each_content_of_a_conflict_is_one_more_event_of_its_rows() -> None:
    both = placed([(SALE, 0), (OTHER, 1), (OTHER, 1), (replace(OTHER, quantity=3), 1), (SALE, 0)])
    records = books(both)
    assert the(InventoryLevel, records, store_id="north").version == 1
    level = the(InventoryLevel, records, store_id="south")
    assert (level.on_hand, level.sold, level.version) == (0, 0, 2)
    assert audit(both, records).outcome is Outcome.CONFLICTS
    for wrong in (replace(level, version=3), replace(level, on_hand=-2), None):
        others = [each for each in records if each is not level]
        report = audit(both, [*others, *filter(None, [wrong])])
        assert "inventory-levels (south, milk): " in lines_of(report)


def test_a_count_that_conflicts_anchors_nothing() -> None:
    history = placed([(OPENING, 0), (COUNT, 0), (replace(COUNT, quantity=1), 0)])
    level = the(InventoryLevel, books(history))
    assert (level.on_hand, level.version) == (COUNT.quantity, 3)
    assert audit(history, books(history)).outcome is Outcome.CONFLICTS


def test_a_conflict_after_the_audit_began_is_in_flight() -> None:
    late = ALL[3]._replace(late=True)
    for read in (ALL[:3], ALL):
        report = audit([*ALL[:3], late], books(read))
        assert report.true, lines_of(report)
        assert report.tallies[InventoryLevel.TOPIC].in_flight == 1


def test_conflicts_that_are_gone_or_have_expired_excuse_versions_and_no_quantity() -> None:
    gone = LostHistory(kept={("transactions", 1): range(1, 1)}, cut={("transactions", 1): START})
    expired = [*ALL[:3], ALL[3]._replace(uncertain=True)]
    for deliveries, published, lost in (
        (ALL[:3], books(ALL), gone),
        (expired, books(ALL[:3]), LostHistory(quarantine_since=START)),
    ):
        report = audit(deliveries, published, lost=lost)
        assert report.true, lines_of(report)
        level = the(InventoryLevel, published, store_id="south")
        wrong = [replace(each, on_hand=4) if each is level else each for each in published]
        assert not audit(deliveries, wrong, lost=lost).true


def test_a_level_that_still_shows_the_event_that_no_longer_counts_is_named() -> None:
    stale = the(InventoryLevel, books(ALL), store_id="north")
    records = [
        stale if isinstance(each, InventoryLevel) and each.key() == stale.key() else each
        for each in books(NOW)
    ]
    assert the(LedgerEntry, records, event_id="sale-1").store_id == "south"
    report = audit(ALL, records)
    assert "inventory-levels (north, milk): on_hand is 3, expected 5" in lines_of(report)
    assert "inventory-levels (south, milk)" not in lines_of(report)
    assert report.conflicts
