"""A checkpoint is usable if all of its files are there in full; its Kafka offsets are read."""

import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pyflink.java_gateway import get_gateway

from connect.errors import UserError
from connect.settings import Settings
from flink.checkpoint_files import UnusableCheckpointError, offsets
from flink.configuration import prepare_process

pytestmark = pytest.mark.slow
UNREAD = -2
"""Flink's offset of a partition of which nothing was read."""


class Written:
    """Writes a checkpoint by Flink's own classes: keyed state in files, a source's in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "chk-7"
        self.folder.mkdir()
        self.url = self.folder.as_uri()
        self.metadata = self.folder / "_metadata"
        self.keyed = self.folder / "keyed"
        self.shared = folder / "shared state"
        prepare_process(Settings())
        self._java = get_gateway().jvm
        self._runtime = self._java.org.apache.flink.runtime
        self._state = self._runtime.state

    def write(self, positions: list[tuple[str, int, int]]) -> None:
        """positions: topic, partition and offset of a source."""
        builder = self._runtime.checkpoint.OperatorSubtaskState.builder()
        builder.setManagedOperatorState(self._source(positions))
        heap = self._runtime.checkpoint.OperatorSubtaskState.builder()
        heap.setManagedKeyedState(self._of_keys(self._file(self.keyed)))
        rocksdb = self._runtime.checkpoint.OperatorSubtaskState.builder()
        rocksdb.setManagedKeyedState(self._incremental())
        operators = self._java.java.util.ArrayList()
        for number, each in enumerate([builder, heap, rocksdb]):
            identity = self._runtime.jobgraph.OperatorID(0, number)
            operator = self._runtime.checkpoint.OperatorState(None, None, identity, 1, 128)
            operator.putState(0, each.build())
            operators.add(operator)
        metadata = self._runtime.checkpoint.metadata.CheckpointMetadata(
            7, operators, self._java.java.util.ArrayList()
        )
        file = self._java.java.io.FileOutputStream(str(self.metadata))
        self._runtime.checkpoint.Checkpoints.storeCheckpointMetadata(metadata, file)
        file.close()

    def _file(self, path: Path) -> Any:
        path.write_bytes(b"1234")
        at = self._java.org.apache.flink.core.fs.Path(f"file://{path}")
        return self._state.filesystem.FileStateHandle(at, 4)

    def _of_keys(self, file: Any) -> Any:
        keys = self._state.KeyGroupRangeOffsets(0, 127)
        return self._state.KeyGroupsStateHandle(keys, file)

    def _incremental(self) -> Any:
        shared = self._java.java.util.ArrayList()
        shared.add(
            self._state.IncrementalKeyedStateHandle.HandleAndLocalPath.of(
                self._file(self.shared), "1.sst"
            )
        )
        return self._state.IncrementalRemoteKeyedStateHandle(
            self._java.java.util.UUID(0, 1),
            self._state.KeyGroupRange(0, 127),
            7,
            shared,
            self._java.java.util.ArrayList(),
            self._state.memory.ByteStreamStateHandle("of RocksDB", b"1234"),
        )

    def _source(self, positions: list[tuple[str, int, int]]) -> Any:
        content, starts = b"before", []
        for topic, partition, offset in positions:
            starts.append(len(content))
            split = struct.pack(">H", len(topic)) + topic.encode()
            split += struct.pack(">iqq", partition, offset, -(2**63))
            framed = struct.pack(">ii", 0, len(split)) + split
            content += struct.pack(">i", len(framed)) + framed
        array = get_gateway().new_array(self._java.long, len(starts))
        for at, start in enumerate(starts):
            array[at] = start
        names = self._java.java.util.HashMap()
        mode = self._state.OperatorStateHandle.Mode.SPLIT_DISTRIBUTE
        names.put("SourceReaderState", self._state.OperatorStateHandle.StateMetaInfo(array, mode))
        memory = self._state.memory.ByteStreamStateHandle("of a source", content)
        return self._state.OperatorStreamStateHandle(names, memory)


@pytest.fixture
def written(tmp_path: Path) -> Written:
    written = Written(tmp_path)
    written.write([("accepted-sales", 0, 4_000_000_000), ("accepted-sales", 1, UNREAD)])
    return written


def test_a_complete_checkpoint_has_the_offsets_at_which_its_job_goes_on(written: Written) -> None:
    assert offsets(written.url) == {("accepted-sales", 0): 4_000_000_000}


DAMAGES: dict[str, tuple[Callable[[Written], Any], str]] = {
    "empty metadata": (lambda all_of: all_of.metadata.write_bytes(b""), "_metadata cannot be read"),
    "cut metadata": (
        lambda all_of: all_of.metadata.write_bytes(all_of.metadata.read_bytes()[:-1]),
        "_metadata cannot be read",
    ),
    "zeros": (
        lambda all_of: all_of.metadata.write_bytes(bytes(all_of.metadata.stat().st_size)),
        "_metadata cannot be read",
    ),
    "no metadata": (lambda all_of: all_of.metadata.unlink(), "_metadata is missing"),
    "missing file": (lambda all_of: all_of.keyed.unlink(), "keyed is missing"),
    "cut file": (lambda all_of: all_of.keyed.write_bytes(b"123"), "keyed has 3 of its 4 bytes"),
    "missing shared file": (lambda all_of: all_of.shared.unlink(), "shared state is missing"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_checkpoint_without_a_part_of_its_files_is_not_usable(
    written: Written, damage: str
) -> None:
    do, cause = DAMAGES[damage]
    do(written)
    with pytest.raises(UnusableCheckpointError, match=cause):
        offsets(written.url)


def test_a_file_that_cannot_be_opened_is_no_reason_to_begin_anew(written: Written) -> None:
    """As one of another user; no user can read a folder as a file."""
    written.metadata.unlink()
    written.metadata.mkdir()
    with pytest.raises(UserError, match="chk-7/_metadata cannot be read or written"):
        offsets(written.url)


def test_every_cut_of_the_metadata_is_noticed(written: Written) -> None:
    content = written.metadata.read_bytes()
    for length in range(0, len(content), 7):
        written.metadata.write_bytes(content[:length])
        with pytest.raises(UnusableCheckpointError):
            offsets(written.url)
