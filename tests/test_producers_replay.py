"""Every line of an export is sent once or rejected with its reason, the same each time."""

import bz2
import csv
import gzip
import json
import lzma
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connect.errors import Problem
from connect.settings import Settings
from producers.replay import play
from producers.replay.batch import SIZE
from producers.replay.csv_lines import CsvLines
from producers.replay.load import load
from producers.replay.play import Export, replay
from schemas.generated import Transaction

SHIPPED = Path("producers/mappings")
SAMPLE = SHIPPED / "pos_sample.csv"
MAPPING = load(SHIPPED / "pos_csv.toml")
JOURNEY = load(SHIPPED / "completejourney.toml")


class Collected:
    """In place of Kafka: what was sent."""

    def __init__(self, _settings: Settings, _kinds: list[type[Transaction]]) -> None:
        self.records: list[Transaction] = []
        everything.append(self)

    def send(self, record: Transaction) -> None:
        record.validate()
        self.records.append(record)

    def poll(self, seconds: float = 0) -> None:
        pass

    @property
    def sent(self) -> int:
        return len(self.records)

    acknowledged = sent

    def __enter__(self) -> "Collected":
        return self

    def __exit__(self, *_: object) -> None:
        pass


everything: list[Collected] = []


@pytest.fixture(autouse=True)
def _no_kafka(monkeypatch: pytest.MonkeyPatch) -> None:
    everything.clear()
    monkeypatch.setattr(play, "Publisher", Collected)


def run(
    tmp_path: Path, file: Path, mapping: Any = MAPPING, speed: float | None = None, **changes: Any
) -> list[Transaction]:
    export = Export(file=file, mapping=mapping, rejects=tmp_path / "rejects.csv")
    settings = Settings(state=tmp_path / "state", **changes)
    assert replay(settings, export, speed, lambda: False)
    return everything[-1].records


def rejected(tmp_path: Path) -> list[list[str]]:
    path = tmp_path / "rejects.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return list(csv.reader(file))[1:]


def sample(tmp_path: Path, change: Callable[[list[str]], None], name: str = "sample.csv") -> Path:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    change(lines)
    path = tmp_path / name
    path.write_text("".join(lines), encoding="utf-8")
    return path


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


def test_distinct_lines_that_agree_are_numbered(tmp_path: Path) -> None:
    ids = [record.event_id for record in run(tmp_path, SAMPLE)]
    assert len(set(ids)) == len(ids)
    assert ids[6] == ids[5] + ":2"


def test_repeated_lines_that_agree_are_one_event(tmp_path: Path) -> None:
    records = run(tmp_path, SAMPLE, replace(MAPPING, distinct=False))
    assert records[6].event_id == records[5].event_id
    assert len(records) == 20


def test_the_same_file_gives_the_same_events_again(tmp_path: Path) -> None:
    first = run(tmp_path, SAMPLE)
    assert run(tmp_path, SAMPLE) == first
    moved = sample(tmp_path, lambda lines: None, "moved.csv")
    assert run(tmp_path, moved) == first


@given(
    lines=st.lists(
        st.tuples(st.sampled_from("ab:%"), st.sampled_from(["1", "1:", ":1", "%3A1"])), max_size=30
    )
)
def test_ids_of_distinct_lines_never_meet(
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
    records = run(folder, file, load(folder / "mapping.toml"))
    assert len({record.event_id for record in records}) == len(lines) == len(records)
    for receipt in {record.receipt_id for record in records}:
        numbers = [record.line_no for record in records if record.receipt_id == receipt]
        assert numbers == list(range(1, len(numbers) + 1))


def spoil(lines: list[str]) -> None:
    lines[3] = lines[3].replace("1,49", "1.49")
    lines[4] = lines[4].replace("02.05.2026", "2026-05-02")
    lines[5] = lines[5].rstrip("\n") + ";extra\n"
    lines[6] = lines[6].replace("70002", '"70002')
    lines[8] = lines[8].replace("4006", "40\x0006")
    lines[9] = lines[9].replace(";4;", ";;")
    lines[10] = lines[10].replace(";-1;", ";1,5;")
    lines[11] = lines[11].replace("02.05.2026 08", "29.03.2026 02")
    lines[12] = lines[12].replace("B02", "B" * 101)
    lines[13] = "\n" + lines[13].replace("6,49", "abc")


def test_bad_lines_are_rejected_and_the_rest_is_sent(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = run(tmp_path, sample(tmp_path, spoil))
    assert "read 20 = sent 10 + rejected 10; acknowledged 10" in capsys.readouterr().out
    reasons = {int(line): reason for line, reason, *_ in rejected(tmp_path)}
    expected = {
        4: "line_amount: expected a number such as 12,34, got '1.49'",
        5: "occurred_at: expected a time in the format %d.%m.%Y %H:%M:%S, got '2026-05-02 08",
        6: "expected 8 fields, got 9",
        7: "no line of CSV: ';' expected after '\"'",
        9: "column 'Article' has a NUL byte",
        10: "quantity: expected a value, got nothing (column 'Quantity')",
        11: "quantity: expected a whole number, got '1,5'",
        12: "occurred_at: expected a time that there was in Europe/Berlin",
        13: "store_id: expected text of 1 to 100 characters",
        15: "line_amount: expected a number such as 12,34, got 'abc'",
    }
    assert list(reasons) == list(expected)
    for line, reason in expected.items():
        assert reasons[line].startswith(reason)
    good = run(tmp_path, SAMPLE)
    assert {record.event_id for record in records} <= {record.event_id for record in good}


def test_rejects_keep_the_original_columns(tmp_path: Path) -> None:
    run(tmp_path, sample(tmp_path, spoil))
    rows = {int(row[0]): row[2:] for row in rejected(tmp_path)}
    assert rows[4] == "B01;1;70001;02.05.2026 08:03:11;4006381333955;Rolls 6 pieces;1;1.49".split(
        ";"
    )
    assert rows[6][-1] == "extra"
    assert rows[7][0].startswith('B01;1;"70002;')


def test_a_mended_file_leaves_no_old_rejects(tmp_path: Path) -> None:
    run(tmp_path, sample(tmp_path, spoil))
    assert rejected(tmp_path)
    run(tmp_path, SAMPLE)
    assert not rejected(tmp_path)


def test_a_file_that_is_not_ours_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "rejects.csv").write_text("my accounts")
    with pytest.raises(Problem, match="no file of rejects"):
        run(tmp_path, SAMPLE)
    assert (tmp_path / "rejects.csv").read_text() == "my accounts"


def test_nothing_is_sent_when_every_line_is_bad(tmp_path: Path) -> None:
    def other_dates(lines: list[str]) -> None:
        lines[:] = [line.replace("02.05.2026", "2026-05-02") for line in lines]

    with pytest.raises(Problem, match=r"None of the first 20 lines .* line 2: occurred_at: exp"):
        run(tmp_path, sample(tmp_path, other_dates))
    assert not everything[-1].records
    assert not list((tmp_path / "state").rglob("*.json"))


def test_a_line_that_breaks_the_contract_in_every_line_is_a_wrong_mapping(tmp_path: Path) -> None:
    small = replace(MAPPING, rules=MAPPING.rules | {"currency": MAPPING.rules["terminal_id"]})
    with pytest.raises(Problem, match=r"currency: expected text that matches \[A-Z\]\{3\}"):
        run(tmp_path, SAMPLE, small)


@pytest.mark.parametrize(
    "compress",
    [gzip.compress, bz2.compress, lzma.compress, lambda data: pa.compress(data, "zstd", True)],
    ids=["gz", "bz2", "xz", "zst"],
)
def test_compression_changes_nothing(tmp_path: Path, compress: Callable[[bytes], bytes]) -> None:
    plain = run(tmp_path, SAMPLE)
    packed = tmp_path / "packed"
    packed.write_bytes(compress(SAMPLE.read_bytes()))
    assert run(tmp_path, packed) == plain
    for damaged in (packed.read_bytes()[:-9], packed.read_bytes()[: packed.stat().st_size // 2]):
        cut = tmp_path / "cut"
        cut.write_bytes(damaged)
        before = len(everything)
        with pytest.raises(Problem, match="is cut off or damaged after line .*nothing was sent"):
            run(tmp_path, cut)
        assert len(everything) == before


@pytest.mark.parametrize(("encoding", "name"), [("cp1252", "cp1252"), ("utf-16", "utf-16")])
def test_the_mapping_names_the_encoding(tmp_path: Path, encoding: str, name: str) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("B01", "Bär")
    file = tmp_path / "encoded.csv"
    file.write_bytes(text.encode(encoding))
    records = run(tmp_path, file, replace(MAPPING, encoding=name))
    assert records[0].store_id == "Bär"


def test_bytes_of_another_encoding_spoil_their_lines_only(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes(SAMPLE.read_bytes().replace(b"B02;1;12007", b"B\xe4r;1;12007"))
    assert len(run(tmp_path, file)) == 18
    rows = rejected(tmp_path)
    assert [row[0] for row in rows] == ["12", "13"]
    assert "bytes that are not utf-8" in rows[0][1]
    assert b"B\xe4r" in (tmp_path / "rejects.csv").read_bytes()
    unmapped = tmp_path / "unmapped.csv"
    unmapped.write_bytes(SAMPLE.read_bytes().replace(b"Chocolate", b"Sch\xf6n"))
    assert len(run(tmp_path, unmapped)) == 20


def test_spreadsheets_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "bom.csv"
    file.write_bytes(b"\xef\xbb\xbf" + SAMPLE.read_bytes().replace(b"\n", b"\r\n"))
    assert len(run(tmp_path, file)) == 20


def test_a_file_without_header_gets_its_columns_from_the_mapping(tmp_path: Path) -> None:
    names: list[str] = []
    file = sample(tmp_path, lambda lines: names.extend(lines.pop(0).strip().split(";")))
    records = run(tmp_path, file, replace(MAPPING, columns=tuple(names)))
    assert len(records) == 20


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"a;b\n1;2\n", "names column 'Store', which .* lacks; its columns are: a, b"),
        (b"Store,Till\n1,2\n", r"columns are: Store,Till \(is csv.delimiter right\?\)"),
        (b'Sto"re;"x\n', "names column 'Store'|no CSV header"),
        (b"Store;Store;Till;Receipt;Article;Time;Quantity;Price\n", "more than one column 'Store'"),
        (b"PAR1 no parquet", "Parquet file that cannot be read"),
    ],
)
def test_a_file_that_does_not_fit_is_one_sentence(
    tmp_path: Path, content: bytes, said: str
) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(Problem, match=said) as raised:
        run(tmp_path, file)
    assert "\n" not in raised.value.message
    assert not everything


def test_a_file_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(Problem, match="cannot be read: (No such file|Is a directory)"):
            run(tmp_path, path)


def test_recorded_at_is_stamped_once_per_file(tmp_path: Path) -> None:
    stamps = {record.recorded_at for record in run(tmp_path, SAMPLE)}
    stamps |= {record.recorded_at for record in run(tmp_path, SAMPLE)}
    assert len(stamps) == 1
    other = sample(tmp_path, lambda lines: lines.pop())
    assert run(tmp_path, other)[0].recorded_at not in stamps


def test_a_replay_of_long_ago_is_refused(tmp_path: Path) -> None:
    run(tmp_path, SAMPLE)
    (note,) = (tmp_path / "state" / "replays").iterdir()
    long_ago = datetime.now(UTC) - timedelta(seconds=101)
    note.write_text(json.dumps({"recorded_at": long_ago.isoformat(timespec="milliseconds")}))
    before = len(everything)
    with pytest.raises(Problem, match="would be counted twice"):
        run(tmp_path, SAMPLE, dedup_seconds=100)
    assert len(everything) == before
    for horizon in (0, 200):
        (record, *_) = run(tmp_path, SAMPLE, dedup_seconds=horizon)
        assert abs(record.recorded_at - long_ago) < timedelta(milliseconds=1)
    note.write_text("{")
    with pytest.raises(Problem, match="cannot be read: without it"):
        run(tmp_path, SAMPLE)


def test_recorded_at_of_the_export_is_used_within_the_horizon(tmp_path: Path) -> None:
    rules = MAPPING.rules | {"recorded_at": MAPPING.rules["occurred_at"]}
    mapping = replace(MAPPING, rules=rules)
    records = run(tmp_path, SAMPLE, mapping, dedup_seconds=0)
    assert all(record.recorded_at == record.occurred_at for record in records)
    with pytest.raises(Problem, match="longer ago than the job recognises repeats"):
        run(tmp_path, SAMPLE, mapping, dedup_seconds=60)


def journey(tmp_path: Path, rows: int = 12_345) -> Path:
    numbers = range(rows)
    times = pa.array([1483271606 * 10**9 + n * 10**9 + 123 for n in numbers], pa.int64())
    table = pa.table(
        {
            "store_id": [330 + n % 5 for n in numbers],
            "basket_id": [31198570044 + n // 3 for n in numbers],
            "product_id": [n % 3 for n in numbers],
            "quantity": [n % 4 for n in numbers],
            "sales_value": [n % 1000 / 100 for n in numbers],
            "transaction_timestamp": times.cast(pa.timestamp("ns")),
        }
    )
    file = tmp_path / "journey.parquet"
    pq.write_table(table, file)
    return file


def test_parquet_is_read_to_the_last_row(tmp_path: Path) -> None:
    records = run(tmp_path, journey(tmp_path), JOURNEY)
    assert len(records) == 12_345 > 2 * SIZE
    assert [record.line_no for record in records[:6]] == [1, 2, 3, 1, 2, 3]
    last = records[-1]
    assert last.event_id == f"completejourney:{31198570044 + 12344 // 3}:{12344 % 3}"
    assert last.line_amount == Decimal("3.44")
    assert last.occurred_at == datetime.fromtimestamp(1483271606 + 12_344, UTC)
    assert sum(record.quantity for record in records) == sum(n % 4 for n in range(12_345))


def test_parquet_rows_without_a_number_are_rejected(tmp_path: Path) -> None:
    table = pq.read_table(journey(tmp_path, 10))
    values = [None, float("nan"), float("inf"), *[1.0] * 7]
    place = table.schema.get_field_index("sales_value")
    pq.write_table(table.set_column(place, "sales_value", pa.array(values)), tmp_path / "bad")
    assert len(run(tmp_path, tmp_path / "bad", JOURNEY)) == 7
    rows = rejected(tmp_path)
    assert [row[0] for row in rows] == ["1", "2", "3"]
    assert "expected a value, got nothing" in rows[0][1]
    assert "got nan" in rows[1][1]
    assert rows[1][3] == "31198570044"


def test_parquet_columns_that_no_field_can_hold_are_refused(tmp_path: Path) -> None:
    table = pq.read_table(journey(tmp_path, 3))
    lists = pa.array([[1], [2], [3]])
    pq.write_table(table.set_column(0, "store_id", lists), tmp_path / "lists")
    with pytest.raises(Problem, match="Column 'store_id' of .* is list"):
        run(tmp_path, tmp_path / "lists", JOURNEY)


def test_speed_follows_the_event_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    def wait_until(_self: play.Pace, seconds: float) -> bool:
        waited.append(seconds)
        return True

    monkeypatch.setattr(play.Pace, "wait_until", wait_until)
    records = run(tmp_path, SAMPLE, speed=60)
    begin = records[0].occurred_at
    expected = [(record.occurred_at - begin).total_seconds() / 60 for record in records]
    assert waited[:20] == expected


def test_a_replay_that_is_stopped_accounts_for_what_it_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = iter([False] * 7 + [True] * 100)
    export = Export(file=SAMPLE, mapping=MAPPING, rejects=tmp_path / "rejects.csv")
    settings = Settings(state=tmp_path / "state")
    assert not replay(settings, export, 10**9, lambda: next(asked))
    assert "read 7 = sent 7 + rejected 0" in capsys.readouterr().out


@given(
    rows=st.lists(
        st.lists(st.text('ab"; \n', max_size=6), min_size=3, max_size=3).filter(any), max_size=12
    )
)
def test_csv_that_is_right_is_read_right(rows: list[list[str]]) -> None:
    lines = [";".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows]
    text = "".join(lines).splitlines(keepends=True)
    read = list(CsvLines(text, ";").lines(3))
    assert [line.fields for line in read] == rows
    assert not any(line.reason for line in read)


@given(st.lists(st.text('ab";', max_size=8)))
def test_csv_that_is_wrong_loses_no_line(lines: list[str]) -> None:
    """Each line of text is in exactly one line read, which begins with its number."""
    source = CsvLines([f"{line}\n" for line in lines], ";")
    read = list(source.lines(2))
    assert source.number == len(lines)
    numbers = [line.number for line in read]
    assert numbers == sorted(set(numbers))
    for line in read:
        assert len(line.fields) == 2
    alone = [n for n, line in enumerate(lines, start=1) if line and '"' not in line]
    inside = {line.number for line in read if not line.reason and "\n" in "".join(line.fields)}
    if not inside:
        assert set(alone) <= set(numbers)
