"""The newest checkpoint, out of the answer of Flink's REST API."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class CheckpointState:
    """The newest complete checkpoint, and the newest failure after it."""

    completed_at: datetime
    duration: timedelta
    bytes: int
    failed_at: datetime | None
    """Time of a failure that no complete checkpoint has followed."""


def checkpoint_state(answer: dict[str, Any]) -> CheckpointState | None:
    """Return the state; None before the first complete checkpoint.

    answer: to GET /jobs/<id>/checkpoints.
    """
    latest = answer.get("latest") or {}
    completed, failed = latest.get("completed"), latest.get("failed")
    if not completed:
        return None
    completed_at = _time(completed["latest_ack_timestamp"])
    failed_at = _time(failed["trigger_timestamp"]) if failed else None
    return CheckpointState(
        completed_at,
        timedelta(milliseconds=completed["end_to_end_duration"]),
        completed["state_size"],
        failed_at if failed_at and failed_at > completed_at else None,
    )


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
