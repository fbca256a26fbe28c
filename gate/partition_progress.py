"""The gate's work for the log of standstills: by partition, and what Kafka has not taken yet."""

from collections import deque
from collections.abc import Mapping

from confluent_kafka import Message

from connect.kafka import Partition
from connect.settings import PREFIX, Settings
from connect.standstill import Observation
from connect.unreadable_batches import UnreadableBatch
from gate.envelope import coordinates_of
from gate.forwarder import Forwarder
from gate.verdict import schema_id_of


def observations(
    settings: Settings,
    waiting: Mapping[Partition, deque[Message | UnreadableBatch]],
    positions: Mapping[Partition, tuple[int, int]],
    forwarder: Forwarder,
) -> dict[str, Observation]:
    """Return the observations by name.

    waiting: records of which there is no verdict yet; positions: see GateConsumer.positions.
    """
    unsent = forwarder.unsent
    work = f"Kafka has not stored {unsent:,} records: check the broker." if unsent else ""
    result = {"The gate's output": Observation(forwarder.flushes, work)}
    for (topic, number), (position, end) in positions.items():
        first = next(iter(waiting.get((topic, number), ())), None)
        result[f"{topic}, partition {number},"] = (
            _unread(position, end) if first is None else _waits(settings, first)
        )
    return result


def _unread(position: int, end: int) -> Observation:
    """Observe a partition of which no record waits."""
    return Observation(
        position,
        f"{end - position:,} offsets from {position} on are not read: the broker does not answer, "
        "or a producer's open transaction holds them back."
        if position < end
        else "",
    )


def _waits(settings: Settings, first: Message | UnreadableBatch) -> Observation:
    """Observe a partition whose first record waits."""
    if isinstance(first, UnreadableBatch):
        return Observation(first.first, "")
    schema_id = schema_id_of(first.value())
    schema = "a schema" if schema_id is None else f"schema {schema_id}"
    return Observation(
        coordinates_of(first).offset,
        f"its records wait for {schema}, which the registry at "
        f"{settings.registry_url} does not return: check that it is healthy, and {PREFIX}REGISTRY; "
        "those that are older than the dedup horizon wait for the read model, "
        "`.venv/bin/python -m views`.",
    )
