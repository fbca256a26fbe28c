"""Quarantined records are counted by reason, each once, until they are redriven."""

from datetime import UTC, datetime, timedelta

from schemas.generated import QuarantinedRecord, Redrive
from views.quarantine import Quarantine, ReasonCount

START = datetime(2026, 5, 1, 8, tzinfo=UTC)


def quarantined(offset: int, reason: str, minutes: int) -> QuarantinedRecord:
    return QuarantinedRecord(
        source_topic="shipments",
        source_partition=0,
        source_offset=offset,
        reason=reason,
        sentence="why",
        quarantined_at=START + timedelta(minutes=minutes),
        complete=True,
    )


def redriven(offset: int) -> Redrive:
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
    quarantine = Quarantine()
    assert quarantine.by_reason() == ()
    for record in (
        quarantined(1, "time", 9),
        quarantined(2, "undecodable", 5),
        quarantined(3, "time", 7),
    ):
        quarantine.put(record)
    quarantine.put(quarantined(3, "time", 7))  # validated again after a crash
    assert quarantine.by_reason() == (
        ReasonCount("time", 2, START + timedelta(minutes=7)),
        ReasonCount("undecodable", 1, START + timedelta(minutes=5)),
    )


def test_a_redriven_record_is_no_longer_counted() -> None:
    quarantine = Quarantine()
    quarantine.put(redriven(1))
    quarantine.put(quarantined(1, "time", 9))
    quarantine.put(quarantined(2, "time", 10))
    assert [(each.reason, each.count) for each in quarantine.by_reason()] == [("time", 1)]
    quarantine.put(redriven(2))
    assert quarantine.by_reason() == ()
