"""The files of a checkpoint: whether all are there, and the Kafka offsets in them.

Flink completes a checkpoint without syncing it to disk: after a power cut, the newest files may be
empty, cut or missing.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from py4j.protocol import Py4JJavaError
from pyflink.java_gateway import get_gateway
from pyflink.util.java_utils import is_instance_of

from connect.errors import UserError
from connect.kafka import Partition

METADATA = "_metadata"
STATE = "org.apache.flink.runtime.state"
"""Java package of the descriptions of state."""
READER = "SourceReaderState"
"""Flink's name of the list of partitions in the state of a source."""
LENGTHS = struct.Struct(">iiiH")
"""Before each of them: two lengths with a version in between, and the length of the topic."""
POSITION = struct.Struct(">iq")
"""After the topic: the partition's number, and the offset that is read next."""


class UnusableCheckpointError(Exception):
    """A checkpoint from which no job can resume. Its text is the cause."""


def offsets(checkpoint: Path) -> dict[Partition, int]:
    """Return the offsets at which a job goes on that resumes from a checkpoint.

    checkpoint: a folder chk-<n>. Partitions of which nothing was read are not contained. Raises
    UnusableCheckpointError for a file that is missing or cut, and UserError for one that this user
    may not read.
    """
    try:
        (checkpoint / METADATA).open("rb").close()
        read = [position for state in _states(checkpoint) for position in _checked(state)]
    except PermissionError as error:
        raise UserError(
            f"{error.filename} cannot be read: give its files to the user of the job."
        ) from None
    except Py4JJavaError as error:
        cause = str(error.java_exception.toString()).rpartition(".")[2]
        raise UnusableCheckpointError(f"{METADATA} cannot be read ({cause})") from None
    except (OSError, struct.error, ValueError) as error:
        raise UnusableCheckpointError(f"a state file cannot be read ({error})") from None
    return {partition: offset for partition, offset in read if offset >= 0}


def _states(checkpoint: Path) -> list[Any]:
    """Return Java's descriptions of the states of all tasks."""
    java = get_gateway().jvm
    file = java.java.io.FileInputStream(str(checkpoint / METADATA))
    try:
        metadata = java.org.apache.flink.runtime.checkpoint.Checkpoints.loadCheckpointMetadata(
            java.java.io.DataInputStream(file),
            java.ClassLoader.getSystemClassLoader(),
            f"file://{checkpoint}",  # Flink decodes no URL
        )
    finally:
        file.close()
    return [state for each in metadata.getOperatorStates() for state in each.getDiscardables()]


def _checked(state: Any) -> Iterator[tuple[Partition, int]]:
    """Check the files of a state, and yield partitions and offsets if it is a source's."""
    for part in _parts(state):
        path = part.maybeGetPath()
        if path.isPresent():
            _check_size(Path(path.get().toUri().getPath()), part.getStateSize())
    if is_instance_of(state, f"{STATE}.OperatorStateHandle"):
        partitions = state.getStateNameToPartitionOffsets().get(READER)
        if partitions is not None:
            content = _content(state.getDelegateStateHandle())
            yield from (_position(content, at) for at in partitions.getOffsets())


def _parts(state: Any) -> list[Any]:
    """Return the parts of a state, each of them a file or a part of the metadata."""
    if is_instance_of(state, f"{STATE}.IncrementalRemoteKeyedStateHandle"):
        files = [*state.getSharedState(), *state.getPrivateState()]
        return [state.getMetaDataStateHandle(), *(each.getHandle() for each in files)]
    return [state] if is_instance_of(state, f"{STATE}.StreamStateHandle") else []


def _check_size(file: Path, size: int) -> None:
    if not file.exists():
        raise UnusableCheckpointError(f"{file} is missing")
    if (actual := file.stat().st_size) != size:
        raise UnusableCheckpointError(f"{file} has {actual:,} of its {size:,} bytes")


def _content(part: Any) -> bytes:
    in_memory = part.asBytesIfInMemory()
    if in_memory.isPresent():
        return bytes(in_memory.get())
    return Path(part.maybeGetPath().get().toUri().getPath()).read_bytes()


def _position(content: bytes, at: int) -> tuple[Partition, int]:
    """Return the partition and offset that begin at a byte of a source's state."""
    *_, length = LENGTHS.unpack_from(content, at)
    begin = at + LENGTHS.size
    topic = content[begin : begin + length].decode()
    number, offset = POSITION.unpack_from(content, begin + length)
    return (topic, number), offset
