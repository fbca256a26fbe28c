"""Exports to replay in tests, and the records that a replay sends, without Kafka."""

import csv
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pyarrow as pa
import pyarrow.parquet as pq

from connect.settings import Settings
from producers.replay import replay as replay_module
from producers.replay.mapping import Mapping
from producers.replay.mapping_file import load_mapping
from producers.replay.replay import Export, replay
from schemas.record import Record

SHIPPED = Path("producers/mappings")
SAMPLE = SHIPPED / "pos_sample.csv"
MAPPING = load_mapping(SHIPPED / "pos_csv.toml")
JOURNEY = load_mapping(SHIPPED / "completejourney.toml")


def with_event(mapping: Mapping, **changes: Any) -> Mapping:
    """Change the only event of a mapping; fields are added to its own."""
    (event,) = mapping.events
    changes["fields"] = event.fields | changes.get("fields", {})
    return replace(mapping, events=(replace(event, **changes),))


def with_layout(mapping: Mapping, **changes: Any) -> Mapping:
    return replace(mapping, layout=replace(mapping.layout, **changes))


class Collected:
    """A publisher that collects its records, in place of Kafka."""

    cluster = "kafka/1"

    def __init__(self, _settings: Settings, _record_types: list[type[Record]]) -> None:
        self.records: list[Any] = []
        everything.append(self)

    def send_valid(self, records: Iterable[Record]) -> None:
        for record in records:
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
"""One for each replay that opened a publisher."""


def run(
    tmp_path: Path,
    file: Path,
    mapping: Mapping = MAPPING,
    speed: float | None = None,
    stop: Callable[[], bool] = lambda: False,
    **settings: Any,
) -> list[Any]:
    """Return the records that a replay sends; its state and rejects are in tmp_path."""
    limit = settings.pop("limit", None)
    export = Export(file=file, mapping=mapping, rejects=tmp_path / "rejects.csv", limit=limit)
    with patch.object(replay_module, "Publisher", Collected):
        replay(Settings(state=tmp_path / "state", **settings), export, speed, stop)
    return everything[-1].records


def rejected(tmp_path: Path) -> list[list[str]]:
    path = tmp_path / "rejects.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        return list(csv.reader(file))[1:]


def sample(tmp_path: Path, change: Callable[[list[str]], object], name: str = "sample.csv") -> Path:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    change(lines)
    path = tmp_path / name
    path.write_text("".join(lines), encoding="utf-8")
    return path


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
    pq.write_table(table, str(file))
    return file


def spoil(lines: list[str]) -> None:
    """Break ten lines of the sample, each in another way."""
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
