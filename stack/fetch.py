"""Fetch groups of artifacts into the cache and link them into the state folder."""

import fcntl
import json
import os
import shutil
import tarfile
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from jgo.config import GlobalSettings
from jgo.maven import MavenContext
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from connect.atomic_write import write_atomically
from connect.errors import UserError
from stack import class_archives
from stack.artifacts import GROUPS, Artifact, cache, link, listed
from stack.download import download, sha256

PARALLEL_DOWNLOADS = 4
UNPACKED_FACTOR = 1.25
"""Disk space of an unpacked archive, as a multiple of the archive's own size."""


class DownloadAbortedError(Exception):
    """The download was cancelled: another one failed, or the user interrupted it."""


def repositories() -> list[str]:
    """Base URLs in order: those of the user's jgo settings (a mirror), then jgo's defaults."""
    own = [url.rstrip("/") for url in GlobalSettings.load().repositories.values()]
    return own + [url.rstrip("/") for url in MavenContext().remote_repos.values()]


def fetch(state: Path, console: Console, groups: Iterable[str] = GROUPS) -> int:
    """Make every artifact of the groups available below `state`; return the bytes downloaded.

    Verifies every file, cached ones included. Raises UserError.
    """
    artifacts = [artifact for artifact in listed() if artifact.group in set(groups)]
    root = cache()
    with _only_one(root, console):
        missing = [artifact for artifact in artifacts if not _intact(artifact, root)]
        _check_space(missing, root)
        if missing:
            _download(missing, root, console)
        for group in dict.fromkeys(artifact.group for artifact in artifacts):
            files = [root / artifact.path for artifact in artifacts if artifact.group == group]
            if files[0].name.endswith(".tar.gz"):
                files = list(_unpacked(files[0]).iterdir())
            link(state, group, iter(files))
        class_archives.make_of_java()
    return sum(artifact.size for artifact in missing)


def _intact(artifact: Artifact, root: Path) -> bool:
    path = root / artifact.path
    if not path.exists():
        return False
    if path.stat().st_size == artifact.size and sha256(path) == artifact.sha256:
        return True
    path.unlink()
    return False


def _check_space(missing: list[Artifact], root: Path) -> None:
    partial = [root / artifact.path.with_name(artifact.path.name + ".part") for artifact in missing]
    here = sum(path.stat().st_size for path in partial if path.exists())
    unpacked = sum(p.size * UNPACKED_FACTOR for p in missing if p.path.name.endswith(".tar.gz"))
    needed = sum(artifact.size for artifact in missing) + int(unpacked) - here
    free = shutil.disk_usage(root).free
    if needed > free:
        raise UserError(
            f"The Java artifacts need {needed / 1e6:,.0f} MB and the disk of {root} has "
            f"{free / 1e6:,.0f} MB free: free some, or set XDG_CACHE_HOME to a larger disk."
        )


def _download(missing: list[Artifact], root: Path, console: Console) -> None:
    urls = repositories()
    total = sum(artifact.size for artifact in missing)
    console.print(f"Fetching {len(missing)} Java artifacts, {total / 1e6:,.0f} MB, to {root}")
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    cancelled = threading.Event()
    with bar, ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
        task = bar.add_task("Java artifacts", total=total)

        def advance(count: int) -> None:
            if cancelled.is_set():
                raise DownloadAbortedError
            bar.advance(task, count)

        def fetch_one(artifact: Artifact) -> None:
            download(artifact, urls, root / artifact.path, advance)

        try:
            list(pool.map(fetch_one, sorted(missing, key=lambda artifact: -artifact.size)))
        except BaseException:
            cancelled.set()
            pool.shutdown(cancel_futures=True)
            raise


def _unpacked(archive: Path) -> Path:
    """The folder of the unpacked archive, beside it; unpacked again, atomically, unless intact."""
    directory = archive.with_name(archive.name.removesuffix(".tar.gz"))
    if _files(directory) != _members(archive):
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix="unpacking-") as folder:
            contents = Path(folder) / "contents"
            with tarfile.open(archive) as tar:
                tar.extractall(contents, filter="data")
            if directory.exists():
                directory.rename(Path(folder) / "former")
            contents.replace(directory)
    return directory


def _members(archive: Path) -> dict[str, list[int]]:
    """Return size and time of each file in an archive, which is read once: the list is kept."""
    listing = archive.with_name(f"{archive.name}.json")
    if listing.exists():
        kept: dict[str, list[int]] = json.loads(listing.read_text("utf-8"))
        return kept
    with tarfile.open(archive) as tar:
        files = [each for each in tar if each.isfile()]
    members = {os.path.normpath(each.name): [each.size, int(each.mtime)] for each in files}
    write_atomically(listing, json.dumps(members).encode())
    return members


def _files(directory: Path) -> dict[str, list[int]]:
    """Return the same of each file in a folder."""
    files = ((path, path.stat()) for path in directory.rglob("*") if path.is_file())
    return {
        path.relative_to(directory).as_posix(): [stat.st_size, int(stat.st_mtime)]
        for path, stat in files
    }


@contextmanager
def _only_one(root: Path, console: Console) -> Iterator[None]:
    """Lock the cache: concurrent runs would write the same files."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / "lock").open("w")
    except OSError as error:
        raise UserError(
            f"The cache of Java artifacts {root} cannot be written "
            f"({os.strerror(error.errno or 0)}): "
            f"set XDG_CACHE_HOME to a folder that can be written."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("Waiting for another run that is fetching the Java artifacts")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
