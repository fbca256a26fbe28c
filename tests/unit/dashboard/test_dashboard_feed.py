"""The feed: its snapshots, and its behaviour while Kafka is away."""

import gc
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest

from connect.errors import UserError
from dashboard.feed import live_feed as feeding
from dashboard.feed.live_feed import Feed
from dashboard.feed.source import Source
from dashboard.feed.store_tables import StoreTables
from dashboard.model.snapshot import Snapshot
from schemas.generated import OpenOrder, SalesByDay
from schemas.record import Record
from tests.support.store_records import level, product, sold, transfer
from views.stock import Status

NOW = datetime(2026, 1, 31, 9, tzinfo=UTC)


class Topics:
    """A fake Kafka: the test sets its records and its failures."""

    def __init__(self) -> None:
        self.batches: list[list[Record]] = []
        self.fault: Exception | None = None
        self.opened = 0
        self.absent: tuple[type[Record], ...] = ()
        self.caught_up = True
        self.undecodable: Mapping[str, int] = {}
        self._next = 0

    def open(self) -> Source:
        self.opened += 1
        self.check()
        self._next = 0
        return Source(self, self.check, self.absent)

    def check(self) -> None:
        if self.fault:
            raise self.fault

    def read(self, limit: int, seconds: float) -> list[Record]:  # noqa: ARG002
        time.sleep(0.005)
        if self._next == len(self.batches):
            return []
        self._next += 1
        return self.batches[self._next - 1]

    def close(self) -> None:
        pass


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "PUBLISH_SECONDS", 0.0)
    monkeypatch.setattr(feeding, "QUIET_SECONDS", 0.02)


@contextmanager
def running(topics: Topics) -> Iterator[Feed]:
    feed = Feed(topics.open).start()
    yield feed
    feed.stop()


def until(feed: Feed, holds: Callable[[Snapshot], object], seconds: float = 10) -> Snapshot:
    end = time.monotonic() + seconds
    while not holds(feed.snapshot):
        assert time.monotonic() < end, feed.snapshot
        time.sleep(0.005)
    return feed.snapshot


def test_no_store_is_published_until_the_topics_are_read_to_their_end() -> None:
    topics = Topics()
    topics.caught_up = False
    topics.batches = [[level("a", 1)], [level("b", 2)]]
    with running(topics) as feed:
        snapshot = until(feed, lambda one: one.levels_read == 2)
        assert (snapshot.complete, dict(snapshot.stores)) == (False, {})
        topics.caught_up = True
        assert len(until(feed, lambda one: one.complete).stores["S1"].levels) == 2


def test_levels_are_joined_with_products_and_sales() -> None:
    topics = Topics()
    topics.batches = [[level("a", 1), sold(0, 4), product("a")], [level("b", 5, store="S0")]]
    with running(topics) as feed:
        snapshot = until(feed, lambda one: len(one.stores) == 2)
    assert list(snapshot.stores) == ["S0", "S1"]
    store = snapshot.stores["S1"]
    assert (store.counts[Status.LOW], store.shelf[0].name) == (1, "Product a")
    assert store.sales is not None
    assert store.sales.units == 4
    assert snapshot.stores["S0"].sales is None


def test_a_lower_version_is_ignored() -> None:
    topics = Topics()
    topics.batches = [[level("a", 9, version=5)], [level("a", 8, version=4)], [level("z", 1)]]
    with running(topics) as feed:
        store = until(feed, lambda one: one.levels_read == 2).stores["S1"]
    assert [one.on_hand for one in store.levels] == [9, 1]


def test_an_outage_keeps_the_figures_and_ends_by_itself() -> None:
    topics = Topics()
    topics.batches = [[level("a", 1)]]
    with running(topics) as feed:
        until(feed, lambda one: one.complete)
        topics.fault = UserError("No Kafka broker answers.")
        snapshot = until(feed, lambda one: one.outage)
        assert snapshot.outage is not None
        assert snapshot.outage.reason == "No Kafka broker answers."
        assert len(snapshot.stores["S1"].levels) == 1
        opened = topics.opened
        until(feed, lambda _: topics.opened > opened)
        assert feed.snapshot.outage is not None
        assert feed.snapshot.outage.since == snapshot.outage.since
        topics.fault = None
        until(feed, lambda one: one.complete and one.outage is None)


def test_without_a_broker_at_the_start_everything_is_unknown() -> None:
    topics = Topics()
    topics.fault = UserError("No Kafka broker answers.")
    with running(topics) as feed:
        snapshot = until(feed, lambda one: one.outage)
        assert (snapshot.complete, dict(snapshot.stores)) == (False, {})
        topics.fault = None
        until(feed, lambda one: one.complete)


def test_the_feed_survives_any_other_exception() -> None:
    topics = Topics()
    with running(topics) as feed:
        until(feed, lambda one: one.complete)
        topics.fault = RuntimeError("never seen before")
        snapshot = until(feed, lambda one: one.outage)
        assert snapshot.outage is not None
        assert "never seen before" in snapshot.outage.reason
        topics.fault = None
        until(feed, lambda one: one.outage is None)


def test_topics_emptied_during_an_outage_are_empty() -> None:
    topics = Topics()
    topics.batches = [[level("a", 9, version=50), level("b", 1)]]
    with running(topics) as feed:
        until(feed, lambda one: one.complete)
        topics.fault = UserError("Away.")
        until(feed, lambda one: one.outage)
        topics.batches = [[level("a", 3, version=1)]]
        topics.fault = None
        snapshot = until(feed, lambda one: one.outage is None)
    assert [(one.sku, one.on_hand) for one in snapshot.stores["S1"].levels] == [("a", 3)]


def test_the_figures_stay_while_the_topics_are_read_again() -> None:
    topics = Topics()
    topics.batches = [[level("a", 9)]]
    with running(topics) as feed:
        until(feed, lambda one: one.complete)
        topics.fault = UserError("Away.")
        until(feed, lambda one: one.outage)
        topics.caught_up = False
        topics.batches = [[level("a", 8, version=2)], []]
        topics.fault = None
        opened = topics.opened
        until(feed, lambda _: topics.opened > opened)
        time.sleep(0.1)
        assert feed.snapshot.outage is not None
        assert [one.on_hand for one in feed.snapshot.stores["S1"].levels] == [9]
        topics.caught_up = True
        store = until(feed, lambda one: one.outage is None).stores["S1"]
        assert [one.on_hand for one in store.levels] == [8]


def test_a_changed_product_changes_every_store() -> None:
    tables = StoreTables()
    records: list[Record] = [product("a", 10), level("a", 5), level("a", 5, store="S2")]
    for record in records:
        tables.put(record, NOW)
    assert tables.stores(NOW)["S2"].counts[Status.LOW] == 1
    tables.put(product("a", 4), NOW)
    assert [store.counts[Status.LOW] for store in tables.stores(NOW).values()] == [0, 0]


def test_an_older_version_does_not_make_the_feed_fresh() -> None:
    tables = StoreTables()
    tables.put(level("a", 5, version=2), NOW)
    tables.put(level("a", 4, version=1), NOW + timedelta(seconds=9))
    assert tables.read_at == tables.stores(NOW)["S1"].read_at == NOW


def test_undecodable_records_are_counted() -> None:
    topics = Topics()
    topics.undecodable = {"inventory-levels": 2}
    with running(topics) as feed:
        assert until(feed, lambda one: one.complete).undecodable == {"inventory-levels": 2}


def test_missing_topics_are_listed_and_their_figures_unknown() -> None:
    topics = Topics()
    topics.absent = (OpenOrder, SalesByDay)
    topics.batches = [[level("a", 1), product("a"), transfer("t", 2)]]
    with running(topics) as feed:
        snapshot = until(feed, lambda one: one.complete and one.stores)
    assert snapshot.absent == ("open-orders", "sales-by-day")
    store = snapshot.stores["S1"]
    assert (store.orders, store.days) == (None, None)
    (line,) = store.shelf
    assert (line.incoming.on_order, line.incoming.in_transit) == (None, 2)


def test_kafka_is_heard_during_silence() -> None:
    topics = Topics()
    with running(topics) as feed:
        first = until(feed, lambda one: one.heard_at).heard_at
        assert first is not None
        until(feed, lambda one: one.heard_at and one.heard_at > first)


def test_only_changed_stores_are_built_again() -> None:
    tables = StoreTables()
    for store in ["S1", "S2"]:
        tables.put(level("a", 1, store=store), NOW)
    first = tables.stores(NOW)
    assert tables.stores(NOW) is first
    tables.put(level("a", 2, store="S2", version=2), NOW)
    second = tables.stores(NOW)
    assert second["S1"] is first["S1"]
    assert [one.on_hand for one in first["S2"].levels] == [1]
    assert [one.on_hand for one in second["S2"].levels] == [2]


def test_the_levels_are_exempt_from_garbage_collection() -> None:
    gc.unfreeze()
    topics = Topics()
    topics.batches = [[level("a", 1)]]
    with running(topics) as feed:
        until(feed, lambda _: gc.get_freeze_count() > 0)
    gc.unfreeze()
