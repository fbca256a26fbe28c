"""Troubles of a job whose tasks run: it completes no checkpoint, or fails again and again."""

import time
from collections.abc import Mapping
from typing import Any

from connect.settings import Settings

STUCK_CHECKPOINTS, STUCK_SECONDS = 2, 60
"""A job is stuck when it completes no checkpoint for this many intervals and seconds."""
LOOP_FAILURES, LOOP_SECONDS = 2, 60
"""A job fails again and again when it has failed so often within this time."""
FAILURES = f"exceptions?maxExceptions={LOOP_FAILURES}"
"""Path of the answer with its newest failures, below that of the job."""


def checkpoint_trouble(
    settings: Settings, job: Mapping[str, Any], checkpoints: Mapping[str, Any]
) -> str:
    """Return a sentence about a job that completes no checkpoint; empty: it does.

    Every task takes part in each checkpoint. job: its entry in GET /jobs/overview; checkpoints:
    the answer to GET /jobs/…/checkpoints.
    """
    completed = (checkpoints.get("latest") or {}).get("completed") or {}
    since = max(job["last-modification"], completed.get("latest_ack_timestamp", 0)) / 1000
    seconds = time.time() - since
    limit = STUCK_CHECKPOINTS * settings.checkpoint_seconds + STUCK_SECONDS
    return f"The job has completed no checkpoint for {seconds:.0f} s." if seconds > limit else ""


def failure_trouble(failures: Mapping[str, Any]) -> str:
    """Return a sentence about a job that fails again and again; empty: it does not.

    failures: the answer to GET /jobs/…/exceptions.
    """
    entries = (failures.get("exceptionHistory") or {}).get("entries") or []
    since = 1000 * (time.time() - LOOP_SECONDS)
    recent = [each for each in entries if each["timestamp"] > since]
    if len(recent) < LOOP_FAILURES:
        return ""
    return f"The job has failed {len(recent)} times within {LOOP_SECONDS} s: see its log."
