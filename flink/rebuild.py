"""Rebuild of the job's state from the first event: its cost, and when a person decides on it."""

import time
from collections.abc import Mapping
from math import ceil

from connect.kafka import Admin, Partition
from connect.settings import Settings
from flink import source_topics, storage

SPEED = "rebuild-speed"
"""File in the folder of all states of a Kafka cluster: events a second of one parallel instance, as
the newest rebuild has read them."""
EVENTS_PER_SECOND = 20_000
"""The same before the first rebuild. benchmarks/cost.py measures 30 s of CPU for a million events;
the start, and the broker on the same machine, take their share."""
SHORTEST_SECONDS = 60
"""A shorter rebuild is mostly its start, and the wait for a checkpoint."""


def cost(settings: Settings, client: Admin, folder: str) -> str:
    """Return the number of events that a rebuild reads, and the time that it takes, in words.

    folder: URL of the folder of all states. Raises UserError and KafkaException when Kafka does not
    answer.
    """
    names = source_topics.names(settings)
    first = source_topics.first_offsets(client, names)
    events = _between(first, source_topics.end_offsets(client, names))
    speed = settings.job_parallelism * _speed(f"{folder}/{SPEED}")
    minutes = max(ceil(events / speed / 60), 1)
    return f"{events:,} events, about {minutes:,} {'minute' if minutes == 1 else 'minutes'}"


def note_speed(settings: Settings, client: Admin, folder: str, begun: float) -> None:
    """Note the speed of a rebuild that has ended now. begun: in seconds since 1970."""
    seconds = time.time() - begun
    if seconds < SHORTEST_SECONDS:
        return
    first = source_topics.first_offsets(client, source_topics.names(settings))
    events = _between(first, source_topics.committed(settings, client, first))
    speed = events / seconds / settings.job_parallelism
    storage.write(f"{folder}/{SPEED}", f"{speed:.0f}".encode())


def is_decision(settings: Settings, client: Admin, published: int) -> bool:
    """Return True if a start from the first event repeats the work of an earlier job.

    published: see flink.published_generation. A rebuild that has begun commits the first offsets;
    until its first checkpoint, starting it again is no new decision.
    """
    first = source_topics.first_offsets(client, source_topics.names(settings))
    reached = source_topics.committed(settings, client, first)
    if any(reached[at] > offset for at, offset in first.items()):
        return True
    return published > 0 and all(offset < 0 for offset in reached.values())


def _between(first: Mapping[Partition, int], ends: Mapping[Partition, int]) -> int:
    """Return the number of events between two offsets of each partition."""
    return sum(max(ends[at] - offset, 0) for at, offset in first.items())


def _speed(file: str) -> int:
    try:
        return max(int(storage.read(file)), 1)
    except storage.MissingFileError:
        return EVENTS_PER_SECOND
