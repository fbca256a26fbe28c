"""Every line of an export is sent or rejected with a reason, the same in every replay."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.errors import UserError
from producers.pacing import Pace
from producers.replay.mapping_file import load_mapping
from tests.support.exports import (
    MAPPING,
    SAMPLE,
    everything,
    rejected,
    run,
    sample,
    spoil,
    with_event,
)


def test_the_sample_is_sent_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    records = run(tmp_path, SAMPLE)
    assert capsys.readouterr().out == "read 20 = sent 20 + rejected 0; acknowledged 20.\n"
    assert not rejected(tmp_path)
    first = records[0]
    assert first.event_id == "tills:B01:1:70001:4006381333931:02.05.2026 08%3A03%3A11"
    assert (first.receipt_id, first.line_no, first.terminal_id) == ("70001", 1, "1")
    assert (first.quantity, first.line_amount, first.currency) == (2, Decimal("2.38"), "EUR")
    assert first.occurred_at == datetime(2026, 5, 2, 6, 3, 11, tzinfo=UTC)
    assert records[9].quantity == -1
    assert records[9].line_amount == Decimal("-2.29")


def test_what_is_doubtful_is_a_warning_of_a_replay(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def spell(lines: list[str]) -> None:
        lines[1] = lines[1].replace("4006381333931", "abc")
        lines[2] = lines[2].replace("4006381333948", "ABC")

    run(tmp_path, sample(tmp_path, spell))
    warnings = capsys.readouterr().err
    assert "Warning: No opening stock:" in warnings
    assert "or leading zeros: 'abc' and 'ABC'." in warnings


@pytest.mark.parametrize("limit", [1, 7, 20, 99])
def test_a_limit_sends_only_the_first_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], limit: int
) -> None:
    assert run(tmp_path, SAMPLE, limit=limit) == run(tmp_path, SAMPLE)[:limit]
    output = capsys.readouterr().out.splitlines()[0]
    assert output.startswith(f"read {min(limit, 20)} = sent {min(limit, 20)} + rejected 0;")
    assert ("the rest of the file was not read" in output) == (limit <= 20)


def test_distinct_lines_that_agree_are_numbered(tmp_path: Path) -> None:
    ids = [record.event_id for record in run(tmp_path, SAMPLE)]
    assert len(set(ids)) == len(ids)
    assert ids[6] == ids[5] + ":2"


def test_repeated_lines_that_agree_are_one_event(tmp_path: Path) -> None:
    records = run(tmp_path, SAMPLE, with_event(MAPPING, distinct=False))
    assert records[6].event_id == records[5].event_id
    assert len(records) == 20


def test_the_same_file_gives_the_same_events_again(tmp_path: Path) -> None:
    first = run(tmp_path, SAMPLE)
    assert run(tmp_path, SAMPLE) == first
    moved = sample(tmp_path, list.copy, "moved.csv")
    assert run(tmp_path, moved) == first


@settings(max_examples=15)
@given(
    lines=st.lists(
        st.tuples(st.sampled_from("ab:%"), st.sampled_from(["1", "1:", ":1", "%3A1"])),
        min_size=1,
        max_size=300,
    )
)
def test_ids_meet_only_where_lines_agree(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("distinct")
    file = folder / "lines.csv"
    rows = [f"{a},{b},1,2.00,2026-05-02T08:00:00Z" for a, b in lines]
    file.write_text("\n".join(["a,b,q,p,t", *rows]), encoding="utf-8")
    toml = """
    contract = "transaction"
    source = "x"
    event_id = ["a", "b"]
    identical_lines = "distinct"
    [fields]
    receipt_id = { column = "a" }
    line_no = { number_within = ["a"] }
    store_id = { column = "b" }
    terminal_id = { constant = "1" }
    sku = { column = "b" }
    quantity = { column = "q" }
    line_amount = { column = "p" }
    currency = { constant = "EUR" }
    occurred_at = { column = "t" }
    """
    (folder / "mapping.toml").write_text(toml, encoding="utf-8")
    records = run(folder, file, load_mapping(folder / "mapping.toml"))
    assert len({record.event_id for record in records}) == len(lines) == len(records)
    repeats = run(folder, file, with_event(load_mapping(folder / "mapping.toml"), distinct=False))
    assert len({record.event_id for record in repeats}) == len(set(lines))
    for receipt in {record.receipt_id for record in records}:
        numbers = [record.line_no for record in records if record.receipt_id == receipt]
        assert numbers == list(range(1, len(numbers) + 1))


def test_bad_lines_are_rejected_and_the_rest_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = run(tmp_path, sample(tmp_path, spoil))
    assert "read 20 = sent 10 + rejected 10; acknowledged 10" in capsys.readouterr().out
    reasons = {int(line): reason for line, _, reason, *_ in rejected(tmp_path)}
    expected = {
        4: 'line_amount: expected a value, got nothing from number("Quantity") * number("Price") '
        "(Quantity is '1', Price is '1.49')",
        5: "occurred_at: expected a value, got nothing from strptime(",
        6: "expected 8 fields, got 9",
        7: "invalid CSV: ';' expected after '\"'",
        9: "column 'Article' has a NUL byte",
        10: "quantity: expected a value, got nothing (column 'Quantity')",
        11: "quantity: expected a whole number, got '1,5'",
        12: "occurred_at: expected a time that exists in Europe/Berlin",
        13: "store_id: expected text of 1 to 100 characters",
        15: "line_amount: expected a value, got nothing from number(",
    }
    assert list(reasons) == list(expected)
    for line, reason in expected.items():
        assert reasons[line].startswith(reason), reasons[line]
    good = run(tmp_path, SAMPLE)
    assert {record.event_id for record in records} <= {record.event_id for record in good}


def test_rejects_keep_the_original_columns(tmp_path: Path) -> None:
    run(tmp_path, sample(tmp_path, spoil))
    rows = {int(row[0]): row[3:] for row in rejected(tmp_path)}
    original = "B01;1;70001;02.05.2026 08:03:11;4006381333955;Rolls 6 pieces;1;1.49"
    assert ";".join(rows[4]) == original
    assert rows[6][-1] == "extra"
    assert rows[7][0].startswith('B01;1;"70002;')


def test_a_corrected_file_leaves_no_old_rejects(tmp_path: Path) -> None:
    run(tmp_path, sample(tmp_path, spoil))
    assert rejected(tmp_path)
    run(tmp_path, SAMPLE)
    assert not rejected(tmp_path)


def test_a_file_that_is_not_ours_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "rejects.csv").write_text("my accounts")
    with pytest.raises(UserError, match="is not a file of rejects"):
        run(tmp_path, SAMPLE)
    assert (tmp_path / "rejects.csv").read_text() == "my accounts"


def test_nothing_is_sent_when_every_line_is_bad(tmp_path: Path) -> None:
    def other_dates(lines: list[str]) -> None:
        lines[:] = [line.replace("02.05.2026", "2026-05-02") for line in lines]

    with pytest.raises(UserError, match=r"None of the first 20 lines .* line 2: occurred_at: exp"):
        run(tmp_path, sample(tmp_path, other_dates))
    assert not everything[-1].records
    replays = sqlite3.connect(next((tmp_path / "state" / "replays").glob("*.sqlite")))
    assert replays.execute("SELECT COUNT(*) FROM lines").fetchone() == (0,)


def test_a_line_that_breaks_the_contract_in_every_line_is_a_wrong_mapping(tmp_path: Path) -> None:
    small = with_event(MAPPING, fields={"currency": "Till"})
    with pytest.raises(UserError, match=r"currency: expected text that matches \[A-Z\]\{3\}"):
        run(tmp_path, SAMPLE, small)


def test_recorded_at_of_the_export_is_used_within_the_horizon(tmp_path: Path) -> None:
    mapping = with_event(MAPPING, fields={"recorded_at": MAPPING.events[0].fields["occurred_at"]})
    records = run(tmp_path, SAMPLE, mapping, dedup_seconds=0)
    assert all(record.recorded_at == record.occurred_at for record in records)
    with pytest.raises(UserError, match="longer ago than the job recognises repeats"):
        run(tmp_path, SAMPLE, mapping, dedup_seconds=60)


def test_speed_follows_the_event_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def wait_until(_self: Pace, seconds: float) -> bool:
        waited.append(seconds)
        return True

    monkeypatch.setattr(Pace, "wait_until", wait_until)
    records = run(tmp_path, SAMPLE, speed=60)
    begin = records[0].occurred_at
    expected = [(record.occurred_at - begin).total_seconds() / 60 for record in records]
    assert waited[:20] == expected


@pytest.mark.parametrize("speed", [None, 10**9])
def test_a_line_that_is_rejected_as_two_events_is_one_line_of_the_rejects(
    tmp_path: Path, speed: float | None
) -> None:
    (sale,) = MAPPING.events
    twice = replace(MAPPING, events=(sale, replace(sale, source="again")))
    records = run(tmp_path, sample(tmp_path, spoil), twice, speed=speed)
    assert len(records) == 20
    lines = rejected(tmp_path)
    assert len(lines) == 10
    assert lines[-1][2].count("line_amount: expected a value") == 2


def test_a_replay_that_is_stopped_accounts_for_what_it_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stops = iter([False] * 7 + [True] * 100)
    assert len(run(tmp_path, SAMPLE, speed=10**9, stop=lambda: next(stops))) == 7
    assert "read 7 = sent 7 + rejected 0" in capsys.readouterr().out
