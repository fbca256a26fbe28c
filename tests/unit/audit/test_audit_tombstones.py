"""A published record that was deleted is missing, or was rightly deleted."""

from dataclasses import replace

from connect.record_consumer import Tombstone
from schemas.generated import InventoryLevel, LedgerEntry
from schemas.record import Record
from tests.support.audit_examples import audit
from tests.support.audited_day import DAY, lines_of, the
from tests.support.bookkeeping import books


def tombstone(record: Record) -> Tombstone:
    return Tombstone(type(record), record.key())


def test_a_deleted_level_is_missing_until_it_is_published_again() -> None:
    records = books(DAY)
    level = the(InventoryLevel, records, store_id="north")
    text = lines_of(audit(DAY, [*records, tombstone(level)]))
    assert "inventory-levels (north, milk): is missing; expected" in text
    assert audit(DAY, [*records, tombstone(level), level]).true


def test_a_record_that_no_event_leads_to_may_be_deleted() -> None:
    records = books(DAY)
    other = replace(the(InventoryLevel, records, store_id="north"), sku="none")
    assert "is unexpected" in lines_of(audit(DAY, [*records, other]))
    assert audit(DAY, [*records, other, tombstone(other)]).true


def test_an_entry_that_no_event_leads_to_may_be_deleted_and_no_other() -> None:
    records = books(DAY)
    entry = the(LedgerEntry, records, event_id="sale-1")
    former = replace(entry, event_id="other", source_topic="elsewhere")
    assert "stock-ledger (other): is unexpected" in lines_of(audit(DAY, [*records, former]))
    assert audit(DAY, [*records, former, tombstone(former)]).true
    text = lines_of(audit(DAY, [*records, tombstone(entry)]))
    assert "stock-ledger (sale-1): is missing; expected" in text
    assert audit(DAY, [*records, tombstone(entry), entry]).true
