"""The process of the read model: tables equal topics, whatever it is killed by, and when."""

import random
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from sqlalchemy import Connection, delete, select
from sqlalchemy.exc import (
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    InternalError,
    OperationalError,
)

from connect.errors import UserError
from connect.record_consumer import Received, Tombstone
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import (
    InventoryLevel,
    LedgerEntry,
    OpenOrder,
    Product,
    SalesPerMinute,
)
from schemas.record import Record
from tests.support.read_model_drill import Drill, expected
from tests.support.store_records import level, order, product, sale
from tests.support.topics_in_memory import Consumer, Topics
from views import follower
from views.barcodes import codes, forms
from views.database.conflation import Changes
from views.database.engine import open_database, writing
from views.database.product_barcodes import BARCODES
from views.database.read_offsets import OvertakenError
from views.database.tables import OFFSETS, TABLES
from views.database.write import write as write_rows
from views.follower import TopicChangedError

messages = st.one_of(
    st.builds(
        lambda sku, generation, version, on_hand: level(
            sku, on_hand, version=version, generation=generation
        ),
        st.sampled_from("abc"), st.integers(0, 1), st.integers(1, 3), st.integers(0, 9),
    ),
    st.builds(Tombstone, st.just(InventoryLevel), st.tuples(st.just("S1"), st.sampled_from("abc"))),
    st.builds(
        lambda sku, barcodes: replace(product(sku), barcodes=barcodes),
        st.sampled_from("ab"), st.sampled_from([None, "x", "x y", "y 96385074"]),
    ),
    st.builds(Tombstone, st.just(Product), st.tuples(st.sampled_from("ab"))),
    st.builds(
        lambda number, remaining, version: order(number, remaining, version=version),
        st.sampled_from("xy"), st.integers(0, 9), st.integers(1, 3),
    ),
    st.builds(sale, st.sampled_from("pq"), st.integers(0, 9)),
)  # fmt: skip


@pytest.fixture
def drill(database: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Drill]:
    topics = Topics(database)
    topics.install(monkeypatch)
    engine = open_database(database)
    yield Drill(database, engine, topics)
    engine.dispose()


@hypothesis(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=max(20, hypothesis().max_examples // 100),
)
@given(
    sent=st.lists(messages, max_size=25),
    kills=st.lists(st.integers(0, 40), max_size=6),
    seed=st.integers(0, 2**16),
)
def test_tables_are_what_the_topics_say_wherever_the_process_is_killed(
    drill: Drill,
    sent: list[Record | Tombstone],
    kills: list[int],
    seed: int,
) -> None:
    drill.topics.chance = random.Random(seed)
    for record_type in TABLES:
        drill.topics.create_again(record_type)
    drill.topics.send(*sent)
    for statement in kills:
        with drill.killed_at(statement), closing(drill.follower()) as opened:
            for _ in range(8):
                opened.step()
    drill.catch_up()
    tables = expected(sent)
    assert drill.rows() == tables
    with drill.engine.connect() as connection:
        held = {(code, sku) for code, sku in connection.execute(select(BARCODES))}
    assert held == {
        (form, sku)
        for (sku,), row in tables[Product].items()
        for code in codes(row["barcodes"])
        for form in forms(code)
    }


def test_reading_goes_on_at_the_stored_offsets(drill: Drill) -> None:
    drill.topics.send(level("a", 1), sale("p"))
    drill.catch_up()
    with closing(drill.follower()) as opened:
        assert {at: each.next_offset for at, each in opened.positions.items()} == {
            (name, number): end
            for name, topic in drill.topics.topics.items()
            for number, end in enumerate(topic.ends)
        }


def test_levels_are_read_before_history(drill: Drill) -> None:
    drill.topics.send(*(level(f"sku{number}", 1) for number in range(30)), sale("p"), order("x", 1))
    with closing(drill.follower()) as opened:
        while not drill.rows()[LedgerEntry] and not drill.rows()[OpenOrder]:
            opened.step()
    assert len(drill.rows()[InventoryLevel]) == 30


def test_a_level_does_not_wait_for_a_backlog_of_history(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill.catch_up()
    monkeypatch.setattr(follower, "RecordConsumer", lambda *_: Queue(drill.topics))
    monkeypatch.setattr(follower, "LIMIT", 10)
    with closing(drill.follower()) as opened:
        for _ in range(3):
            opened.step()
        drill.topics.send(*(sale(f"sale-{number}") for number in range(90)), level("a", 1))
        opened.step()
    assert len(drill.rows()[InventoryLevel]) == 1


class Queue(Consumer):
    """A consumer whose messages come topic by topic, by their names."""

    def read(self, limit: int, seconds: float) -> list[Received]:  # noqa: ARG002
        received: list[Received] = []
        for partition in sorted(self.positions, reverse=True):
            received += self.read_partition(partition, limit - len(received))
        return received


def test_a_topic_that_was_created_again_has_the_rows_of_the_new_one(drill: Drill) -> None:
    drill.topics.send(level("a", 1, version=9), level("b", 2, version=9), product("a"))
    drill.catch_up()
    drill.topics.create_again(InventoryLevel)
    drill.topics.send(level("a", 5, version=1), level("c", 6, version=1))
    drill.catch_up()
    assert set(drill.rows()[InventoryLevel]) == {("S1", "a"), ("S1", "c")}
    assert drill.rows()[InventoryLevel]["S1", "a"]["on_hand"] == 5
    assert len(drill.rows()[Product]) == 1


def test_a_running_process_sees_that_a_topic_was_created_again(drill: Drill) -> None:
    drill.topics.send(level("a", 1, version=9))
    with closing(drill.follower()) as opened:
        for _ in range(9):
            opened.step()
        drill.topics.create_again(InventoryLevel)
        drill.topics.send(*(level(f"sku{number}", 1) for number in range(30)))
        with pytest.raises(TopicChangedError):
            opened.step()


def test_a_topic_whose_records_were_deleted_has_no_rows(drill: Drill) -> None:
    drill.topics.send(level("a", 1), level("b", 2))
    drill.catch_up()
    topic = drill.topics.of(InventoryLevel)
    topic.starts = list(topic.ends)
    drill.catch_up()
    assert not drill.rows()[InventoryLevel]


def test_after_a_stop_longer_than_tombstones_are_kept_missing_rows_go_and_no_reader_sees_gaps(
    drill: Drill,
) -> None:
    drill.topics.send(*(level(f"sku{number}", number) for number in range(20)))
    drill.catch_up()
    for partition in drill.topics.of(InventoryLevel).partitions:
        for offset, message in list(partition.items()):
            if isinstance(message, InventoryLevel) and message.on_hand >= 18:
                del partition[offset]  # with its tombstone
    drill.topics.send(level("sku0", 100, version=2))
    drill.stopped_for(timedelta(days=1, minutes=1))
    with closing(drill.follower()) as opened:
        for _ in range(100):
            opened.step()
            assert len(drill.rows()[InventoryLevel]) in (20, 18)
    assert len(drill.rows()[InventoryLevel]) == 18
    assert drill.rows()[InventoryLevel]["S1", "sku0"]["on_hand"] == 100


@pytest.mark.parametrize("statement", range(0, 60, 7))
def test_reading_again_is_begun_anew_when_it_was_killed(drill: Drill, statement: int) -> None:
    drill.topics.send(*(level(f"sku{number}", number) for number in range(9)))
    drill.catch_up()
    drill.topics.of(InventoryLevel).partitions[0].clear()
    kept = len(drill.topics.of(InventoryLevel).partitions[1])
    drill.stopped_for(timedelta(days=2))
    with drill.killed_at(statement), closing(drill.follower()) as opened:
        for _ in range(3):
            opened.step()
    drill.catch_up()
    assert len(drill.rows()[InventoryLevel]) == kept


def test_after_a_short_stop_nothing_is_read_again(drill: Drill) -> None:
    drill.topics.send(level("a", 1))
    drill.catch_up()
    drill.stopped_for(timedelta(hours=23))
    with closing(drill.follower()) as opened:
        assert not any(each.rereading for each in opened.positions.values())


def test_a_stop_that_is_broken_by_a_start_without_reading_stays_long(drill: Drill) -> None:
    drill.topics.send(level("a", 1))
    drill.catch_up()
    drill.stopped_for(timedelta(hours=23))
    drill.topics.send(level("b", 1))
    drill.follower().close()
    read_at = min(each.read_at for each in drill.positions().values())
    assert read_at < utc_now() - timedelta(hours=22)


def test_two_processes_at_once_do_no_harm(drill: Drill) -> None:
    sent = [level("a", number, version=number) for number in range(1, 20)]
    sent += [level("b", number, version=1) for number in range(20)]
    drill.topics.send(*sent)
    both = [drill.follower(), drill.follower()]
    overtaken = 0
    for number in range(70):
        try:
            both[number % 2].step()
        except OvertakenError:
            overtaken += 1
            both[number % 2] = drill.follower()
    assert overtaken
    assert drill.rows() == expected(list(sent))


def test_a_database_of_another_prefix_is_refused_until_it_is_emptied(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill.topics.send(level("a", 1), product("a"))
    drill.catch_up()
    settings = replace(drill.settings, prefix="test.")
    other = Drill(settings, drill.engine, Topics(settings))
    other.topics.install(monkeypatch)
    other.topics.send(level("b", 2))
    del other.topics.topics["test.products"]
    with pytest.raises(UserError, match="another INVENTORY_PREFIX: give this one its own"):
        other.catch_up()
    assert set(drill.rows()[InventoryLevel]) == {("S1", "a")}
    with writing(drill.engine) as connection:
        connection.execute(delete(OFFSETS))
    other.catch_up()
    assert set(drill.rows()[InventoryLevel]) == {("S1", "b")}
    assert not drill.rows()[Product]
    assert {topic for topic, _ in drill.positions()} == set(other.topics.topics)


def test_a_topic_that_is_created_later_is_read_then(drill: Drill) -> None:
    late = drill.topics.topics.pop("products")
    drill.topics.send(level("a", 1))
    with closing(drill.follower()) as opened:
        for _ in range(9):
            opened.step()
        drill.topics.topics["products"] = late
        with pytest.raises(TopicChangedError):
            opened.step()
    drill.topics.send(product("a"))
    drill.catch_up()
    assert len(drill.rows()[Product]) == 1


def test_what_cannot_be_decoded_is_counted_once_and_stops_nothing(drill: Drill) -> None:
    for message in (level("a", 1), b"junk", level("b", 2), b"junk"):
        drill.topics.of(InventoryLevel).append(message)
    for statement in (3, 9, 15):
        with drill.killed_at(statement), closing(drill.follower()) as opened:
            for _ in range(9):
                opened.step()
    drill.catch_up()
    assert len(drill.rows()[InventoryLevel]) == 2
    assert sum(each.undecodable for each in drill.positions().values()) == 2


@pytest.mark.parametrize("wrong", [2**63, 2**200, -(2**63) - 1])
def test_a_value_that_no_database_can_hold_is_counted_and_stops_nothing(
    drill: Drill, wrong: int
) -> None:
    drill.topics.send(level("a", wrong), level("b", 2), level("c", wrong), level("c", 3))
    drill.catch_up()
    assert set(drill.rows()[InventoryLevel]) == {("S1", "b"), ("S1", "c")}
    assert sum(each.undecodable for each in drill.positions().values()) == 2


def has_negative_sales(changes: Mapping[type[Record], Changes]) -> bool:
    """Return True for a level that breaks its contract, although the database can hold it."""
    levels: Any = changes[InventoryLevel].newest if InventoryLevel in changes else {}
    return any(each.sold < 0 for each in levels.values())


@pytest.mark.parametrize("error_type", [OperationalError, InterfaceError, InternalError])
def test_a_passing_error_of_the_database_makes_no_record_undecodable(
    drill: Drill, monkeypatch: pytest.MonkeyPatch, error_type: type[DBAPIError]
) -> None:
    failures = [error_type("INSERT", None, Exception("the database is locked"))]

    def write(connection: Connection, changes: dict[type[Record], Changes]) -> None:
        if failures and has_negative_sales(changes):
            raise failures.pop()
        write_rows(connection, changes)

    monkeypatch.setattr(follower, "write", write)
    drill.topics.send(replace(level("a", 1), sold=-1), level("b", 2))
    with pytest.raises(error_type):
        drill.catch_up()
    drill.catch_up()
    assert set(drill.rows()[InventoryLevel]) == {("S1", "a"), ("S1", "b")}
    assert not any(each.undecodable for each in drill.positions().values())


@pytest.mark.parametrize("error_type", [DataError, IntegrityError])
def test_a_value_that_the_database_refuses_is_counted_as_undecodable(
    drill: Drill, monkeypatch: pytest.MonkeyPatch, error_type: type[DBAPIError]
) -> None:

    def write(connection: Connection, changes: dict[type[Record], Changes]) -> None:
        if has_negative_sales(changes):
            raise error_type("INSERT", None, Exception("the value is out of range"))
        write_rows(connection, changes)

    monkeypatch.setattr(follower, "write", write)
    drill.topics.send(replace(level("a", 1), sold=-1), level("b", 2))
    drill.catch_up()
    assert set(drill.rows()[InventoryLevel]) == {("S1", "b")}
    assert sum(each.undecodable for each in drill.positions().values()) == 1


def test_text_longer_than_an_index_can_hold_stops_nothing(drill: Drill) -> None:
    noise = "".join(map(chr, random.Random(1).choices(range(32, 0xD7FF), k=20_000)))
    drill.topics.send(product(noise), product("b"))
    drill.catch_up()
    assert ("b",) in drill.rows()[Product]


def sales_at(at: datetime) -> SalesPerMinute:
    return SalesPerMinute(
        store_id="S1", sku="a", currency="EUR", minute_start=at, units=1, revenue=Decimal(1),
        version=1,
    )  # fmt: skip


def keep_sales(drill: Drill, days: int, now: datetime) -> None:
    topic = drill.topics.of(SalesPerMinute)
    topic.policies, topic.retention = frozenset({"compact", "delete"}), timedelta(days=days)
    topic.appended_at = now


def test_sales_older_than_their_topic_keeps_them_are_deleted(drill: Drill) -> None:
    now = utc_now()
    keep_sales(drill, 7, now)
    young = now - timedelta(days=6)
    drill.topics.send(sales_at(young), sales_at(now - timedelta(days=8)))
    drill.catch_up()
    assert [key[3] for key in drill.rows()[SalesPerMinute]] == [young]
    keep_sales(drill, 5, now)
    drill.catch_up()
    assert not drill.rows()[SalesPerMinute]


def test_a_clock_that_is_ahead_deletes_no_sales(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = utc_now()
    keep_sales(drill, 7, now)
    drill.topics.send(sales_at(now))
    drill.catch_up()
    monkeypatch.setattr(follower, "utc_now", lambda: now + timedelta(days=400))
    drill.topics.send(product("a"))
    drill.catch_up()
    assert [key[3] for key in drill.rows()[SalesPerMinute]] == [now]
