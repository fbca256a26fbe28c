"""A line that the ledger has is not sent again: however late, and from whichever state folder."""

import csv
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import views.counted_events
from connect.errors import UserError
from producers.replay import counted_lines
from producers.replay import replay as replay_module
from producers.replay.command import replay_command
from producers.replay.mapping_file import load_mapping
from schemas.clock import utc_now
from schemas.generated import ReplenishmentOrder
from tests.support.counting_pipeline import CountingPipeline, entry
from tests.support.exports import (
    MAPPING,
    SAMPLE,
    SHIPPED,
    Collected,
    rejected,
    run,
    sample,
    with_event,
)

START = datetime(2026, 6, 1, 8, tzinfo=UTC)
HORIZON = timedelta(days=7)
LINES = [
    "B01;1;70099;03.05.2026 09:00:00;4006381333931;Milk 1 l;5;1,19\n",
    "B01;1;70099;03.05.2026 09:00:00;4006381333931;Milk 1 l;5;1,19\n",
    "B01;1;70099;03.05.2026 09:00:00;4006381333955;Rolls;-1;1,49\n",
]
ORDERS = """
contract = "replenishment_order"
source = "erp"
event_id = ["Order"]
identical_lines = "repeats"
time_zone = "UTC"

[fields]
order_id = "Order"
store_id = "'S1'"
sku = "Article"
status = "'placed'"
quantity = "Quantity"
expected_at = "Due"
occurred_at = "Time"
"""

At = Callable[[datetime], None]


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Set the clock of the replays."""
    return lambda time: monkeypatch.setattr(replay_module, "utc_now", lambda: time)


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[CountingPipeline]:
    monkeypatch.setattr(counted_lines, "LONGEST_WAIT_SECONDS", 0.0)
    opened = CountingPipeline(tmp_path)
    yield opened
    opened.close()


def test_a_grown_export_from_another_state_folder_adds_only_what_is_new(
    tmp_path: Path, pipeline: CountingPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    database = pipeline.settings.database
    pipeline.count(run(tmp_path / "here", SAMPLE, database=database))
    pipeline.pass_the_horizon()
    grown = sample(tmp_path, lambda lines: lines.extend(LINES), "grown.csv")
    new = run(tmp_path / "there", grown, database=database)
    assert [record.quantity for record in new] == [5, 5, -1]
    assert capsys.readouterr().out.splitlines() == [
        "read 20 = new 20 + already counted 0 + rejected 0; acknowledged 20.",
        "read 23 = new 3 + already counted 20 + rejected 0; acknowledged 3.",
    ]


def test_a_dry_run_has_the_same_numbers(
    tmp_path: Path, pipeline: CountingPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = pipeline.settings.database
    pipeline.count(run(tmp_path, SAMPLE, database=database, limit=17))
    monkeypatch.setenv("INVENTORY_DATABASE", database)
    arguments = [str(SAMPLE), "--mapping", str(SHIPPED / "pos_csv.toml"), "--dry-run"]
    last = CliRunner().invoke(replay_command, arguments).output.splitlines()[-1]
    assert last == "read 20 = new 3 + already counted 17 + rejected 0; nothing was sent."


def test_a_line_that_was_counted_with_other_content_is_rejected_with_the_difference(
    tmp_path: Path, pipeline: CountingPipeline
) -> None:
    database = pipeline.settings.database
    pipeline.count(run(tmp_path, SAMPLE, database=database))
    changed = sample(tmp_path, lambda lines: lines.__setitem__(1, lines[1].replace(";2;", ";3;")))
    assert not run(tmp_path, changed, database=database)
    (row,) = rejected(tmp_path)
    assert "counted already with other content (quantity was -2 and is -3)" in row[2]


def test_other_content_names_the_mapping_as_its_cause_too_and_times_as_the_file_has_them(
    tmp_path: Path, pipeline: CountingPipeline
) -> None:
    database = pipeline.settings.database
    mapping = with_event(MAPPING, event_id=("Store", "Receipt", "Article"))
    pipeline.count(run(tmp_path, SAMPLE, mapping, database=database))
    other = sample(tmp_path, lambda lines: lines.__setitem__(1, lines[1].replace(":11;", ":15;")))
    run(tmp_path, other, mapping, database=database)
    (row,) = rejected(tmp_path)
    was, now = re.findall(r"(\S+ \S+) \(Europe/Berlin\)", row[2])
    line = SAMPLE.read_text("utf-8").splitlines()[1]
    assert datetime.fromisoformat(was).strftime("%d.%m.%Y %H:%M:%S") in line
    assert datetime.fromisoformat(now) > datetime.fromisoformat(was)
    assert "event_id in the mapping lacks a column" in row[2]
    assert "book the difference as an adjustment" in row[2]


def test_a_line_that_was_counted_and_is_no_event_now_is_named(
    tmp_path: Path,
    pipeline: CountingPipeline,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    database = pipeline.settings.database
    mapping = with_event(MAPPING, where="Receipt <> '70001'")
    run(tmp_path, SAMPLE, mapping, database=database)
    assert "are no event now" not in capsys.readouterr().out
    sent = run(tmp_path, SAMPLE, database=database)
    revoked = [number for number, sale in enumerate(sent, 2) if sale.receipt_id == "70001"]
    pipeline.count(sent)
    capsys.readouterr()
    assert not run(tmp_path, SAMPLE, mapping, database=database)
    sentence = (
        "Lines that were counted before and are no event now, such as sales that were cancelled "
        f"since: {len(revoked)}, first in line {revoked[0]}. They stay counted: book the "
        "difference as an adjustment."
    )
    assert sentence in capsys.readouterr().out.splitlines()
    monkeypatch.setenv("INVENTORY_DATABASE", database)
    text = (SHIPPED / "pos_csv.toml").read_text("utf-8")
    written = text.replace("# where = \"Status = 'Closed'\"", "where = \"Receipt <> '70001'\"")
    (tmp_path / "chosen.toml").write_text(written, "utf-8")
    arguments = [str(SAMPLE), "--mapping", str(tmp_path / "chosen.toml"), "--dry-run"]
    assert f"Warning: {sentence}" in CliRunner().invoke(replay_command, arguments).output


def test_opening_stock_that_is_counted_is_not_missing(
    tmp_path: Path, pipeline: CountingPipeline, capsys: pytest.CaptureFixture[str]
) -> None:
    database = pipeline.settings.database
    sales = [entry(sale) for sale in run(tmp_path, SAMPLE, database=database)]
    assert "Warning: No opening stock: the file has no count" in capsys.readouterr().err
    shelves = sorted({(sale.store_id, sale.sku): sale for sale in sales}.items())
    first, others = shelves[0], shelves[1:]
    for number, (_, sale) in enumerate(others):
        pipeline.add(replace(sale, event_id=f"count:{number}", kind="count", quantity=9))
    run(tmp_path, SAMPLE, database=database)
    store, sku = first[0]
    warning = (
        f"No opening stock of 1 of {len(shelves)} products of stores, such as {sku} at {store}:"
    )
    assert warning in capsys.readouterr().err
    pipeline.add(replace(first[1], event_id="goods", kind="shipment", quantity=9))
    run(tmp_path, SAMPLE, database=database)
    assert "No opening stock" not in capsys.readouterr().err


def test_a_replay_waits_for_a_read_model_that_is_behind_and_then_sends_nothing(
    tmp_path: Path, pipeline: CountingPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = pipeline.settings.database
    pipeline.read_until(utc_now() - timedelta(seconds=1))
    with pytest.raises(UserError, match=r"has read nothing of stock-ledger.*--unchecked"):
        run(tmp_path, SAMPLE, database=database)
    with monkeypatch.context() as patient:
        patient.setattr(counted_lines, "LONGEST_WAIT_SECONDS", 60.0)
        patient.setattr(views.counted_events, "sleep", lambda _: pipeline.count([]))
        assert len(run(tmp_path, SAMPLE, database=database)) == 20


def test_an_unchecked_replay_does_not_need_a_read_model(
    tmp_path: Path, pipeline: CountingPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipeline.read_until(START)
    monkeypatch.setattr(replay_module, "Publisher", Collected)
    monkeypatch.setenv("INVENTORY_DATABASE", pipeline.settings.database)
    monkeypatch.setenv("INVENTORY_STATE", str(tmp_path / "state"))
    arguments = [str(SAMPLE), "--mapping", str(SHIPPED / "pos_csv.toml"), "--unchecked"]
    arguments += ["--rejects", str(tmp_path / "rejects.csv")]
    output = CliRunner().invoke(replay_command, arguments).output
    assert "read 20 = sent 20 + rejected 0; acknowledged 20." in output


def test_what_was_sent_long_ago_and_is_not_counted_is_sent_anew(
    tmp_path: Path, pipeline: CountingPipeline, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: object) -> None:
        raise UserError("Kafka did not acknowledge 1 of 20 records.")

    database = pipeline.settings.database
    at(START)
    with monkeypatch.context() as failing:
        failing.setattr(Collected, "__exit__", lose)
        with pytest.raises(UserError, match="did not acknowledge"):
            run(tmp_path, SAMPLE, database=database, limit=10)
    run(tmp_path, sample(tmp_path, lambda lines: lines.__delitem__(slice(1, 11))))
    late = START + HORIZON + timedelta(days=1)
    at(late)
    again = run(tmp_path, SAMPLE, database=database)
    assert [record.recorded_at for record in again] == [late] * 20
    assert run(tmp_path, SAMPLE, database=database) == again
    assert not rejected(tmp_path)


def test_a_line_whose_own_recorded_at_is_long_ago_is_sent_if_it_is_not_counted(
    tmp_path: Path, pipeline: CountingPipeline
) -> None:
    mapping = with_event(MAPPING, fields={"recorded_at": MAPPING.events[0].fields["occurred_at"]})
    database = pipeline.settings.database
    pipeline.count(run(tmp_path / "here", SAMPLE, mapping, database=database, limit=15))
    assert len(run(tmp_path / "there", SAMPLE, mapping, database=database)) == 5
    with pytest.raises(UserError, match="it might be counted twice"):
        run(tmp_path / "without a read model", SAMPLE, mapping)


def test_an_order_is_known_by_the_topic_that_the_job_reads(
    tmp_path: Path, pipeline: CountingPipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapping, export = tmp_path / "orders.toml", tmp_path / "orders.csv"
    mapping.write_text(ORDERS)
    line = "{},milk,{},2026-05-03T09:00:00,2026-05-01T09:00:00\n"
    head = "Order,Article,Quantity,Due,Time\n"
    export.write_text(head + line.format("o1", 5) + line.format("o2", 6) + line.format("o3", 7))
    database = pipeline.settings.database
    accepted: dict[str, Any] = {}
    topics = []

    def read(job: Any, record_types: Any, _since: None, ours: Any) -> dict[str, Any]:
        topics.append([job.prefixed(each.TOPIC) for each in record_types])
        return {name: each for name, each in accepted.items() if ours(each)}

    monkeypatch.setattr(counted_lines, "earlier_events", read)
    orders = run(tmp_path, export, load_mapping(mapping), database=database)
    assert [type(order) for order in orders] == [ReplenishmentOrder] * 3
    accepted |= {each.event_id: each for each in orders[:2]}
    accepted[orders[1].event_id] = replace(orders[1], quantity=1)
    again = run(tmp_path / "other", export, load_mapping(mapping), database=database)
    assert [order.order_id for order in again] == ["o3"]
    assert topics == [["accepted-replenishment-orders"]] * 2


def spoil(line: str) -> str:
    """Break the quantity: the columns that identify a line stay."""
    before, quantity, price = line.rsplit(";", 2)
    return f"{before};{quantity}x;{price}"


steps = st.lists(
    st.tuples(
        st.integers(1, 23),  # lines that the export has grown to
        st.sampled_from("AB"),  # state folder
        st.sampled_from(["export", "mended", "interrupted"]),
        st.booleans(),  # whether the horizon passes afterwards
    ),
    min_size=2,
    max_size=6,
)


@settings(max_examples=12)
@given(steps=steps, seed=st.integers(0, 2**32))
def test_in_any_sequence_of_replays_each_line_counts_once(
    steps: list[tuple[int, str, str, bool]], seed: int
) -> None:
    chance = random.Random(seed)
    head, *lines = [*SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True), *LINES]
    chance.shuffle(lines)
    bad = set(chance.sample(range(1, len(lines)), 5))
    spoilt = [spoil(line) if n in bad else line for n, line in enumerate(lines)]
    counted: set[int] = set()
    with TemporaryDirectory() as name:
        folder = Path(name)
        pipeline = CountingPipeline(folder)
        database = pipeline.settings.database
        for size, state, what, horizon_passes in steps:
            here, export = folder / state, folder / "export.csv"
            here.mkdir(exist_ok=True)
            export.write_text("".join([head, *spoilt[:size]]), encoding="utf-8")
            limit = chance.randint(1, size) if what == "interrupted" else None
            pipeline.count(run(here, export, database=database, limit=limit))
            counted |= set(range(limit or size)) - bad
            if what == "mended" and bad & set(range(size)):
                mended = folder / "mended.csv"
                mended.write_text((here / "rejects.csv").read_text().replace("x", ""))
                pipeline.count(run(here, mended, database=database))
                counted |= set(range(size))
            if horizon_passes:
                pipeline.pass_the_horizon()
        pipeline.close()
    cells = list(csv.reader(lines, delimiter=";"))
    expected = Counter(tuple(cells[n][i] for i in (0, 2, 4, 6)) for n in counted)
    ledger = Counter(
        (each.store_id, each.reference, each.sku, str(-each.quantity)) for each in pipeline.ledger
    )
    assert ledger == expected
