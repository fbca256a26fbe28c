"""Of two events with one id in different partitions the job counts the one that it reads first.

After a crash that may be the other one. The rows of both are then published again: the versions of
both count both events.
"""

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from audit.audit_report import Outcome
from audit.lost_history import LostHistory
from audit.stock_events import stock_event
from schemas.generated import AnyEvent, InventoryLevel, LedgerEntry
from tests.support.audit_examples import START, audit, events, placed
from tests.support.bookkeeping import books
from tests.unit.audit.test_audit_auditor import COUNT, OPENING, SALE, lines_of, the

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
    """Of two events without a ledger entry, such as orders, the audit cannot know which counts."""
    named = [
        (replace(event, event_id=f"e{number}"), partition)
        for number, pair in enumerate(pairs)
        if any(map(stock_event, pair))
        for partition, event in enumerate(pair)
    ]
    deliveries = placed(named)
    read = chance.sample(deliveries, len(deliveries))
    report = audit(deliveries, books(read))
    assert report.true, lines_of(report)


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
