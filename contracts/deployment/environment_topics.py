"""Topics of one environment: replication, partitions and settings beside those of the contracts.

A file of tables, each for the topics whose name without INVENTORY_PREFIX matches; of several
tables, the last one with a setting decides:

["*"]
replication = 3                      copies of each partition, of topics that are created
"min.insync.replicas" = 2            Kafka's settings, in quotes
["*-levels"]
"segment.bytes" = 268435456
[transactions]
partitions = 12                      also of its accepted topic
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from connect.errors import UserError
from connect.settings import ACCEPTED_PREFIX, PREFIX
from contracts import topic_settings
from contracts.accepted_topic import CONFIG
from contracts.deployment.desired import DesiredState, DesiredTopic
from contracts.errors import InvalidContractError
from contracts.readers.consumers import suggestion
from contracts.toml_file import document_of

VARIABLE = f"{PREFIX}TOPICS"
REPLICATION, PARTITIONS = "replication", "partitions"
MOST_REPLICAS = 32_767
FIXED = ("cleanup.policy", "message.timestamp.type")
"""Settings on which figures depend: the contract decides them."""
MIN_IN_SYNC = "min.insync.replicas"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicTable:
    """One table of the file."""

    pattern: str
    """Names of topics, with * for any characters."""
    replication: int | None = None
    partitions: int | None = None
    config: dict[str, str] = field(default_factory=dict)
    """Setting -> value."""


def load(file: Path) -> list[TopicTable]:
    """Load the tables of a file. Raises UserError for an invalid one."""
    try:
        _, document = document_of(file)
    except InvalidContractError as error:
        raise UserError(f"{VARIABLE}: {error.message}") from None
    return [_table(file, pattern, values) for pattern, values in document.items()]


def with_environment(
    desired: DesiredState, tables: list[TopicTable], file: Path, prefix: str
) -> DesiredState:
    """Return the desired state with the tables of a file applied to its topics.

    prefix: of every topic. Raises UserError for a table without topics, and for more replicas in
    sync than there are.
    """
    names = [name.removeprefix(prefix) for name in desired.topics]
    for table in tables:
        if not any(fnmatchcase(name, table.pattern) for name in names):
            raise UserError(
                f"{file.name}: [{table.pattern}]: expected the name of a topic, without its "
                f"prefix{suggestion(table.pattern, names)}."
            )
    topics: dict[str, DesiredTopic] = {}
    for name, topic in desired.topics.items():
        plain = name.removeprefix(prefix)
        changed = topic
        for table in tables:
            if fnmatchcase(plain, table.pattern):
                changed = _changed(changed, table, file)
        if topic.copy_of is not None:
            # A record keeps its partition. Each public topic stands before its accepted one.
            public = topics[topic.copy_of]
            changed = replace(
                changed,
                partitions=public.partitions,
                file=public.file,
                config=changed.config | CONFIG,
            )
        _require_replicas(plain, changed, file)
        topics[name] = changed
    return replace(desired, topics=topics)


def _changed(topic: DesiredTopic, table: TopicTable, file: Path) -> DesiredTopic:
    values = {name: {value} for name, value in table.config.items()}
    return replace(
        topic,
        file=file.name if table.partitions else topic.file,
        partitions=table.partitions or topic.partitions,
        replication=table.replication or topic.replication,
        config=topic.config | table.config,
        declared_values={
            name: topic.declared_values.get(name, set()) | values.get(name, set())
            for name in (*topic.declared_values, *values)
        },
    )


def _require_replicas(name: str, topic: DesiredTopic, file: Path) -> None:
    in_sync = int(topic.config.get(MIN_IN_SYNC, 1))
    if topic.replication and in_sync > topic.replication:
        raise UserError(
            f"{file.name}: {name}: expected {MIN_IN_SYNC} of at most its replication, "
            f"{topic.replication}, not {in_sync}: no producer could write to it."
        )


def _table(file: Path, pattern: str, values: Any) -> TopicTable:
    if not isinstance(values, dict):
        raise UserError(
            f'{file.name}: {pattern}: expected a table such as ["accepted-*"] before it.'
        )
    for name, expected in _faults(pattern, values):
        raise UserError(f"{file.name}: [{pattern}]: {name}: expected {expected}.")
    numbers = {name: values[name] for name in (REPLICATION, PARTITIONS) if name in values}
    config = {name: _text(value) for name, value in values.items() if name not in numbers}
    return TopicTable(pattern=pattern, **numbers, config=config)


def _faults(pattern: str, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (name, expected value) of each fault."""
    largest = {REPLICATION: MOST_REPLICAS, PARTITIONS: topic_settings.MOST_PARTITIONS}
    for name, value in values.items():
        if name in largest:
            if type(value) is not int or not 1 <= value <= largest[name]:
                yield name, f"a whole number from 1 to {largest[name]:,}, not {value!r}"
            elif name == PARTITIONS and pattern.startswith(ACCEPTED_PREFIX):
                yield name, "it for the public topic only: a record keeps its partition"
        elif name in FIXED:
            yield name, "no value here: the contract decides it, as figures depend on it"
        elif name in CONFIG and pattern.startswith(ACCEPTED_PREFIX):
            yield name, "no value here: the job rebuilds its state from every record of them"
        elif isinstance(value, dict):
            yield name, 'the names of settings in quotes, such as "retention.ms"'
        elif expected := topic_settings.expected_name(name):
            yield name, expected
        elif expected := topic_settings.expected_value(name, _text(value)):
            yield name, f"{expected}, not {value!r}"


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
