"""What the gate put aside is counted by reason, once a record, until it was sent again."""

from datetime import UTC, datetime, timedelta

from dashboard.quarantine import Aside, PutAside, sentence
from schemas.generated import QuarantinedRecord, Redrive

START = datetime(2026, 5, 1, 8, tzinfo=UTC)


def kept(offset: int, reason: str, minutes: int) -> QuarantinedRecord:
    return QuarantinedRecord(
        source_topic="shipments",
        source_partition=0,
        source_offset=offset,
        reason=reason,
        sentence="why",
        quarantined_at=START + timedelta(minutes=minutes),
        complete=True,
    )


def sent_again(offset: int) -> Redrive:
    return Redrive(
        source_topic="shipments",
        source_partition=0,
        source_offset=offset,
        sent_partition=0,
        sent_offset=99,
        redriven_by="ann",
        redriven_at=START + timedelta(hours=2),
        repaired=False,
    )


def test_records_are_counted_by_reason_since_the_first_the_most_frequent_first() -> None:
    aside = PutAside()
    assert aside.summary() == ()
    for record in (kept(1, "time", 9), kept(2, "undecodable", 5), kept(3, "time", 7)):
        aside.put(record)
    aside.put(kept(3, "time", 7))  # judged again after a crash
    assert aside.summary() == (
        Aside("time", 2, START + timedelta(minutes=7)),
        Aside("undecodable", 1, START + timedelta(minutes=5)),
    )


def test_what_was_sent_again_is_no_longer_counted() -> None:
    aside = PutAside()
    aside.put(sent_again(1))
    aside.put(kept(1, "time", 9))
    aside.put(kept(2, "time", 10))
    assert [(one.reason, one.count) for one in aside.summary()] == [("time", 1)]
    aside.put(sent_again(2))
    assert aside.summary() == ()


def test_the_page_says_how_many_why_and_since_when() -> None:
    found = (Aside("left_over", 1_200, START), Aside("time", 1, START))
    said = sentence(found, {"left_over": "01 May 08:00", "time": "01 May 09:30"})
    assert said.startswith("1,201 records were put aside")
    assert "1,200 left over since 01 May 08:00, 1 time since 01 May 09:30" in said
