"""Kafka's settings of a topic and their values, as Kafka 4.1 validates them (its LogConfig)."""

import re
from difflib import get_close_matches

from contracts.types import INT, LONG

WHOLE = re.compile(r"-?[0-9]{1,19}")
RATIO = re.compile(r"[0-9]{1,9}(\.[0-9]{0,9})?")
MOST_PARTITIONS = 10_000
"""The partitions that Kafka creates in one request, which is what a topic is created by."""
BOOLEAN = ("true", "false")

NUMBERS = {
    "compression.gzip.level": (-1, 9),
    "compression.lz4.level": (1, 17),
    "compression.zstd.level": (-131072, 22),
    "delete.retention.ms": (0, LONG[1]),
    "file.delete.delay.ms": (0, LONG[1]),
    "flush.messages": (1, LONG[1]),
    "flush.ms": (0, LONG[1]),
    "index.interval.bytes": (0, INT[1]),
    "local.retention.bytes": (-2, LONG[1]),
    "local.retention.ms": (-2, LONG[1]),
    "max.compaction.lag.ms": (1, LONG[1]),
    "max.message.bytes": (0, INT[1]),
    "message.timestamp.after.max.ms": (0, LONG[1]),
    "message.timestamp.before.max.ms": (0, LONG[1]),
    "min.compaction.lag.ms": (0, LONG[1]),
    "min.insync.replicas": (1, INT[1]),
    "retention.bytes": (-1, LONG[1]),
    "retention.ms": (-1, LONG[1]),
    "segment.bytes": (1_048_576, INT[1]),
    "segment.index.bytes": (4, INT[1]),
    "segment.jitter.ms": (0, LONG[1]),
    "segment.ms": (1, LONG[1]),
}
"""Setting -> its smallest and largest number."""
WORDS = {
    "compression.type": ("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"),
    "message.timestamp.type": ("CreateTime", "LogAppendTime"),
    "preallocate": BOOLEAN,
    "remote.log.copy.disable": BOOLEAN,
    "remote.log.delete.on.disable": BOOLEAN,
    "remote.storage.enable": BOOLEAN,
    "unclean.leader.election.enable": BOOLEAN,
}
"""Setting -> its words, of which it is one."""
LISTS = {"cleanup.policy": ("compact", "delete")}
"""Setting -> its words, of which it is a list."""
RATIOS = ("min.cleanable.dirty.ratio",)
OF_TOOLS = ("follower.replication.throttled.replicas", "leader.replication.throttled.replicas")
OLDER = (
    "message.downconversion.enable",
    "message.format.version",
    "message.timestamp.difference.max.ms",
)
"""Settings of Kafka 3 that Kafka 4 lacks; their values are not judged."""
OTHERS = ("confluent.", "redpanda.")
"""Beginnings of the settings of other brokers, which are not judged."""
KAFKAS = (*NUMBERS, *WORDS, *LISTS, *RATIOS, *OF_TOOLS)


def expected_name(setting: str) -> str | None:
    """Return the name that may be meant, or what a name is; None for a known one."""
    if setting in KAFKAS or setting in OLDER or setting.startswith(OTHERS):
        return None
    close = get_close_matches(setting, KAFKAS, 1)
    return f"{close[0] if close else 'a topic setting of Kafka'}, as Kafka has no such setting"


def expected_value(setting: str, value: str) -> str | None:
    """Return the form of a setting's values; None for a valid one."""
    if setting in NUMBERS:
        lowest, highest = NUMBERS[setting]
        fits = WHOLE.fullmatch(value) and lowest <= int(value) <= highest
        return None if fits else f"a whole number from {lowest:,} to {highest:,}"
    if setting in WORDS:
        return None if value in WORDS[setting] else f"one of {', '.join(WORDS[setting])}"
    if setting in LISTS:
        parts = [part.strip() for part in value.split(",")]
        fits = {*parts} <= {*LISTS[setting]} and len({*parts}) == len(parts)
        return None if fits else f"{' or '.join(LISTS[setting])}, or both with a comma"
    if setting in RATIOS:
        fits = RATIO.fullmatch(value) and float(value) <= 1
        return None if fits else "a number from 0 to 1"
    return None
