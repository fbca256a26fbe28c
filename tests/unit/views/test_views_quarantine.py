"""Quarantined records are open until they are redriven, each once."""

from datetime import UTC, datetime, timedelta

from connect.record_consumer import Tombstone
from schemas.generated import QuarantinedRecord, Redrive
from views.quarantine import Quarantine

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
REDRIVEN_AT = START + timedelta(hours=2)


def quarantined(
    offset: int, reason: str, minutes: int, sent_at: datetime | None = None
) -> QuarantinedRecord:
    return QuarantinedRecord(
        source_topic="shipments",
        source_partition=0,
        source_offset=offset,
        reason=reason,
        sentence="why",
        sent_at=sent_at,
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
        redriven_at=REDRIVEN_AT,
        repaired=False,
    )


def offsets(quarantine: Quarantine) -> list[int]:
    return [offset for (_, _, offset), _ in quarantine.open()]


def test_a_record_that_is_validated_again_after_a_crash_is_open_once() -> None:
    quarantine = Quarantine()
    for offset, reason, minutes in [(1, "time", 9), (2, "undecodable", 5), (1, "time", 9)]:
        quarantine.put(quarantined(offset, reason, minutes))
    assert offsets(quarantine) == [1, 2]


def test_a_redriven_record_is_not_open() -> None:
    quarantine = Quarantine()
    quarantine.put(redriven(1))
    quarantine.put(quarantined(1, "time", 9))
    quarantine.put(quarantined(2, "time", 10))
    assert offsets(quarantine) == [2]
    quarantine.put(redriven(2))
    assert offsets(quarantine) == []


def test_a_record_of_a_topic_made_anew_is_open_though_the_former_one_there_was_redriven() -> None:
    quarantine = Quarantine()
    quarantine.put(redriven(1))
    quarantine.put(quarantined(1, "time", 120, sent_at=REDRIVEN_AT))
    assert offsets(quarantine) == []
    quarantine.put(quarantined(1, "time", 121, sent_at=REDRIVEN_AT + timedelta(milliseconds=1)))
    assert offsets(quarantine) == [1]


def test_a_tombstone_removes_a_record_and_a_redrive() -> None:
    quarantine = Quarantine()
    quarantine.put(quarantined(1, "time", 9))
    quarantine.put(redriven(1))
    quarantine.remove(Tombstone(Redrive, ("shipments", 0, 1)))
    assert offsets(quarantine) == [1]
    quarantine.remove(Tombstone(QuarantinedRecord, ("shipments", 0, 1)))
    assert offsets(quarantine) == []
