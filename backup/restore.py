"""Restore a backup into an empty installation: another Kafka, registry and database.

The accepted topics come first, and the offsets of the groups last: a gate that is started before
the end refuses to work, as its offsets are missing.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from re import compile as pattern

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    NewTopic,
)

from backup import manifest, segment
from backup.group_positions import restore_groups
from backup.manifest import Backup, SavedTopic, Segment
from backup.partition_writer import PartitionWriter
from backup.saved_rows import require_no_rows, restore_rows
from backup.saved_schemas import require_room, restore_schemas
from backup.saved_topics import topics_of
from connect import kafka, registry
from connect.errors import UserError
from connect.kafka import ANSWER_SECONDS
from connect.partition_offsets import END, partition_offsets
from connect.progress import counting
from connect.settings import PREFIX, Settings
from contracts.deployment import topic_admin
from schemas.clock import utc_now

FOR_EVER = str(2**63 - 1)
MEANWHILE = {
    # Messages keep the times at which the former broker wrote them: ids and minutes end by them.
    "message.timestamp.type": "CreateTime",
    "message.timestamp.after.max.ms": FOR_EVER,
    # The client's batches are others.
    "max.message.bytes": "10485760",
    # Each hour of the former times would be a file of its own.
    "segment.ms": FOR_EVER,
}
"""Settings of the topics while their messages are written."""
NAMES = ("prefix", "gate")
"""Settings that decide on the names of topics."""
OF_THE_PLACE = pattern(
    "host|.*_port|(kafka|registry|flink)(_client)?|dashboard_access|database|state|checkpoints|"
    "resume_from|secure|topics|alerts|log_format|job_heap|parallelism"
)
"""Settings that another machine may well have otherwise."""


def restore(settings: Settings, folder: Path, note: Callable[[str], None]) -> Backup:
    """Restore the backup in a folder.

    note: gets a sentence for what a person should know. Raises UserError, before anything is
    written, for a damaged backup, and for an installation that is not empty.
    """
    backup = manifest.verified(folder)
    client, schemas = kafka.admin(settings), registry.client(settings)
    _require_same_names(settings, backup)
    if utc_now() < backup.time:
        raise UserError(
            f"This machine's clock is before {backup.moment}, the time of the backup: set it. "
            "Versions that readers have seen would go back."
        )
    existing = _require_empty(settings, client, backup)
    require_no_rows(settings)
    if require_room(schemas, backup.schemas):
        restore_schemas(schemas, settings.prefix, backup.schemas, backup.modes)
    _create_topics(client, backup, existing)
    _write(settings, client, backup, folder)
    for name, topic in backup.topics.items():
        for setting in MEANWHILE:
            topic_admin.set_setting(client, name, setting, topic.config.get(setting))
    restore_rows(settings, backup.rows)
    restore_groups(settings, backup.groups)
    for variable, value in _differences(settings, backup):
        note(f"The backup has {variable}={value}: set it, unless it is to change now.")
    note(
        "Gate and job have no state of this Kafka cluster: the gate goes on at the offsets of the "
        "backup, and the job calculates levels and ledger again from all accepted events (on a "
        "Flink cluster: `python -m flink.job --allow-rebuild`). Pages show the saved levels until "
        "then."
    )
    return backup


def _require_same_names(settings: Settings, backup: Backup) -> None:
    here = settings.environment()
    for variable in (PREFIX + name.upper() for name in NAMES):
        expected = backup.settings.get(variable)
        if here[variable] != expected:
            raise UserError(
                f"{variable}: expected {expected!r}, as in the backup, whose topics are named by "
                f"it, got {here[variable]!r}."
            )


def _require_empty(settings: Settings, client: AdminClient, backup: Backup) -> dict[str, int]:
    """Return the partitions of the topics that exist already. Raises UserError if one has been
    written to."""
    _, listed = topic_admin.listed(client)
    names = {name for some in topics_of(settings) for name in some} | backup.topics.keys()
    existing = {name: len(listed[name].partitions) for name in sorted(names) if name in listed}
    every = {(name, number): END for name, count in existing.items() for number in range(count)}
    for (name, _), end in partition_offsets(client, every).items():
        if end:
            raise UserError(
                f"The installation is not empty: {name} has messages. Restore into another "
                "Kafka, or delete the topics of this one (local: `make reset`)."
            )
    for name, topic in backup.topics.items():
        if existing.get(name, topic.partitions) != topic.partitions:
            raise UserError(
                f"Topic {name} has {existing[name]} partitions, expected {topic.partitions} as in "
                "the backup: delete it, and it is created."
            )
    return existing


def _create_topics(client: AdminClient, backup: Backup, existing: Mapping[str, int]) -> None:
    brokers = len(client.list_topics(timeout=ANSWER_SECONDS).brokers)
    new = [
        NewTopic(name, topic.partitions, min(topic.copies, brokers), config=_config(topic, brokers))
        for name, topic in backup.topics.items()
        if name not in existing
    ]
    for name, creation in (client.create_topics(new) if new else {}).items():
        try:
            creation.result(ANSWER_SECONDS)
        except KafkaException as error:
            raise UserError(f"Topic {name} could not be created: {error.args[0].str()}.") from None
    for name in existing.keys() & backup.topics.keys():
        for setting, value in _config(backup.topics[name], brokers).items():
            topic_admin.set_setting(client, name, setting, value)


def _config(topic: SavedTopic, brokers: int) -> dict[str, str]:
    """Return the settings of a topic while its messages are written."""
    config = topic.config | MEANWHILE
    if brokers < topic.copies:  # on one broker, nothing could be written to two in sync
        config.pop("min.insync.replicas", None)
    return config


def _write(settings: Settings, client: AdminClient, backup: Backup, folder: Path) -> None:
    writer = PartitionWriter(settings, client)
    # The order of the backup: the public topics are the last ones.
    with counting("restoring", backup.messages) as advance:

        def messages(segments: list[Segment]) -> Iterator[segment.SavedMessage]:
            for each in segments:
                for message in segment.read(folder / each.name):
                    yield message
                    advance()

        for name, topic in backup.topics.items():
            for number, segments in _by_partition(topic):
                at, end = (name, number), segments[-1].end
                if topic.compacted:
                    # The audit sees by it that entries of the quarantine have expired.
                    is_cut = segments[0].first > 0 and "delete" in topic.config["cleanup.policy"]
                    writer.write(at, messages(segments), is_cut)
                else:
                    writer.write_at_offsets(at, range(segments[0].first, end), messages(segments))


def _by_partition(topic: SavedTopic) -> Iterator[tuple[int, list[Segment]]]:
    ordered = sorted(topic.segments, key=lambda each: (each.partition, each.first))
    for number, segments in groupby(ordered, lambda each: each.partition):
        yield number, list(segments)


def _differences(settings: Settings, backup: Backup) -> Iterator[tuple[str, str]]:
    """Yield the settings of the backup that this installation has otherwise."""
    here = settings.environment()
    for variable, value in backup.settings.items():
        name = variable.removeprefix(PREFIX).lower()
        if not OF_THE_PLACE.fullmatch(name) and here.get(variable, value) != value:
            yield variable, value
