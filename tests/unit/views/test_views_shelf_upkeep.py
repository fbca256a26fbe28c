"""The process of the read model keeps the shelves true, whatever it is killed by, and when."""

from contextlib import closing, suppress
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import Engine, insert, select

from connect.record_consumer import Tombstone
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import InventoryLevel, OpenOrder, Product
from schemas.record import Record
from tests.support.filled_database import filled_database
from tests.support.read_model_drill import Drill
from tests.support.store_records import entry, level, order, product, sales, transfer
from tests.support.topics_in_memory import Topics
from views import shelf_upkeep
from views.__main__ import main
from views.database.acknowledgements import ACKNOWLEDGEMENTS
from views.database.engine import open_database, writing
from views.database.shelf_queue import WAITING
from views.database.shelves import SHELVES, as_shelf
from views.database.tables import TABLES
from views.follower import Follower, TopicChangedError
from views.shelf_figures import Shelf
from views.shelf_upkeep import ShelfUpkeep
from views.urgency import Need

SOON = utc_now().replace(microsecond=0) + timedelta(hours=5)


@pytest.fixture
def drill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drill:
    return opened_drill(Settings(state=tmp_path), monkeypatch)


def opened_drill(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Drill:
    topics = Topics(settings)
    topics.install(monkeypatch)
    return Drill(settings, open_database(settings), topics)


def follow(drill: Drill, steps: int = 100) -> None:
    """Follow until all is read and no shelf waits."""
    for _ in range(steps):
        with (
            suppress(TopicChangedError),
            closing(Follower(drill.settings, drill.engine, ShelfUpkeep(drill.settings))) as opened,
        ):
            for _ in range(40):
                opened.step()
                if all(one.complete and not one.behind for one in drill.positions().values()):
                    with drill.engine.connect() as connection:
                        if not connection.execute(select(WAITING)).all():
                            return
    raise AssertionError(drill.positions())


def shelves(engine: Engine) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the shelves without the moments of their computation."""
    with engine.connect() as connection:
        rows = [as_shelf(row) for row in connection.execute(select(SHELVES))]
    return {(row.store_id, row.sku): figures(row) for row in rows}


def figures(row: Shelf) -> dict[str, Any]:
    values = asdict(row)
    # The units that an empty shelf misses until goods come depend on the moment.
    for name in ("refreshed_at", "refresh_at", "urgency"):
        del values[name]
    return values


def of_tables(drill: Drill) -> dict[tuple[str, str], dict[str, Any]]:
    """Compute all shelves at once from the tables of the contracts."""
    records = [
        record_type.from_dict(row)
        for record_type, rows in drill.rows().items()
        for row in rows.values()
    ]
    return shelves(filled_database(records, utc_now()))


SKUS = st.sampled_from("ab")
MESSAGES = st.one_of(
    st.builds(
        lambda sku, store, on_hand, version: level(sku, on_hand, store, version),
        SKUS, st.sampled_from(["S1", "S2"]), st.integers(-2, 30), st.integers(1, 9),
    ),
    st.builds(Tombstone, st.just(InventoryLevel), st.tuples(st.just("S1"), SKUS)),
    st.builds(product, SKUS, st.integers(0, 9)),
    st.builds(Tombstone, st.just(Product), st.tuples(SKUS)),
    st.builds(lambda sku, units: order("o", units, SOON, sku=sku), SKUS, st.integers(0, 9)),
    st.builds(Tombstone, st.just(OpenOrder), st.tuples(st.just("o"), st.just("S1"), SKUS)),
    st.builds(lambda sku, units: transfer("t", units, sku=sku), SKUS, st.integers(0, 9)),
    st.builds(
        lambda sku, back, units: sales(utc_now().date() - timedelta(days=back), units, sku),
        SKUS, st.integers(0, 4), st.integers(-1, 9),
    ),
)  # fmt: skip


@hypothesis(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=5, deadline=None
)
@given(
    batches=st.lists(st.lists(MESSAGES, max_size=8), min_size=1, max_size=2),
    kills=st.lists(st.integers(0, 60), max_size=2),
    seconds=st.sampled_from([0.0, 0.25]),
)
def test_shelves_follow_from_the_tables_wherever_the_process_is_killed(
    drill: Drill, batches: list[list[Record | Tombstone]], kills: list[int], seconds: float
) -> None:
    for record_type in TABLES:
        drill.topics.create_again(record_type)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf_upkeep, "CHANGED_SECONDS", seconds)
        for sent in batches:
            drill.topics.send(*sent)
            for statement in kills:
                with drill.killed_at(statement), suppress(TopicChangedError):
                    follow(drill)
            follow(drill)
            assert shelves(drill.engine) == of_tables(drill)


def test_all_shelves_follow_on_both_databases(
    database: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = opened_drill(database, monkeypatch)
    today = utc_now().date()
    drill.topics.send(
        level("a", 3), level("b", 0), product("a"), order("o", 5, SOON), transfer("t", 2),
        *(sales(today - timedelta(days=back), 4) for back in range(9)),
    )  # fmt: skip
    follow(drill)
    assert shelves(drill.engine) == of_tables(drill)
    assert shelves(drill.engine)["S1", "a"]["position"] == 10
    drill.topics.send(level("a", 2, version=2), Tombstone(InventoryLevel, ("S1", "b")))
    follow(drill)
    assert shelves(drill.engine) == of_tables(drill)
    assert list(shelves(drill.engine)) == [("S1", "a")]
    drill.engine.dispose()


def test_figures_of_a_topic_that_is_missing_are_unknown(drill: Drill) -> None:
    late = drill.topics.topics.pop("open-orders")
    drill.topics.send(level("a", 1))
    with closing(Follower(drill.settings, drill.engine, ShelfUpkeep(drill.settings))) as opened:
        for _ in range(9):
            opened.step()
    assert shelves(drill.engine)["S1", "a"]["on_order"] is None
    assert shelves(drill.engine)["S1", "a"]["in_transit"] == 0
    drill.topics.topics["open-orders"] = late
    follow(drill)
    assert shelves(drill.engine)["S1", "a"]["on_order"] == 0


def test_days_in_stock_begin_with_goods_that_were_received(drill: Drill) -> None:
    now = utc_now().replace(microsecond=0)
    ledger = drill.topics.topics.pop("stock-ledger")
    yesterday = now - timedelta(days=1)
    drill.topics.send(level("a", 5, last_movement_at=yesterday), sales(yesterday.date(), 2))
    with closing(Follower(drill.settings, drill.engine, ShelfUpkeep(drill.settings))) as opened:
        for _ in range(9):
            opened.step()
    assert shelves(drill.engine)["S1", "a"]["velocity_days"] == 1
    drill.topics.topics["stock-ledger"] = ledger
    drill.topics.send(
        entry("received", "shipment", 7, now - timedelta(days=10)),
        entry("long ago", "shipment", 7, now - timedelta(days=50)),
        entry("sold", "sale", -2, yesterday),
    )
    follow(drill)
    assert shelves(drill.engine)["S1", "a"]["velocity_days"] == 10
    drill.topics.send(entry("late", "transfer_in", 1, now - timedelta(days=20)))
    follow(drill)
    assert shelves(drill.engine)["S1", "a"]["velocity_days"] == 20
    assert shelves(drill.engine) == of_tables(drill)


def test_a_shelf_is_computed_again_when_time_changes_it(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill.topics.send(level("a", 1), order("o", 5, SOON))
    follow(drill)
    assert shelves(drill.engine)["S1", "a"]["overdue"] == 0
    monkeypatch.setattr(shelf_upkeep, "utc_now", lambda: SOON + timedelta(minutes=1))
    drill.topics.send(product("b"))
    follow(drill)
    assert shelves(drill.engine)["S1", "a"]["overdue"] == 5


def test_another_time_zone_computes_all_shelves_again(drill: Drill) -> None:
    drill.topics.send(level("a", 1), level("b", 1))
    follow(drill)
    with drill.engine.connect() as connection:
        before = set(connection.scalars(select(SHELVES.c.refresh_at)))
    moved = drill._replace(settings=replace(drill.settings, time_zone="Pacific/Auckland"))
    moved.topics.send(product("c"))
    follow(moved)
    with drill.engine.connect() as connection:
        assert set(connection.scalars(select(SHELVES.c.refresh_at))) != before


def test_another_length_of_a_day_computes_all_shelves_again(drill: Drill) -> None:
    yesterday = utc_now().replace(microsecond=0) - timedelta(days=1)
    sold = sales(yesterday.date(), 24)
    drill.topics.send(product("a"), level("a", 30, last_movement_at=yesterday), sold)
    follow(drill)
    assert shelves(drill.engine)["S1", "a"]["need"] == Need.RUNS_OUT
    shorter = drill._replace(settings=replace(drill.settings, day_seconds=10))
    shorter.topics.send(product("c"))
    follow(shorter)
    assert shelves(drill.engine)["S1", "a"]["need"] == Need.NONE


def test_an_acknowledgement_survives_a_rebuild(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill.topics.send(level("a", -1))
    follow(drill)
    row = {"store_id": "S1", "sku": "a", "need": Need.STOCK_ERROR}
    with writing(drill.engine) as connection:
        at = {"acknowledged_at": datetime(2026, 5, 1, tzinfo=UTC)}
        connection.execute(insert(ACKNOWLEDGEMENTS), row | at)
    monkeypatch.setenv("INVENTORY_STATE", str(drill.settings.state))
    assert CliRunner().invoke(main, ["rebuild"]).exit_code == 0
    assert not shelves(drill.engine)
    follow(drill)
    assert shelves(drill.engine)["S1", "a"]["need"] == Need.STOCK_ERROR
    with drill.engine.connect() as connection:
        assert connection.execute(select(ACKNOWLEDGEMENTS.c.sku)).scalars().all() == ["a"]
