"""The last lines of an audit name what it did not check."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from confluent_kafka.admin import AdminClient

from audit import offsets
from audit.audit_report import Account, Outcome, Report, Tally
from audit.console_report import conclusion
from audit.history_limits import find_lost_history
from connect.settings import Settings
from tests.support.audit_examples import audit

TOPICS = ("transactions", "transfers")


def test_records_that_were_not_checked_are_counted() -> None:
    tallies = {"inventory-levels": Tally(keys=757, in_flight=690), "stock-ledger": Tally(keys=3)}
    true, unchecked = conclusion(Report({"transactions": Account()}, tallies))
    assert true.startswith("All is true")
    assert "that was checked" in true
    assert unchecked.startswith("Not checked: 690 of 1,450 published records (in flight)")


def test_nothing_is_named_when_all_was_checked() -> None:
    assert len(list(conclusion(Report({}, {"inventory-levels": Tally(keys=1)})))) == 1


@pytest.mark.parametrize("seen", [(), TOPICS[:1], TOPICS])
def test_accepted_topics_that_the_client_does_not_see_are_named_and_no_audit_is_true(
    monkeypatch: pytest.MonkeyPatch, seen: tuple[str, ...]
) -> None:
    answered = {f"accepted-{topic}": SimpleNamespace(partitions={0: None}) for topic in seen}
    kafka: Any = SimpleNamespace(list_topics=lambda **_: SimpleNamespace(topics=answered))
    monkeypatch.setattr(offsets, "_offsets", lambda _, specs: dict.fromkeys(specs, 0))
    lost = find_lost_history(
        Settings(), cast(AdminClient, kafka), [(topic, 0) for topic in TOPICS], {}, None
    )
    report = audit([], [], lost=lost)
    unseen = [f"accepted-{topic}" for topic in TOPICS if topic not in seen]
    first, *further = conclusion(report)
    if not unseen:
        assert report.outcome is Outcome.TRUE
        assert first.startswith("All is true")
        assert not further
        return
    assert report.outcome is Outcome.NOT_RECOUNTED
    assert first == "All that was checked is true."
    (sentence,) = further
    assert sentence.startswith(f"Not checked: whether {', '.join(unseen)} lost records")
