"""Back up a running installation.

What follows from other things is read before them: the offsets that groups have committed, then
what the gate has accepted and quarantined, then the public topics, and last the schemas. So a
restored gate has all that was accepted from before its offset, and judges the rest. An event that
it had accepted since its last commit, it accepts again, and the job recognises the repeat.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from confluent_kafka import IsolationLevel
from confluent_kafka.admin import AdminClient

from backup import manifest, segment
from backup.group_positions import saved_groups
from backup.manifest import FILE, SUFFIX, Backup, SavedTopic, Segment
from backup.partition_reader import PartitionReader
from backup.saved_rows import saved_rows
from backup.saved_schemas import saved_modes, saved_schemas
from backup.saved_topics import saved_topics, topics_of
from connect import kafka, registry
from connect.errors import UserError
from connect.kafka import Partition
from connect.partition_offsets import END, FIRST, partition_offsets
from connect.progress import counting
from connect.settings import Settings
from schemas.clock import utc_now

Note = Callable[[str], None]


def create(settings: Settings, folder: Path, note: Note) -> Backup:
    """Back up into a folder; into that of an earlier backup, only what is new.

    note: gets a sentence for what cannot be saved. Raises UserError when Kafka or the registry does
    not answer, or the folder has something else.
    """
    with _alone(folder):
        before = _before(folder)
        client, schemas = kafka.admin(settings), registry.client(settings)
        names = topics_of(settings)
        topics = saved_topics(client, [*names.others, *names.public])
        if not topics:
            raise UserError(
                f"Kafka at {settings.kafka_servers} has no topic of an installation, such as "
                f"{names.public[0]}, or this client may not see it: there is nothing to back up."
            )
        cluster = kafka.cluster_id(client)
        if before:
            _require_same(folder, before, cluster, topics)
            topics = _with_segments(before, topics, utc_now())
        groups = saved_groups(settings, client, _partitions(topics, at_offsets=True))
        copy = _Copy(settings, client, folder, before.number + 1 if before else 1)
        others = {name: topics[name] for name in names.others if name in topics}
        public = {name: topics[name] for name in names.public if name in topics}
        with closing(PartitionReader(settings, note)) as reader:
            copy.add(others, reader, IsolationLevel.READ_COMMITTED)
            moment = utc_now()
            # A message that Kafka has acknowledged may stand behind an open transaction, and a
            # transaction before its mark: reading waits for it.
            copy.add(public, reader, IsolationLevel.READ_UNCOMMITTED)
        saved = saved_schemas(schemas, settings.prefix, note)
        backup = Backup(
            number=copy.number,
            moment=moment.isoformat(),
            cluster=cluster,
            settings=settings.environment(),
            topics=topics,
            schemas=saved,
            modes=saved_modes(schemas, saved),
            groups=groups,
            rows=saved_rows(settings),
        )
        manifest.save(folder, backup)
    return backup


class _Copy:
    """Adds to topics what is new in them; number: of the backup, counted from 1."""

    def __init__(self, settings: Settings, client: AdminClient, folder: Path, number: int) -> None:
        self._settings, self._client, self._folder = settings, client, folder
        self.number = number

    def add(
        self, topics: dict[str, SavedTopic], reader: PartitionReader, isolation: IsolationLevel
    ) -> None:
        """Add a segment to each partition that has grown."""
        partitions = _partitions(topics)
        firsts, ends = (
            partition_offsets(self._client, dict.fromkeys(partitions, spec), isolation)
            for spec in (FIRST, END)
        )
        reached = {at: topics[at[0]].end(at[1]) for at in partitions}
        for at in partitions:
            if ends[at] < reached[at]:
                raise UserError(
                    f"{at[0]}, partition {at[1]}, ends at offset {ends[at]}, and the backup in "
                    f"{self._folder} has it up to {reached[at]}: Kafka has lost messages. The "
                    "backup is kept as it is: back up into another folder."
                )
        total = sum(ends[at] - (reached[at] or firsts[at]) for at in partitions)
        with counting("backing up", total) as advance:
            for at in partitions:
                if ends[at] > reached[at]:
                    offsets = range(reached[at] or firsts[at], ends[at])
                    topics[at[0]].segments.append(self._segment(reader, at, offsets, advance))

    def _segment(
        self, reader: PartitionReader, at: Partition, offsets: range, advance: Callable[[], None]
    ) -> Segment:
        file = self._folder / f"{at[0]}-{at[1]}-{self.number}{SUFFIX}"

        def messages() -> Iterator[segment.SavedMessage]:
            for message in reader.read(at, offsets.start, offsets.stop):
                yield message
                advance()

        count = segment.write(file, messages())
        return Segment(
            name=file.name,
            partition=at[1],
            first=offsets.start,
            end=offsets.stop,
            messages=count,
            size=file.stat().st_size,
            sha256=manifest.checksum_of(file),
        )


def _partitions(topics: dict[str, SavedTopic], at_offsets: bool = False) -> list[Partition]:
    """Return all partitions. at_offsets: only those whose messages are restored at their offsets"""
    return [
        (name, number)
        for name, topic in topics.items()
        for number in range(topic.partitions)
        if not (at_offsets and topic.compacted)
    ]


def _before(folder: Path) -> Backup | None:
    """Return the backup that a folder has. Raises UserError if it has something else."""
    if (folder / FILE).exists():
        return manifest.load(folder)
    for path in folder.iterdir():
        if not path.name.endswith(SUFFIX) and not path.name.startswith("."):
            raise UserError(
                f"{folder} is not empty and has no backup, but {path.name}: name another folder."
            )
    return None


def _require_same(
    folder: Path, before: Backup, cluster: str, topics: dict[str, SavedTopic]
) -> None:
    """Raise UserError unless the backup before is one of the same topics."""
    ids = {name: topics[name].topic_id if name in topics else "" for name in before.topics}
    others = [name for name, topic in before.topics.items() if topic.topic_id != ids[name]]
    if cluster != before.cluster or others:
        other = f"the topic {others[0]}, which was deleted" if others else "another Kafka cluster"
        raise UserError(
            f"{folder} has a backup of {other}. It is kept as it is: back up into another folder."
        )


def _with_segments(
    before: Backup, topics: dict[str, SavedTopic], now: datetime
) -> dict[str, SavedTopic]:
    """Return the topics with the segments of the backup before.

    Kafka deletes a tombstone after a while. A compacted topic is read anew before it could have
    missed one; half of that time, as the backup before took a while, too.
    """
    age = 2000 * (now - before.time).total_seconds()
    return {
        name: topic
        if name not in before.topics or (topic.compacted and age > topic.tombstones_ms)
        else replace(topic, segments=list(before.topics[name].segments))
        for name, topic in topics.items()
    }


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Lock a folder for one backup."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        opened = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise UserError(f"The folder {folder} cannot be written: {error.strerror}.") from None
    try:
        _lock(folder, opened)
        yield
    finally:
        os.close(opened)


def _lock(folder: Path, opened: int) -> None:
    try:
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise UserError(f"Another backup is written into {folder}: wait for its end.") from None
