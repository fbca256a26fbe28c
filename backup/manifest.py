"""The list of a backup's content. A backup is what its list names; other files are no part of it.

The list is replaced in one step once every file that it names is on the disk: a backup that is
killed leaves the one before it whole. It has the checksum of each file, and its own.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from connect.atomic_write import write_atomically
from connect.errors import UserError

FILE = "manifest.json"
FORMAT = 1
"""Number of this form of the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A file with the messages of a part of a partition: see backup.segment."""

    name: str
    """Of the file."""
    partition: int
    """Number of the partition."""
    first: int
    """First offset."""
    end: int
    """Offset after the last."""
    messages: int
    """Number of messages; offsets without one are marks of transactions, aborted or compacted."""
    size: int
    """Bytes."""
    sha256: str
    """SHA-256 of the content, hexadecimal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTopic:
    """A topic and its messages."""

    topic_id: str
    """Kafka's, which a topic that is deleted and created again does not keep."""
    partitions: int
    """Number of partitions."""
    copies: int
    """Number of copies of each partition."""
    config: dict[str, str]
    """Settings of the topic's own."""
    tombstones_ms: int
    """Milliseconds for which Kafka keeps a tombstone at least."""
    segments: list[Segment]
    """Those of a partition follow one another."""

    @property
    def compacted(self) -> bool:
        """True if Kafka keeps the newest message of a key only."""
        return "compact" in self.config.get("cleanup.policy", "")

    def end(self, partition: int) -> int:
        """Return the offset up to which a partition is saved."""
        return max((each.end for each in self.segments if each.partition == partition), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedSchema:
    """A version of a subject in the registry."""

    schema_id: int
    """Number in the header of the messages."""
    subject: str
    """Name of the subject."""
    version: int
    """Number of the version."""
    text: str
    """The schema."""
    deleted: bool
    """True for a version that only its id still leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """An installation at a moment."""

    number: int
    """Of the backups in this folder, counted from 1."""
    moment: str
    """Time, ISO 8601: every event that Kafka acknowledged before it is in the backup."""
    cluster: str
    """Id of the Kafka cluster."""
    settings: dict[str, str]
    """Variable -> value."""
    topics: dict[str, SavedTopic]
    """Name, with the prefix -> topic."""
    schemas: list[SavedSchema]
    """All versions of all subjects, in the order of the versions."""
    modes: dict[str, str]
    """Subject -> its own compatibility mode."""
    groups: dict[str, list[tuple[str, int, int, str]]]
    """Consumer group -> topic, partition, offset and metadata of each commit."""
    rows: dict[str, list[dict[str, Any]]]
    """Table of the read model's database that no topic fills -> its rows."""

    @property
    def messages(self) -> int:
        """Number of messages in all files."""
        return sum(each.messages for topic in self.topics.values() for each in topic.segments)

    @property
    def time(self) -> datetime:
        """The moment, UTC."""
        return datetime.fromisoformat(self.moment)


def save(folder: Path, backup: Backup) -> None:
    """Replace the list, and delete the files that it does not name."""
    text = _canonical(asdict(backup))
    content = {"format": FORMAT, "sha256": _sha256(text), "backup": asdict(backup)}
    write_atomically(folder / FILE, json.dumps(content, indent=1).encode())
    named = {each.name for topic in backup.topics.values() for each in topic.segments}
    for file in folder.glob(f"*{SUFFIX}"):
        if file.name not in named:
            file.unlink()


SUFFIX = ".messages.parquet"
"""End of the names of the files with messages: others in the folder are left alone."""


def load(folder: Path) -> Backup:
    """Return the list of a backup. Raises UserError for one that is missing or damaged."""
    file = folder / FILE
    try:
        content = json.loads(file.read_text("utf-8"))
        body = content["backup"]
        intact = content["format"] == FORMAT and content["sha256"] == _sha256(_canonical(body))
    except FileNotFoundError:
        raise UserError(
            f"{folder} has no complete backup: {FILE} is missing, which is written last. Name "
            "another folder, or back up again."
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(file, f"the list of a backup, got {type(error).__name__}") from None
    if not intact:
        raise _damaged(file, f"format {FORMAT} and the SHA-256 of its content, got others")
    topics = {
        name: SavedTopic(**{**topic, "segments": [Segment(**each) for each in topic["segments"]]})
        for name, topic in body["topics"].items()
    }
    schemas = [SavedSchema(**each) for each in body["schemas"]]
    return Backup(**{**body, "topics": topics, "schemas": schemas})


def verified(folder: Path) -> Backup:
    """Return the list of a backup whose files are all there and whole.

    Raises UserError for the first file that is missing, cut or damaged.
    """
    backup = load(folder)
    for segment in (each for topic in backup.topics.values() for each in topic.segments):
        file = folder / segment.name
        try:
            size, checksum = file.stat().st_size, checksum_of(file)
        except OSError as error:
            raise _damaged(file, f"{segment.size:,} bytes, got: {error.strerror}") from None
        if size != segment.size:
            raise _damaged(file, f"{segment.size:,} bytes, got {size:,}")
        if checksum != segment.sha256:
            raise _damaged(file, f"SHA-256 {segment.sha256}, got {checksum}")
    return backup


def checksum_of(file: Path) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _canonical(body: Any) -> str:
    return json.dumps(body, sort_keys=True)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _damaged(file: Path, expected: str) -> UserError:
    return UserError(
        f"{file} is damaged: expected {expected}. Nothing was written: restore another backup, or "
        "this one from another copy."
    )
