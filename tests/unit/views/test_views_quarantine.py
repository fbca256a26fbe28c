"""Quarantined records are open until they are redriven, each once."""

from datetime import UTC, datetime, timedelta

from connect.record_consumer import Tombstone
from schemas.generated import QuarantinedRecord, Redrive
from views.quarantine import Quarantine

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


def test_a_tombstone_removes_a_record_and_a_redrive() -> None:
    quarantine = Quarantine()
    quarantine.put(quarantined(1, "time", 9))
    quarantine.put(redriven(1))
    quarantine.remove(Tombstone(Redrive, ("shipments", 0, 1)))
    assert offsets(quarantine) == [1]
    quarantine.remove(Tombstone(QuarantinedRecord, ("shipments", 0, 1)))
    assert offsets(quarantine) == []
