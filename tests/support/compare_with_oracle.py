"""Comparison of Flink's output for random histories with the oracle."""

import random
from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations, product
from pathlib import Path
from typing import Any

from flink import statements
from schemas.generated import EVENTS
from tests.support import oracle
from tests.support.minicluster import OFTEN, Change, MiniCluster, write
from tests.support.oracle import Entry, Event, Key, Level, Order, Passage

ARRIVAL_BATCHES = 4
History = list[Event]
Difference = tuple[Hashable, object, object]
"""(key, last published row, expected row)"""


@dataclass(frozen=True)
class Truth:
    """A statement with its parser and its oracle."""

    file: Path
    """SQL file of the INSERT statement."""
    row: Callable[[list[str]], tuple[Hashable, Any]]
    """Parser of a row's fields into (key, value)."""
    expected: Callable[[History], dict[Any, Any]]
    """Oracle: all arrivals -> expected rows by key."""


def differences(
    cluster: MiniCluster, folder: Path, histories: list[History], truth: Truth
) -> list[Difference]:
    """Return the keys whose last row differs from the oracle, missing and surplus ones included.

    Two parallel readers read the events in batches that are mixed at random.
    """
    chooser = random.Random(0)
    batches: list[History] = [[] for _ in range(ARRIVAL_BATCHES)]
    for history in histories:
        for event in history:
            chooser.choice(batches).append(event)
    for number, batch in enumerate(batches):
        _write_by_topic(folder, number, batch)
    rows = cluster.session(folder, parallelism=2).all_changes(truth.file)
    return _unequal(_last(rows, truth), truth.expected(_all(histories)))


def last_rows(
    cluster: MiniCluster, folder: Path, events: History, truth: Truth
) -> dict[Hashable, Any]:
    """Return the last row of each key after events that are read in this order, topic by topic."""
    _write_by_topic(folder, 0, events)
    return _last(cluster.session(folder).all_changes(truth.file), truth)


def not_prefix_truths(
    cluster: MiniCluster, folder: Path, histories: list[History]
) -> list[tuple[Key, list[Level]]]:
    """Return (key, levels) where the published levels are not those of growing prefixes."""
    _write_by_topic(folder, 0, _all(histories))
    rows = cluster.session(folder).all_changes(LEVELS.file)
    seen: dict[Hashable, list[Level]] = defaultdict(list)
    for key, level in _put(rows, LEVELS):
        seen[key].append(level)
    arrived = oracle.by_shelf(oracle.accepted(_all(histories)))
    wrong = [
        (key, seen.get(key, []))
        for key, events in arrived.items()
        if not follows_a_merge(seen.get(key, []), events)
    ]
    return sorted(wrong, key=lambda pair: len(arrived[pair[0]]))


def wrong_ledger(cluster: MiniCluster, folder: Path, histories: list[History]) -> list[Difference]:
    """Return the entries that differ from the oracle, are repeated, or name another source."""
    events = _all(histories)
    _write_by_topic(folder, 0, events)
    rows = cluster.session(folder).all_changes(statements.STOCK_LEDGER)
    places = {
        (record_type.TOPIC, offset): event.event_id
        for record_type in EVENTS
        for offset, event in enumerate(_of(record_type, events))
    }
    wrong = _unequal(_last(rows, LEDGER), oracle.ledger(events))
    entries = [fields for _, fields in rows]
    wrong += [(e[0], "twice", "once") for e in {tuple(e) for e in entries if entries.count(e) > 1}]
    wrong += [
        (entry[0], f"from {topic}@{offset}", places.get((topic, int(offset))))
        for entry in entries
        for topic, offset in [(entry[9], entry[11])]
        if places.get((topic, int(offset))) != entry[0]
    ]
    return wrong


def follows_a_merge(levels: list[Level], events: History) -> bool:
    """Return True if the levels are those of growing prefixes of one merge of the topics.

    Kafka orders records within a partition only, so every merge is a possible arrival order. A
    prefix of a merge is a prefix of each topic; the last one must be published.
    """
    topics = list(filter(None, (_of(record_type, events) for record_type in EVENTS)))
    reached = {tuple(0 for _ in topics)}
    for level in levels:
        reached = {
            taken
            for taken in product(*(range(len(topic) + 1) for topic in topics))
            if sum(taken) == level.version
            and any(before != taken and all(map(int.__le__, before, taken)) for before in reached)
            and oracle.level([e for n, topic in zip(taken, topics, strict=True) for e in topic[:n]])
            == level
        }
    return tuple(map(len, topics)) in reached


def grows(levels: list[Level], events: History) -> bool:
    """Return True if the levels are those of growing sets of a key's events, up to all of them.

    With parallel instances any order of acceptance is possible, also within a topic.
    """
    reached: set[frozenset[int]] = {frozenset()}
    for level in levels:
        reached = {
            taken
            for before in reached
            for more in combinations(set(range(len(events))) - before, level.version - len(before))
            for taken in [before.union(more)]
            if oracle.level([events[n] for n in sorted(taken)]) == level
        }
    return frozenset(range(len(events))) in reached


def level_row(fields: list[str]) -> tuple[Key, Level]:
    store, sku, on_hand, sold, returned, received, version, last, *moved, counted, _ = fields
    adjusted, transferred_in, transferred_out = map(int, moved)
    return (store, sku), Level(
        on_hand=int(on_hand),
        sold=int(sold),
        returned=int(returned),
        received=int(received),
        version=int(version),
        last_movement_at=_time(last),
        adjusted=adjusted,
        transferred_in=transferred_in,
        transferred_out=transferred_out,
        counted_at=_time_or_none(counted),
    )


def _order_row(fields: list[str]) -> tuple[Hashable, Order]:
    *key, ordered, received, remaining, cancelled, expected, version, _ = fields
    return tuple(key), Order(
        ordered=int(ordered),
        received=int(received),
        remaining=int(remaining),
        cancelled=cancelled == "true",
        expected_at=_time_or_none(expected),
        version=int(version),
    )


def _transfer_row(fields: list[str]) -> tuple[Hashable, Passage]:
    *key, shipped, received, lost, in_transit, version, _ = fields
    return tuple(key), Passage(*map(int, (shipped, received, lost, in_transit, version)))


def _day_row(fields: list[str]) -> tuple[Hashable, tuple[int, Decimal, int]]:
    *key, units, revenue, version, _ = fields
    return tuple(key), (int(units), Decimal(revenue), int(version))


def _minute_row(fields: list[str]) -> tuple[Hashable, tuple[int, Decimal, int]]:
    store, sku, currency, start, units, revenue, version, _ = fields
    return (store, sku, currency, _time(start)), (int(units), Decimal(revenue), int(version))


def _ledger_row(fields: list[str]) -> tuple[Hashable, Entry]:
    event_id, store, sku, kind, quantity, reason, reference, occurred, recorded, *_ = fields
    return event_id, Entry(
        store_id=store,
        sku=sku,
        kind=kind,
        quantity=int(quantity),
        reason=_or_none(reason),
        reference=_or_none(reference),
        occurred_at=_time(occurred),
        recorded_at=_time(recorded),
    )


LEVELS = Truth(statements.INVENTORY_LEVELS, level_row, oracle.levels)
ORDERS = Truth(statements.OPEN_ORDERS, _order_row, oracle.orders)
TRANSFERS = Truth(statements.OPEN_TRANSFERS, _transfer_row, oracle.transfers)
LEDGER = Truth(statements.STOCK_LEDGER, _ledger_row, oracle.ledger)
MINUTES = Truth(statements.SALES_PER_MINUTE, _minute_row, oracle.minutes)
DAYS = Truth(statements.SALES_BY_DAY, _day_row, lambda events: oracle.days(events, OFTEN.time_zone))


def _put(rows: list[Change], truth: Truth) -> list[tuple[Hashable, Any]]:
    """Return the upserted rows in order; fails for a deleted row."""
    assert not [fields for kind, fields in rows if kind == "-D"], "a row was deleted"
    return [truth.row(fields) for kind, fields in rows if kind in ("+I", "+U")]


def _last(rows: list[Change], truth: Truth) -> dict[Hashable, Any]:
    return dict(_put(rows, truth))


def _unequal(seen: dict[Any, Any], expected: dict[Any, Any]) -> list[Difference]:
    keys = sorted(seen.keys() | expected.keys(), key=str)
    pairs = [(key, seen.get(key), expected.get(key)) for key in keys]
    return [pair for pair in pairs if pair[1] != pair[2]]


def _all(histories: list[History]) -> History:
    return [event for history in histories for event in history]


def _of(record_type: type[Any], events: History) -> History:
    return [event for event in events if isinstance(event, record_type)]


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _or_none(text: str) -> str | None:
    return None if text == "null" else text


def _time_or_none(text: str) -> datetime | None:
    return None if text == "null" else _time(text)


def _write_by_topic(folder: Path, partition: int, events: History) -> None:
    for record_type in EVENTS:
        write(folder, partition, _of(record_type, events))
