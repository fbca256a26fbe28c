"""Checkpoints are read by Flink's file systems: local ones as Python reads them, and a plugin's."""

import os
import subprocess
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from py4j.protocol import Py4JJavaError

from connect.errors import UserError
from connect.settings import Settings
from flink import storage
from flink.configuration import prepare_process
from flink.storage import MissingFileError
from stack.process import PROJECT
from tests.support.flink_plugin import SCHEME, plugins
from tests.support.storage_on_disk import StorageOnDisk

pytestmark = pytest.mark.slow
READS: list[Callable[[Any, str], object]] = [
    lambda files, folder: files.entries(f"{folder}/nothing"),
    lambda files, folder: files.exists(folder),
    lambda files, folder: files.exists(f"{folder}/nothing"),
    lambda files, folder: files.read(f"{folder}/a%20b/file"),
    lambda files, folder: files.size(f"{folder}/a%20b/file"),
    lambda files, folder: int(files.written(f"{folder}/a%20b/file")),
]


@pytest.fixture(scope="module", autouse=True)
def _flink() -> None:
    prepare_process(Settings())


def test_local_files_are_read_as_python_reads_them(tmp_path: Path) -> None:
    """So the unit tests, which run without Java, show what the job does."""
    (tmp_path / "a b").mkdir()
    (tmp_path / "a b" / "file").write_bytes(b"\x00\xff")
    (tmp_path / "file").write_bytes(b"")
    folder = tmp_path.as_uri()
    for read in READS:
        assert read(storage, folder) == read(StorageOnDisk(), folder)
    assert sorted(storage.entries(folder)) == sorted(StorageOnDisk().entries(folder))


def test_what_is_written_is_read_and_what_is_deleted_is_missing(tmp_path: Path) -> None:
    file = f"{tmp_path.as_uri()}/a%20b/c/file"
    storage.write(file, b"first")
    storage.write(file, b"\x00\xff")
    assert storage.read(file) == (tmp_path / "a b/c/file").read_bytes() == b"\x00\xff"
    for _ in range(2):
        storage.delete(f"{tmp_path.as_uri()}/a%20b")
        assert not list(tmp_path.iterdir())
    for read in (storage.read, storage.size, storage.written):
        with pytest.raises(MissingFileError, match="/a b/c/file"):
            read(file)


def test_a_file_that_is_written_while_it_is_read_was_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a checkpoint that is completed between two looks."""
    monkeypatch.setattr(storage, "exists", lambda _: True)
    for read in (storage.read, storage.size, storage.written):
        with pytest.raises(MissingFileError):
            read(f"{tmp_path.as_uri()}/file")


def test_a_file_that_vanishes_while_its_folder_is_listed_empties_no_listing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_bytes(b"")
    gone = tmp_path / "gone"
    gone.symlink_to("nothing")  # it has a name in the folder, and is no file
    with pytest.raises(UserError, match="its files come and go"):
        storage.entries(tmp_path.as_uri())
    there, looks = storage.exists, count()

    def exists(url: str) -> bool:
        if next(looks):
            gone.unlink(missing_ok=True)
        return there(url)

    monkeypatch.setattr(storage, "exists", exists)
    assert [each.name for each in storage.entries(tmp_path.as_uri())] == ["file"]


def test_a_path_is_a_local_folder(tmp_path: Path) -> None:
    storage.write(f"{tmp_path}/100%25/file", b"1")
    assert storage.read(f"{tmp_path}/100%25/file") == b"1"
    assert [each.name for each in storage.entries(f"{tmp_path}")] == ["100%25"]


def test_storage_without_a_file_system_is_not_taken_for_empty() -> None:
    for read in (storage.entries, storage.exists, storage.read):
        with pytest.raises(UserError, match="no file system for s3: put Flink's plugin for s3"):
            read("s3://bucket/checkpoints")


def test_a_file_that_is_there_and_cannot_be_opened_is_not_missing(tmp_path: Path) -> None:
    """Java calls it missing. A folder is one for every user."""
    with pytest.raises(UserError, match=r"cannot be read or written \(FileNotFoundException"):
        storage.read(tmp_path.as_uri())


def refusing(name: str, message: str) -> Any:
    """Return a replacement for storage._at, where Java raises an error of this class."""
    java = SimpleNamespace(
        getClass=lambda: SimpleNamespace(getSimpleName=lambda: name), getMessage=lambda: message
    )

    def at(_: str) -> None:
        error = Py4JJavaError.__new__(Py4JJavaError)
        error.java_exception = java
        raise error

    return at


def test_a_missing_object_of_s3_is_a_missing_file_and_a_missing_bucket_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Presto's plugin, which Flink recommends for checkpoints, has one error of Java for both."""
    sentence = "com.amazonaws.services.s3.model.AmazonS3Exception: (Status Code: 404; Error Code: "
    at = refusing("UnrecoverableS3OperationException", f"{sentence}NoSuchKey; Request ID: 7)")
    monkeypatch.setattr(storage, "_at", at)
    with pytest.raises(MissingFileError, match="s3://bucket/generation"):
        storage.read("s3://bucket/generation")
    at = refusing("UnrecoverableS3OperationException", f"{sentence}NoSuchBucket; Request ID: 7)")
    monkeypatch.setattr(storage, "_at", at)
    with pytest.raises(UserError, match="cannot be read or written"):
        storage.read("s3://bucket/generation")


USE = f"""
import sys
from connect.settings import Settings
from flink import graph, storage
from flink.configuration import configuration, execution_environment, prepare_process
prepare_process(Settings())
folder = "{SCHEME}://" + sys.argv[1]
storage.write(folder + "/inner/file", bytes(range(256)))
print([each.name for each in storage.entries(folder + "/inner")])
assert storage.read(folder + "/inner/file") == bytes(range(256))
graph.open_tables(execution_environment(configuration(Settings(flink="cluster:8081"))))
storage.delete(folder + "/inner")
print(storage.entries(folder + "/inner"), storage.exists(folder))
"""


def test_a_plugin_s_file_system_is_used_before_and_after_planning(tmp_path: Path) -> None:
    # PyFlink has set FLINK_HOME and others in this process.
    environment = {name: value for name, value in os.environ.items() if "FLINK" not in name}
    environment["FLINK_PLUGINS_DIR"] = str(plugins(tmp_path))
    (tmp_path / "files").mkdir()
    command = [sys.executable, "-c", USE, str(tmp_path / "files")]
    done = subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout.splitlines() == ["['file']", "[] True"], done.stderr
