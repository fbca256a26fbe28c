"""Facts about topics that decide where reading begins, as Kafka states them."""

from collections.abc import Collection, Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from confluent_kafka import (
    IsolationLevel,
    KafkaError,
    KafkaException,
    TopicCollection,
    TopicPartition,
)
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    ConfigResource,
    OffsetSpec,
    ResourceType,
)

from connect.errors import UserError
from connect.kafka import Partition
from connect.rights import REFUSALS
from schemas.avro.encode import MILLISECOND

ANSWER_SECONDS = 4.0
EARLIEST, LATEST = OffsetSpec.earliest(), OffsetSpec.latest()  # type: ignore[no-untyped-call]
DEFAULT_CONFIG = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "delete.retention.ms": "86400000",
}
"""For a client that may not read the settings of topics: those of the contracts, -1 is for ever."""
LONGEST = timedelta(days=365_000)
"""Duration that stands for longer ones: Kafka takes 292 million years, and no time is before the
year 1."""


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """One topic at one moment."""

    topic_id: str
    """Kafka's, which a topic that was deleted and created again does not keep."""
    starts: Mapping[int, int]
    """First offset of each partition."""
    ends: Mapping[int, int]
    """Offset after the last record of each partition that may be read."""
    policies: frozenset[str]
    """Values of cleanup.policy."""
    retention: timedelta | None
    """Age at which records are deleted; None: never."""
    tombstones: timedelta
    """Time for which tombstones stay at least."""


def topic_facts(client: AdminClient, topics: Iterable[str]) -> dict[str, TopicFacts]:
    """Return the facts of those topics that exist. Raises UserError when Kafka does not answer."""
    described = _described(client, list(topics))
    partitions = [
        (name, partition.id) for name, topic in described.items() for partition in topic.partitions
    ]
    starts = offsets_of(client, partitions, EARLIEST)
    ends = offsets_of(client, partitions, LATEST)
    configs = _configs(client, described)
    facts = {}
    for name, topic in described.items():
        numbers = [partition.id for partition in topic.partitions]
        config = configs[name]
        policies = frozenset(config["cleanup.policy"].split(","))
        retention = int(config["retention.ms"]) if "delete" in policies else -1
        facts[name] = TopicFacts(
            str(topic.topic_id),
            {number: starts[name, number] for number in numbers},
            {number: ends[name, number] for number in numbers},
            policies,
            None if retention < 0 else _duration(retention),
            _duration(int(config["delete.retention.ms"])),
        )
    return facts


def _duration(milliseconds: int) -> timedelta:
    return min(milliseconds, LONGEST // MILLISECOND) * MILLISECOND


def offsets_of(
    client: AdminClient, partitions: Collection[Partition], which: OffsetSpec
) -> dict[Partition, int]:
    """Return an offset of each partition, as a reader of committed records sees it."""
    if not partitions:
        return {}
    answers = client.list_offsets(
        {TopicPartition(*partition): which for partition in partitions},
        isolation_level=IsolationLevel.READ_COMMITTED,
        request_timeout=ANSWER_SECONDS,
    )
    return {(at.topic, at.partition): _result(answer).offset for at, answer in answers.items()}


def _described(client: AdminClient, topics: list[str]) -> dict[str, Any]:
    answers = client.describe_topics(TopicCollection(topics), request_timeout=ANSWER_SECONDS)
    described = {}
    for name, answer in answers.items():
        try:
            described[name] = _result(answer, KafkaError.UNKNOWN_TOPIC_OR_PART, f" about {name}")
        except LookupError:
            continue
    return described


def _configs(client: AdminClient, topics: Iterable[str]) -> dict[str, dict[str, str]]:
    """Return the settings of topics; Kafka's defaults for those that this client may not read."""
    resources = {ConfigResource(ResourceType.TOPIC, name): name for name in topics}
    if not resources:
        return {}
    answers = client.describe_configs(list(resources), request_timeout=ANSWER_SECONDS)
    configs = {}
    for resource, answer in answers.items():
        try:
            entries = _result(answer, KafkaError.TOPIC_AUTHORIZATION_FAILED)
            config = {name: str(entry.value) for name, entry in entries.items()}
        except LookupError:
            config = {}
        configs[resources[resource]] = DEFAULT_CONFIG | config
    return configs


def _result(answer: Future[Any], absent: int | None = None, about: str = "") -> Any:
    """Wait for an answer. Raises LookupError for an error with the code `absent`."""
    try:
        return answer.result(ANSWER_SECONDS + 1)
    except KafkaException as error:
        if error.args[0].code() == absent:
            raise LookupError from None
        does = "refuses to" if error.args[0].code() in REFUSALS else "does not"
        raise UserError(f"Kafka {does} answer this client{about}: {error.args[0].str()}.") from None
    except TimeoutError:
        raise UserError(f"Kafka has not answered for {ANSWER_SECONDS:.0f} s.") from None
