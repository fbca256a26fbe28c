"""Files at a URL, by Flink's file systems: local files, s3, gs, hdfs, or what a plugin brings.

This process reads them as the cluster does. It finds plugins in the folder FLINK_PLUGINS_DIR, and
their options, such as s3.endpoint, in FLINK_CONF_DIR/config.yaml, as Flink's own client does.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlparse

from py4j.java_gateway import JavaGateway
from py4j.protocol import Py4JJavaError
from pyflink.java_gateway import get_gateway

from connect.atomic_write import write_atomically
from connect.errors import UserError
from connect.settings import PREFIX

MISSING = ("FileNotFoundException", "NoSuchFileException")
"""Java's errors for a missing file, and for a local one that it may not open."""
ABSENT = ("does not exist", "No such file")
"""In the message of such an error: the file was missing, even if it has been written since."""
NO_KEY = "Error Code: NoSuchKey"
"""In the message of Presto's plugin for S3, which has an error of its own for a missing file."""
LISTINGS = 3
"""Maximum number of tries to list a folder while others delete files in it."""
UNKNOWN = "UnsupportedFileSystemSchemeException"


class MissingFileError(Exception):
    """A file that is not there. Its text is the URL, as Flink reads it."""


class Entry(NamedTuple):
    """A file or folder in a folder."""

    url: str
    is_folder: bool

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]


def as_flink_reads(url: str) -> str:
    """Return a URL as Flink reads it: in the path of a file, it takes %20 for three characters."""
    return unquote(url) if url.startswith("file:") else url


def entries(folder: str) -> list[Entry]:
    """Return the content of a folder; of a folder that is not there, none. Raises UserError."""
    for _ in range(LISTINGS):
        if not exists(folder):
            return []
        # Java names a file first, and then asks for it.
        with suppress(MissingFileError):
            return _listed(folder)
    raise _unreachable(folder, "it cannot be listed: its files come and go")


def _listed(folder: str) -> list[Entry]:
    with _errors(folder):
        files, path = _at(folder)
        inner = files.listStatus(path)
        if inner is None:
            if not files.exists(path):
                raise MissingFileError(folder)
            raise _unreachable(folder, "it cannot be listed")
        return [Entry(f"{folder}/{each.getPath().getName()}", each.isDir()) for each in inner]


def exists(url: str) -> bool:
    """Return True if there is a file or folder. Raises UserError."""
    with _errors(url):
        files, path = _at(url)
        return bool(files.exists(path))


def size(url: str) -> int:
    """Return the bytes of a file. Raises MissingFileError and UserError."""
    with _errors(url):
        files, path = _at(url)
        return int(files.getFileStatus(path).getLen())


def written(url: str) -> float:
    """Return when a file was written, in seconds since 1970, by the clock of the storage.

    Raises MissingFileError and UserError.
    """
    with _errors(url):
        files, path = _at(url)
        return int(files.getFileStatus(path).getModificationTime()) / 1000


def read(url: str) -> bytes:
    """Return the content of a file. Raises MissingFileError and UserError."""
    with _errors(url):
        files, path = _at(url)
        stream = files.open(path)
        try:
            return bytes(stream.readAllBytes())
        finally:
            stream.close()


def write(url: str, content: bytes) -> None:
    """Write a file, with its folders. Raises UserError.

    Others read its former content or all of the new one: object storage shows a file when it is
    closed, and on a local disk it is renamed.
    """
    if urlparse(url).scheme in ("", "file"):
        write_atomically(Path(urlparse(as_flink_reads(url)).path), content)
        return
    with _errors(url):
        files, path = _at(url)
        mode = _flink().core.fs.FileSystem.WriteMode.OVERWRITE
        stream = files.create(path, mode)
        try:
            stream.write(content)
        finally:
            stream.close()


def delete(url: str) -> None:
    """Delete a file, or a folder with its content, if it is there. Raises UserError."""
    with _errors(url):
        files, path = _at(url)
        if files.exists(path):
            files.delete(path, True)


@cache
def _flink() -> Any:
    """Return Flink's Java packages, by connections that nothing else uses.

    Each connection has a thread of its own in Java, and a thread its class loader. What reads here
    beside the start of the job must not let that go on in a thread without the job's jar.
    """
    parameters = get_gateway().gateway_parameters
    return JavaGateway(gateway_parameters=parameters).jvm.org.apache.flink


def _at(url: str) -> tuple[Any, Any]:
    """Return Java's file system of a URL and the path in it."""
    path = _flink().core.fs.Path(as_flink_reads(url))
    try:
        return path.getFileSystem(), path
    except Py4JJavaError as error:
        if error.java_exception.getClass().getSimpleName() != UNKNOWN:
            raise
    _load_plugins()
    return path.getFileSystem(), path


def _load_plugins() -> None:
    """Make the plugins known to this JVM, which Flink does only in its own commands."""
    flink = _flink()
    options = flink.configuration.GlobalConfiguration.loadConfiguration()
    plugins = flink.core.plugin.PluginUtils.createPluginManagerFromRootFolder(options)
    flink.core.fs.FileSystem.initialize(options, plugins)


@contextmanager
def _errors(url: str) -> Iterator[None]:
    """Raise MissingFileError for a file that is not there, and UserError for all other errors.

    Storage that does not answer, or refuses, must not look as if it were empty.
    """
    try:
        yield
    except Py4JJavaError as error:
        cause = error.java_exception
        name, message = cause.getClass().getSimpleName(), str(cause.getMessage())
        is_absent = name in MISSING and (any(each in message for each in ABSENT) or not exists(url))
        if is_absent or NO_KEY in message:
            raise MissingFileError(as_flink_reads(url)) from None
        if name == UNKNOWN:
            scheme = urlparse(url).scheme
            raise UserError(
                f"{PREFIX}CHECKPOINTS: this client has no file system for {scheme}: put Flink's "
                f"plugin for {scheme} into a folder of FLINK_PLUGINS_DIR, as on the cluster."
            ) from None
        raise _unreachable(url, f"{name}: {' '.join(message.split())}") from None


def _unreachable(url: str, cause: str) -> UserError:
    return UserError(
        f"{as_flink_reads(url)} cannot be read or written ({cause}): give the job's client the "
        f"rights of the cluster there, or check {PREFIX}CHECKPOINTS."
    )
