"""Rows of orders and transfers that end, as a reader holds them and by the oracle."""

import random
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support import oracle
from tests.support.compare_with_oracle import ORDERS, TRANSFERS, Truth
from tests.support.finished_items import (
    KEPT,
    Accepted,
    expected,
    is_finished,
)
from tests.support.minicluster import OFTEN, Change, MiniCluster, write

DISORDERS = [timedelta(0), 2 * KEPT, 100 * KEPT]
"""Read as accepted; a few items are open at a time; everything may be read in any order."""
ITEMS: dict[Truth, Any] = {ORDERS: oracle.orders, TRANSFERS: oracle.transfers}
ENDING = replace(OFTEN, finished_seconds=int(KEPT.total_seconds()))


def write_within(folder: Path, log: list[Accepted], disorder: timedelta) -> None:
    """Write a file for each topic, each event at most `disorder` after events that came later.

    A repeat stays behind its first delivery, as both are in one partition.
    """
    chance = random.Random(disorder.total_seconds())
    read_at: dict[str, datetime] = {}
    order = []
    for number, (event, at) in enumerate(sorted(log, key=lambda each: each.at)):
        moment = max(at + chance.random() * disorder, read_at.get(event.event_id, at))
        read_at[event.event_id] = moment
        order.append((moment, number, Accepted(event, at)))
    by_topic: defaultdict[str, list[Accepted]] = defaultdict(list)
    for _, _, accepted in sorted(order, key=lambda each: each[:2]):
        by_topic[accepted.event.TOPIC].append(accepted)
    for accepted_events in by_topic.values():
        events = [each.event for each in accepted_events]
        write(folder, 0, events, [each.at for each in accepted_events])


def unequal(
    cluster: MiniCluster, folder: Path, log: Any, truth: Truth, disorder: timedelta
) -> list[Any]:
    """Return the keys that a reader holds in another way than the oracle after the whole log."""
    write_within(folder, log, disorder)
    lag = int(disorder.total_seconds()) + 15
    session = cluster.session(folder, settings=ENDING, lag_seconds=lag)
    held = held_by_reader(session.all_changes(truth.file), truth)
    rows = expected(log, ITEMS[truth])
    right = {key: row for key, row in rows.items() if not is_finished(row)}
    assert len(rows) > len(right) > 0
    keys = sorted(held.keys() | right.keys())
    return [(key, held.get(key), right.get(key)) for key in keys if held.get(key) != right.get(key)]


def held_by_reader(rows: Iterable[Change], truth: Truth) -> dict[Any, Any]:
    """Return the rows of a reader that ignores lower versions and forgets what is deleted."""
    held: dict[Any, Any] = {}
    for kind, fields in rows:
        key, row = truth.row(fields)
        if kind == "-D":
            held.pop(key, None)
        elif key not in held or row.version >= held[key].version:
            held[key] = row
    return held
