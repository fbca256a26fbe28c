"""The last lines of an audit name what it did not check."""

from audit.audit_report import Account, Report, Tally
from audit.console_report import conclusion


def test_records_that_were_not_checked_are_counted() -> None:
    tallies = {"inventory-levels": Tally(keys=757, in_flight=690), "stock-ledger": Tally(keys=3)}
    true, unchecked = conclusion(Report({"transactions": Account()}, tallies))
    assert true.startswith("All is true")
    assert "that was checked" in true
    assert unchecked.startswith("Not checked: 690 of 1,450 published records (in flight)")


def test_nothing_is_named_when_all_was_checked() -> None:
    assert len(list(conclusion(Report({}, {"inventory-levels": Tally(keys=1)})))) == 1
