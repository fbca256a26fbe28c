"""The stage of each succession, as Kafka has it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]

from connect.errors import UserError
from connect.group_offsets import committed_offsets
from connect.kafka import ANSWER_SECONDS, CONVERSION_GROUP, GATE_GROUP, Admin, Partition
from connect.partition_offsets import END, FIRST, partition_offsets
from connect.settings import Settings
from connect.topics import partition_counts
from contracts.contract import Contract
from contracts.evolution.declared_readers import readers
from contracts.evolution.stage import Progress
from contracts.successions import Pair, pairs
from schemas.avro.encode import milliseconds
from schemas.clock import utc_now

CONVERSION_TIME = timedelta(seconds=60)
"""Time within which a running converter has converted and committed a record."""


def progress(contracts: list[Contract], admin: Admin, settings: Settings) -> Iterator[Progress]:
    """Yield the stage of each succession.

    Raises UserError when Kafka does not answer.
    """
    try:
        group = settings.prefixed(CONVERSION_GROUP)
        offsets = _Offsets(admin, partition_counts(admin), group)
        for pair in pairs(contracts):
            left = tuple(readers(pair[0], contracts))
            yield _progress(pair, left, offsets, settings)
    except KafkaException as error:
        raise UserError(
            f"Kafka does not return the offsets of {CONVERSION_GROUP} and {GATE_GROUP} "
            f"({error.args[0].str()}): check that the broker is healthy and that this client may "
            "describe both groups."
        ) from None


def _progress(
    pair: Pair, left: tuple[str, ...], offsets: "_Offsets", settings: Settings
) -> Progress:
    old, new = pair
    topics = [contract.topic.name for contract in pair]
    # Without a reader of the old topic, nothing is converted back into it.
    sources = {settings.topic_prefix + topic: topic for topic in (topics if left else topics[:1])}
    public = [settings.prefixed(topic) for topic in topics]
    return Progress(
        old=old,
        new=new,
        lacking=offsets.lacking(public),
        lacking_accepted=_unwritten(sources, offsets, settings),
        waiting={topic: offsets.waiting(source) for source, topic in sources.items()},
        readers=left,
        records=offsets.records(public[0]),
    )


def _unwritten(
    sources: Mapping[str, str], offsets: "_Offsets", settings: Settings
) -> tuple[str, ...]:
    """Return the topics of accepted records that the gate does not write yet.

    sources: topic that the converter reads -> its contract's topic. The gate commits offsets of
    each public topic as it begins to read it.
    """
    group = settings.prefixed(GATE_GROUP)
    return tuple(
        source
        for source, topic in sources.items()
        if offsets.lacking([source])
        or (settings.has_gate and not offsets.is_read(settings.prefixed(topic), group))
    )


class _Offsets:
    def __init__(self, admin: Admin, partitions: Mapping[str, int], group: str) -> None:
        self._admin, self._partitions, self._group = admin, partitions, group

    def lacking(self, topics: Iterable[str]) -> tuple[str, ...]:
        return tuple(topic for topic in topics if topic not in self._partitions)

    def is_read(self, topic: str, group: str) -> bool:
        """Return True if a consumer group has committed an offset of the topic."""
        partitions = [(topic, number) for number in range(self._partitions.get(topic, 0))]
        if not partitions:
            return False
        committed = committed_offsets(self._admin, group, partitions, ANSWER_SECONDS)
        return any(offset >= 0 for offset in committed.values())

    def records(self, topic: str) -> int:
        """Return the number of records that a topic has, or a little more."""
        first = self._of(topic, FIRST)
        return sum(self._ends(topic).values()) - sum(first.values())

    def waiting(self, topic: str) -> int:
        """Return the number of records that the converter should have converted, and has not."""
        first = self._of(topic, FIRST)
        ends = self._ends(topic)
        before = milliseconds(utc_now() - CONVERSION_TIME)
        due = self._of(topic, OffsetSpec.for_timestamp(before))
        committed = self._committed(first)
        # Kafka answers -1 when no record is as new. A converter that never ran is late at once.
        return sum(
            max(0, (due[at] if due[at] >= 0 else ends[at]) - committed[at])
            if at in committed
            else ends[at] - first[at]
            for at in first
        )

    def _committed(self, first: Mapping[Partition, int]) -> dict[Partition, int]:
        if not first:
            return {}
        committed = committed_offsets(self._admin, self._group, list(first), ANSWER_SECONDS)
        return {at: offset for at, offset in committed.items() if offset >= 0}

    def _ends(self, topic: str) -> dict[Partition, int]:
        return self._of(topic, END)

    def _of(self, topic: str, spec: Any) -> dict[Partition, int]:
        count = self._partitions.get(topic, 0)
        return partition_offsets(self._admin, {(topic, at): spec for at in range(count)})
