"""What Flink published for random histories, held against the oracle."""

import random
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from flink import statements
from schemas.generated import Shipment, Transaction
from tests import oracle
from tests.minicluster import Change, MiniCluster, write
from tests.oracle import Event, Key, Level, Minute

ARRIVAL_BATCHES = 4
History = list[Event]


def wrong_levels(
    cluster: MiniCluster, folder: Path, histories: list[History]
) -> list[tuple[History, Key, Level | None]]:
    """(history, key, level) wherever the last level is not the oracle's, shortest first.

    The events of each history reach two parallel readers in batches that mix at random.
    """
    chooser = random.Random(0)
    batches: list[History] = [[] for _ in range(ARRIVAL_BATCHES)]
    for history in histories:
        for event in history:
            chooser.choice(batches).append(event)
    for number, batch in enumerate(batches):
        _write_by_topic(folder, str(number), batch)
    rows = cluster.session(folder, parallelism=2).all_changes(statements.INVENTORY_LEVELS)
    last = {key: levels[-1] for key, levels in published(rows).items()}
    wrong = [
        (history, key, last.get(key))
        for history in histories
        for key, level in oracle.levels(history).items()
        if last.get(key) != level
    ]
    return sorted(wrong, key=lambda found: len(found[0]))


def not_prefix_truths(
    cluster: MiniCluster, folder: Path, histories: list[History]
) -> list[tuple[History, Key, list[Level]]]:
    """(history, key, levels) wherever the published levels are not those of growing prefixes."""
    _write_by_topic(folder, "all", [event for history in histories for event in history])
    seen = published(cluster.session(folder).all_changes(statements.INVENTORY_LEVELS))
    wrong = [
        (history, key, seen.get(key, []))
        for history in histories
        for key, events in oracle.by_key(oracle.accepted(history)).items()
        if not _follows_a_merge(seen.get(key, []), events)
    ]
    return sorted(wrong, key=lambda found: len(found[0]))


def wrong_minutes(
    cluster: MiniCluster, folder: Path, histories: list[History]
) -> list[tuple[Minute, object, object]]:
    """(minute, published, expected) wherever they differ, for events that come in time order."""
    events = [event for history in histories for event in history]
    _write_by_topic(folder, "all", sorted(events, key=lambda event: event.occurred_at))
    seen = {
        (store, sku, currency, _time(start)): (int(units), Decimal(revenue))
        for _, (store, sku, currency, start, units, revenue) in cluster.session(folder).all_changes(
            statements.SALES_PER_MINUTE
        )
    }
    expected = oracle.minutes(events)
    keys = sorted(seen.keys() | expected.keys(), key=str)
    pairs = [(key, seen.get(key), expected.get(key)) for key in keys]
    return [pair for pair in pairs if pair[1] != pair[2]]


def published(rows: list[Change]) -> dict[Key, list[Level]]:
    """Every level that consumers see, by key, in order; a deleted level is an error."""
    seen: dict[Key, list[Level]] = defaultdict(list)
    for kind, (store, sku, *quantities, last) in rows:
        assert kind != "-D", f"level deleted: {store} {sku}"
        if kind in ("+I", "+U"):
            on_hand, sold, returned, received, version = map(int, quantities)
            seen[store, sku].append(Level(on_hand, sold, returned, received, version, _time(last)))
    return dict(seen)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _follows_a_merge(levels: list[Level], events: list[Event]) -> bool:
    """Whether the levels are those after each event of some merge of the two topics.

    Kafka keeps the order within a topic's partition only, so that any merge is an order of
    arrival.
    """
    sales = [event for event in events if isinstance(event, Transaction)]
    receipts = [event for event in events if isinstance(event, Shipment)]
    taken = {(0, 0)}
    for level in levels:
        steps = {step for s, r in taken for step in ((s + 1, r), (s, r + 1))}
        taken = {
            (s, r)
            for s, r in steps
            if s <= len(sales)
            and r <= len(receipts)
            and oracle.level([*sales[:s], *receipts[:r]]) == level
        }
    return (len(sales), len(receipts)) in taken


def _write_by_topic(folder: Path, name: str, events: History) -> None:
    for kind in (Transaction, Shipment):
        write(folder, name, [event for event in events if isinstance(event, kind)])
