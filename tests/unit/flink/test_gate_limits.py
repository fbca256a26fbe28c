"""The job keeps its state for the longest limits under which the gate has accepted records."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from connect.errors import UserError
from connect.settings import SLACK_SECONDS, Settings
from flink import gate_limits
from schemas.generated import GateLimits

DAY = 24 * 3600
SETTINGS = Settings(dedup_seconds=7 * DAY, count_seconds=7 * DAY)


def limits(dedup_days: int, count_days: int) -> GateLimits:
    return GateLimits(
        dedup_seconds=dedup_days * DAY,
        count_seconds=count_days * DAY,
        applied_at=datetime(2026, 3, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("applied", "dedup_days", "count_days"),
    [
        ([], 7, 7),
        ([limits(7, 7), limits(1, 1)], 7, 7),
        ([limits(7, 30), limits(7, 7)], 7, 30),
        ([limits(30, 0), limits(7, 7)], 30, 0),
        ([limits(0, 7)], 0, 7),
    ],
)
def test_the_longest_limit_ever_applied_decides_whatever_the_settings_are(
    applied: Sequence[GateLimits],
    dedup_days: int,
    count_days: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate_limits, "_applied", lambda _: applied)
    longest = gate_limits.with_longest_limits(SETTINGS)
    assert (longest.dedup_seconds, longest.count_seconds) == (dedup_days * DAY, count_days * DAY)


def test_a_job_that_runs_learns_of_a_longer_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[list[GateLimits] | UserError] = iter(
        [[limits(1, 1)], UserError("Kafka is away."), [limits(30, 7)]]
    )

    def applied(_: Settings) -> list[GateLimits]:
        answer = next(answers)
        if isinstance(answer, UserError):
            raise answer
        return answer

    monkeypatch.setattr(gate_limits, "_applied", applied)
    monkeypatch.setattr(gate_limits, "POLL_SECONDS", 0)
    gate_limits.wait_for_longer(SETTINGS)
    assert not list(answers)


def test_without_the_gate_the_settings_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate_limits, "_applied", lambda _: [limits(30, 30)])
    trusted = replace(SETTINGS, gate="off")
    assert gate_limits.with_longest_limits(trusted) == trusted


def test_ids_and_movements_are_kept_beyond_all_that_the_gate_accepts() -> None:
    assert SETTINGS.id_seconds == 7 * DAY + SLACK_SECONDS
    assert SETTINGS.movement_seconds == 14 * DAY + SLACK_SECONDS
    assert replace(SETTINGS, dedup_seconds=0).id_seconds == 0
    for unlimited in (replace(SETTINGS, dedup_seconds=0), replace(SETTINGS, count_seconds=0)):
        assert unlimited.movement_seconds == 0
