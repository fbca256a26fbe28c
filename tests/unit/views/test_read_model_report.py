"""Readiness and metrics of the read model are those of its topics and its database."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert

from connect import metrics
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import InventoryLevel, Product, Store
from tests.support.store_records import level
from views.database.engine import open_database, writing
from views.database.heartbeats import GATE, JOB, Heartbeat
from views.database.read_offsets import Position, Positions
from views.database.tables import TABLES
from views.read_model_report import ReadModelReport

AT = datetime(2026, 1, 31, 9, tzinfo=UTC)


def position(next_offset: int, end: int, read_at: datetime, **more: Any) -> Position:
    return Position("id", next_offset, 0, end, read_at, complete=True, **more)


class Model:
    """A read model at one moment, with a watch of gate and job."""

    def __init__(self, settings: Settings) -> None:
        self.failure, self.noted, self.engine = "", monotonic(), open_database(settings)
        now = utc_now()
        self.positions: Positions = {
            (InventoryLevel.TOPIC, 0): position(5, 7, now, undecodable=2),
            (InventoryLevel.TOPIC, 1): position(10, 10, now),
            (Product.TOPIC, 0): position(3, 3, now),
            (Store.TOPIC, 0): position(1, 1, now),
        }
        watch: Any = SimpleNamespace(
            job_lag={"accepted-sales": 4},
            newest=(Heartbeat(JOB, now, AT, AT - timedelta(seconds=9)), Heartbeat(GATE, now, None)),
        )
        itself: Any = self
        self.report = ReadModelReport(settings, itself, watch)

    def values(self) -> dict[Any, float]:
        return {(each.metric, *each.labels): each.value for each in self.report.samples()}


@pytest.fixture
def model(tmp_path: Path) -> Model:
    return Model(Settings(state=tmp_path))


def test_metrics_are_summed_over_the_partitions_of_a_topic(model: Model) -> None:
    values = model.values()
    assert values[metrics.READ, InventoryLevel.TOPIC] == 15
    assert values[metrics.READ_LAG, InventoryLevel.TOPIC] == 2
    assert values[metrics.SKIPPED, InventoryLevel.TOPIC] == 2
    assert values[metrics.READ_LAG, Product.TOPIC] == 0
    assert values[metrics.JOB_LAG, "accepted-sales"] == 4
    assert values[metrics.BEAT_AT, JOB] == AT.timestamp()
    assert values[(metrics.COMPUTED_AT,)] == AT.timestamp() - 9
    assert (metrics.BEAT_AT, GATE) not in values
    assert (metrics.MOVED_AT,) not in values


def test_a_movement_in_the_future_is_not_the_newest(model: Model) -> None:
    now = utc_now()
    moved = {"a": now - timedelta(minutes=1), "b": now + timedelta(hours=1)}
    with writing(model.engine) as connection:
        for sku, at in moved.items():
            moving = replace(level(sku, 1), last_movement_at=at)
            row = {column.name: getattr(moving, column.name) for column in TABLES[InventoryLevel].c}
            connection.execute(insert(TABLES[InventoryLevel]), row)
    newest = model.values()[(metrics.MOVED_AT,)]
    assert newest == pytest.approx(moved["a"].timestamp(), abs=0.001)


def test_it_is_ready_once_the_levels_are_read_and_while_it_moves(model: Model) -> None:
    assert model.report.obstacle() == ""
    model.failure = "No Kafka broker answers."
    assert model.report.obstacle() == "No Kafka broker answers."
    model.failure = ""
    model.noted -= 11
    assert model.report.obstacle().startswith("It has not moved for 11 s: ")
    model.positions[Product.TOPIC, 0] = Position("id", 1, 0, 3, utc_now())
    assert model.report.obstacle().startswith("It has not read all levels once: ")
