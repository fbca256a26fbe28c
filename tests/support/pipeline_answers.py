"""Answers of Flink, and refused records, for the page Pipeline."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from schemas.generated import QuarantinedRecord

AT = datetime(2026, 1, 31, 9, tzinfo=UTC)
SECONDS = int(AT.timestamp())
RECORDED = Path(__file__).with_name("flink_job_answers.json")


def checkpoints(**more: Any) -> dict[str, Any]:
    completed = {
        "latest_ack_timestamp": SECONDS * 1000,
        "end_to_end_duration": 420,
        "state_size": 1_250_000_000,
    }
    return {"latest": {"completed": completed, **more}}


def refused(offset: int, reason: str, minutes: int) -> QuarantinedRecord:
    return QuarantinedRecord(
        source_topic="transactions",
        source_partition=2,
        source_offset=offset,
        reason=reason,
        sentence="quantity: expected at least 1, got 0.",
        sent_at=AT,
        quarantined_at=AT + timedelta(minutes=minutes),
        complete=True,
    )
