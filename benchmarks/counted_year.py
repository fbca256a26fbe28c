"""Levels that are wrong after a year of receipts with stock counts at the ends of its months.

The counted units are invented, the counted months differ from shelf to shelf, and half of the
counts arrive before the receipts, half after. The levels are compared with sums over the file.

Takes 5 minutes.
"""

import zlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import click
import pyarrow.parquet as pq

from benchmarks.pipeline import pipeline, run
from benchmarks.year_of_receipts import LINES, Key, published_levels, wait_for_levels
from connect.settings import Settings
from contracts.publisher import Publisher
from producers.replay.completejourney import transactions
from schemas.generated import StockCount

COUNTED = 20_000
"""Number of counted shelves: those with the most lines."""
Sale = tuple[datetime, int]
Count = tuple[datetime, str, int]
"""counted_at, event_id, units"""


def sales(settings: Settings) -> dict[Key, list[Sale]]:
    """Read (occurred_at, quantity) of every line by shelf, from the file."""
    columns = ["store_id", "product_id", "transaction_timestamp", "quantity"]
    table = pq.read_table(str(transactions(settings)), columns=columns)
    by_shelf: dict[Key, list[Sale]] = defaultdict(list)
    for store, product, at, units in zip(*(c.to_pylist() for c in table.columns), strict=True):
        by_shelf[str(store), str(product)].append((at.replace(tzinfo=UTC), int(units)))
    return by_shelf


def counts(shelves: dict[Key, list[Sale]]) -> dict[Key, list[Count]]:
    """Invent one count (end of January) to twelve for each counted shelf."""
    busiest = sorted(shelves, key=lambda key: (-len(shelves[key]), key))[:COUNTED]
    ends = [datetime(2017, month, 1, tzinfo=UTC) for month in range(2, 13)]
    ends.append(datetime(2018, 1, 1, tzinfo=UTC) - timedelta(hours=12))
    made: dict[Key, list[Count]] = {}
    for number, key in enumerate(busiest):
        made[key] = []
        for at in ends[: number % 12 + 1]:
            event_id = f"count:{key[0]}:{key[1]}:{at:%Y-%m-%d}"
            made[key].append((at, event_id, zlib.crc32(event_id.encode()) % 100))
    return made


def expected(shelves: dict[Key, list[Sale]], counted: dict[Key, list[Count]]) -> dict[Key, int]:
    """Compute on hand: the latest count less the sales after it."""
    on_hand = {}
    for key, lines in shelves.items():
        at, _, units = max(counted.get(key, []), default=(datetime.min.replace(tzinfo=UTC), "", 0))
        lines.sort()
        first = bisect_right(lines, at, key=lambda line: line[0])
        on_hand[key] = units - sum(quantity for _, quantity in lines[first:])
    return on_hand


def send(settings: Settings, events: Iterator[StockCount]) -> None:
    with Publisher(settings, [StockCount]) as publisher:
        for event in events:
            publisher.send(event)
            publisher.poll()


def as_events(counted: dict[Key, list[Count]], half: int) -> Iterator[StockCount]:
    """Yield every second count from number `half`, the latest first."""
    now = datetime.now(UTC).replace(microsecond=0)
    for (store, sku), shelf_counts in counted.items():
        for at, event_id, units in sorted(shelf_counts, reverse=True)[half::2]:
            yield StockCount(
                event_id=event_id,
                store_id=store,
                sku=sku,
                quantity=units,
                counted_at=at,
                recorded_at=now,
            )


def wrong(settings: Settings, on_hand: dict[Key, int]) -> tuple[int, int]:
    """Return (levels, levels that are wrong or missing)."""
    levels = {row.key(): row.on_hand for row in published_levels(settings)}
    keys = levels.keys() | on_hand.keys()
    return len(levels), sum(levels.get(key) != on_hand.get(key) for key in keys)


@click.command(help=__doc__)
def main() -> None:
    with pipeline(count_seconds=0) as stack:
        settings = stack.settings
        shelves = sales(settings)
        counted = counts(shelves)
        total = sum(map(len, counted.values()))
        stack.start("job")
        stack.wait("job")
        send(settings, as_events(counted, 0))
        run(stack, "producers", "completejourney")
        send(settings, as_events(counted, 1))
        wait_for_levels(settings, LINES + total)
        keys, bad = wrong(settings, expected(shelves, counted))
        print(f"{LINES:,} lines and {total:,} counts: {keys:,} keys, {bad} wrong or missing")
        if bad:
            raise SystemExit(1)


if __name__ == "__main__":
    main()
