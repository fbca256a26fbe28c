"""Of two events with one id in different partitions the job counts the one that it reads first.

After a crash that may be the other one: the shelf of the former keeps its published level.
"""

from dataclasses import replace

from schemas.generated import InventoryLevel, LedgerEntry
from tests.support.audit_examples import audit, placed
from tests.support.bookkeeping import books
from tests.unit.audit.test_audit_auditor import OPENING, SALE, lines_of, the

OTHER = replace(SALE, store_id="south")
BEFORE = [(OPENING, 0), (replace(OPENING, event_id="shipment-2", store_id="south"), 1)]
FORMER, NOW = placed([*BEFORE, (SALE, 0)]), placed([*BEFORE, (OTHER, 1)])
ALL = placed([*BEFORE, (SALE, 0), (OTHER, 1)])


def test_whichever_of_two_events_counts_the_audit_takes_the_ledger_s_and_names_the_other() -> None:
    for history, other in ((FORMER, "partition 1"), (NOW, "partition 0")):
        report = audit(ALL, books(history))
        assert report.true, lines_of(report)
        (line,) = report.conflicts.lines()
        assert line.startswith(f"transactions (sale-1): {other}, offset 0 has other content")


def test_a_level_that_still_shows_the_event_that_no_longer_counts_is_named() -> None:
    stale = the(InventoryLevel, books(FORMER), store_id="north")
    records = [
        stale if isinstance(each, InventoryLevel) and each.key() == stale.key() else each
        for each in books(NOW)
    ]
    assert the(LedgerEntry, records, event_id="sale-1").store_id == "south"
    report = audit(ALL, records)
    assert "inventory-levels (north, milk): on_hand is 3, expected 5" in lines_of(report)
    assert "inventory-levels (south, milk)" not in lines_of(report)
    assert report.conflicts
