"""The files of a checkpoint or savepoint: whether all are there, and the Kafka offsets in them.

Flink completes a checkpoint without syncing it to disk: after a power cut, the newest files may be
empty, cut or missing.
"""

import struct
from collections.abc import Iterator
from typing import Any

from py4j.protocol import Py4JJavaError
from pyflink.java_gateway import get_gateway
from pyflink.util.java_utils import is_instance_of

from connect.kafka import Partition
from flink import storage

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


def offsets(checkpoint: str) -> dict[Partition, int]:
    """Return the offsets at which a job goes on that resumes from a checkpoint.

    checkpoint: URL of its folder. Partitions of which nothing was read are not contained. Raises
    UnusableCheckpointError for a file that is missing or cut, and UserError for one that this user
    may not read.
    """
    try:
        content = storage.read(f"{checkpoint}/{METADATA}")
        read = [at for state in _states(checkpoint, content) for at in _checked(state)]
    except storage.MissingFileError as error:
        raise UnusableCheckpointError(f"{error} is missing") from None
    except Py4JJavaError as error:
        cause = str(error.java_exception.toString()).rpartition(".")[2]
        raise UnusableCheckpointError(f"{METADATA} cannot be read ({cause})") from None
    except (struct.error, ValueError) as error:
        raise UnusableCheckpointError(f"a state file cannot be read ({error})") from None
    return {partition: offset for partition, offset in read if offset >= 0}


def _states(checkpoint: str, content: bytes) -> list[Any]:
    """Return Java's descriptions of the states of all tasks. content: of the metadata."""
    java = get_gateway().jvm
    metadata = java.org.apache.flink.runtime.checkpoint.Checkpoints.loadCheckpointMetadata(
        java.java.io.DataInputStream(java.java.io.ByteArrayInputStream(content)),
        java.ClassLoader.getSystemClassLoader(),
        storage.as_flink_reads(checkpoint),
    )
    return [state for each in metadata.getOperatorStates() for state in each.getDiscardables()]


def _checked(state: Any) -> Iterator[tuple[Partition, int]]:
    """Check the files of a state, and yield partitions and offsets if it is a source's."""
    for part in _parts(state):
        path = part.maybeGetPath()
        if path.isPresent():
            _check_size(path.get().toUri().toString(), part.getStateSize())
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


def _check_size(file: str, size: int) -> None:
    if (actual := storage.size(file)) != size:
        name = storage.as_flink_reads(file)
        raise UnusableCheckpointError(f"{name} has {actual:,} of its {size:,} bytes")


def _content(part: Any) -> bytes:
    in_memory = part.asBytesIfInMemory()
    if in_memory.isPresent():
        return bytes(in_memory.get())
    return storage.read(part.maybeGetPath().get().toUri().toString())


def _position(content: bytes, at: int) -> tuple[Partition, int]:
    """Return the partition and offset that begin at a byte of a source's state."""
    *_, length = LENGTHS.unpack_from(content, at)
    begin = at + LENGTHS.size
    topic = content[begin : begin + length].decode()
    number, offset = POSITION.unpack_from(content, begin + length)
    return (topic, number), offset
