"""A line that comes again, in whichever file, is recognised: it never counts a second time."""

import csv
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from connect.errors import UserError
from producers.replay import replay as replay_module
from producers.replay.sent_lines import SentLines
from schemas.generated import Transaction
from tests.support.exports import (
    MAPPING,
    SAMPLE,
    Collected,
    everything,
    rejected,
    run,
    sample,
    with_event,
)

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
HORIZON = timedelta(days=7)
DAY = timedelta(days=1)
LINE = "B01;1;70099;03.05.2026 09:00:00;4006381333931;Milk 1 l;5;1,19\n"

At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the clock of the replays."""
    return lambda time: monkeypatch.setattr(replay_module, "utc_now", lambda: time)


def counted(deliveries: list[list[Transaction]]) -> int:
    """Count the units of deliveries, one list a replay, as the gate and the job do.

    The replays follow each other by more than the horizon: the gate refuses what was recorded
    before it, and the job knows no event_id from before it.
    """
    return sum(
        record.quantity
        for number, records in enumerate(deliveries)
        for record in records
        if record.recorded_at > START + number * (HORIZON + DAY) - HORIZON
    )


def units(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as lines:
        return sum(int(line["Quantity"]) for line in csv.DictReader(lines, delimiter=";"))


def test_of_a_grown_export_only_the_new_line_counts_after_the_horizon(
    tmp_path: Path, at: At, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [
        SAMPLE,
        sample(tmp_path, lambda lines: lines.append(LINE), "grown.csv"),
        sample(tmp_path, lambda lines: lines.extend([LINE, "\n"]), "blank.csv"),
    ]
    deliveries = []
    for number, file in enumerate(files):
        at(START + number * (HORIZON + DAY))
        deliveries.append(run(tmp_path, file))
    assert counted(deliveries) == units(SAMPLE) + 5
    assert [len(records) for records in deliveries] == [20, 1, 0]
    assert not rejected(tmp_path)
    last = capsys.readouterr().out.splitlines()[1]
    assert last == "read 21 = sent 1 + rejected 0 + replayed before 20; acknowledged 1."


def test_a_corrected_line_counts_and_the_others_do_not_again(tmp_path: Path, at: At) -> None:
    bad = sample(tmp_path, lambda lines: lines.append(LINE.replace(";5;", ";5x;")), "bad.csv")
    at(START)
    first = run(tmp_path, bad)
    assert len(rejected(tmp_path)) == 1
    at(START + HORIZON + DAY)
    mended = run(tmp_path, sample(tmp_path, lambda lines: lines.append(LINE), "mended.csv"))
    assert [record.quantity for record in mended] == [5]
    assert mended[0].recorded_at == START + HORIZON + DAY
    assert counted([first, mended]) == units(SAMPLE) + 5


def test_within_the_horizon_a_repeat_has_all_values_of_the_first(tmp_path: Path, at: At) -> None:
    at(START)
    first = run(tmp_path, SAMPLE)
    at(START + HORIZON)
    again = run(tmp_path, sample(tmp_path, lambda lines: lines.append(LINE), "grown.csv"))
    assert again[:20] == first
    assert again[20].recorded_at == START + HORIZON
    at(START + 100 * DAY)
    assert run(tmp_path, SAMPLE, dedup_seconds=0) == first


def test_lines_of_a_replay_that_failed_are_rejected_after_the_horizon(
    tmp_path: Path, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        raise UserError("Kafka did not acknowledge 1 of 20 records.")

    at(START)
    with monkeypatch.context() as failing:
        failing.setattr(Collected, "__exit__", lose)
        with pytest.raises(UserError, match="did not acknowledge"):
            run(tmp_path, SAMPLE)
    at(START + DAY)
    few = run(tmp_path, SAMPLE, limit=3)
    assert {record.recorded_at for record in few} == {START}
    at(START + DAY + HORIZON)
    assert not run(tmp_path, SAMPLE)
    reasons = [row[2] for row in rejected(tmp_path)]
    assert len(reasons) == 17
    assert all("first sent at 2026-06-01 08:00 UTC, by a replay that" in one for one in reasons)


def test_after_an_interruption_the_lines_not_sent_are_sent(tmp_path: Path, at: At) -> None:
    at(START)
    stops = iter([False] * 7 + [True] * 100)
    first = run(tmp_path, SAMPLE, speed=10**9, stop=lambda: next(stops))
    at(START + DAY)
    rest = run(tmp_path, SAMPLE)
    assert rest[:7] == first
    assert len(rest) == 20


def test_another_kafka_has_none_of_the_lines(
    tmp_path: Path, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(START)
    run(tmp_path, SAMPLE)
    at(START + HORIZON + DAY)
    monkeypatch.setattr(Collected, "cluster", "other")
    assert len(run(tmp_path, SAMPLE)) == 20


def test_repeats_within_one_file_are_one_line(tmp_path: Path, at: At) -> None:
    at(START)
    records = run(tmp_path, SAMPLE, with_event(MAPPING, distinct=False))
    assert records[5].event_id == records[6].event_id
    assert {record.recorded_at for record in records} == {START}


def test_a_file_of_sent_lines_that_is_damaged_stops_the_replay(tmp_path: Path) -> None:
    run(tmp_path, SAMPLE)
    (file,) = (tmp_path / "state" / "replays").glob("*.sqlite")
    for sidecar in file.parent.glob("*.sqlite-*"):
        sidecar.unlink()
    file.write_bytes(b"no database" * 1000)
    with pytest.raises(UserError, match=r"cannot be used .* a repeat might be counted twice"):
        run(tmp_path, SAMPLE)
    assert not everything[-1].records


def test_memory_does_not_grow_with_the_lines(tmp_path: Path) -> None:
    peaks = []
    for lines in (10_000, 100_000):
        tracemalloc.start()
        with SentLines(tmp_path, str(lines)) as sent:
            for first in range(0, lines, 5000):
                ids = [f"tills:{number}" for number in range(first, first + 5000)]
                assert not sent.store(ids, START, START - HORIZON)
                assert len(sent.store(ids, START, START - HORIZON)) == 5000
                sent.sent()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.2 * peaks[0]
