"""The job keeps its state for the longest limits under which the gate has accepted records."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from connect.errors import UserError
from connect.settings import SLACK_SECONDS, Settings
from flink import gate_limits
from flink.gate_limits import Limits
from tests.support.logged import logged

DAY = 24 * 3600
SETTINGS = Settings(dedup_seconds=7 * DAY, count_seconds=7 * DAY)


def limits(dedup_days: int, count_days: int) -> Limits:
    return Limits(dedup_days * DAY, count_days * DAY)


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
    applied: Sequence[Limits],
    dedup_days: int,
    count_days: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gate_limits, "_applied", lambda _: applied)
    longest = gate_limits.with_longest_limits(SETTINGS)
    assert (longest.dedup_seconds, longest.count_seconds) == (dedup_days * DAY, count_days * DAY)


def test_a_job_that_runs_learns_of_a_longer_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: Iterator[list[Limits] | UserError] = iter(
        [[limits(1, 1)], UserError("Kafka is away."), [limits(30, 7)]]
    )

    def applied(_: Settings) -> list[Limits]:
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


def test_limits_outlive_their_topic(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The accepted topics still have what was accepted under them."""
    settings = replace(SETTINGS, state=tmp_path)
    monkeypatch.setattr(gate_limits, "_applied", lambda _: [limits(30, 0), limits(7, 7)])
    longest = gate_limits.with_longest_ever(settings, "cluster")
    assert (longest.dedup_seconds, longest.count_seconds) == (30 * DAY, 0)
    assert logged(caplog) == ""
    monkeypatch.setattr(gate_limits, "_applied", lambda _: [limits(7, 7)])
    for _ in range(2):
        assert gate_limits.with_longest_ever(settings, "cluster") == longest
    assert (
        "start the gate once with INVENTORY_DEDUP_SECONDS=2592000 INVENTORY_COUNT_SECONDS=0."
        in logged(caplog)
    )
    assert gate_limits.with_longest_ever(settings, "another cluster") == settings
    assert gate_limits.with_longest_ever(replace(settings, gate="off"), "cluster").has_gate is False


@pytest.mark.parametrize("content", ["", "{}", "[7, 7]", '{"days": 7}'])
def test_damaged_limits_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    settings = replace(SETTINGS, state=tmp_path)
    monkeypatch.setattr(gate_limits, "_applied", lambda _: [limits(7, 7)])
    gate_limits.with_longest_ever(settings, "cluster")
    (file,) = tmp_path.glob(f"**/{gate_limits.FILE}")
    file.write_text(content)
    with pytest.raises(UserError, match="is damaged: expected the longest limits") as error:
        gate_limits.with_longest_ever(settings, "cluster")
    assert str(file) in error.value.message


def test_a_longer_limit_of_the_job_alone_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate_limits, "_applied", lambda _: [limits(7, 7)])
    settings = replace(SETTINGS, state=tmp_path)
    longer = replace(settings, count_seconds=0)
    assert gate_limits.with_longest_ever(longer, "cluster") == longer
    assert gate_limits.with_longest_ever(settings, "cluster") == settings
