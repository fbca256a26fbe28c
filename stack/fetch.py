"""Brings the parts of some groups into the cache and links them into the state folder."""

import fcntl
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

from connect.errors import UserError
from stack.artifacts import GROUPS, Part, cache, link, listed
from stack.download import download, sha256

AT_ONCE = 4
UNPACKED_FACTOR = 1.25
"""Disk space of an unpacked archive, as a multiple of the archive's own size."""


class DownloadAbortedError(Exception):
    """Another download failed or the user interrupted: this one need not go on."""


def repositories() -> list[str]:
    """Base URLs to ask: those of the user's jgo settings (a company's mirror), then jgo's own."""
    own = [url.rstrip("/") for url in GlobalSettings.load().repositories.values()]
    return own + [url.rstrip("/") for url in MavenContext().remote_repos.values()]


def fetch(state: Path, console: Console, groups: Iterable[str] = GROUPS) -> int:
    """Make every part of the groups available below `state`; returns the bytes downloaded.

    Every file is verified, also those that were there already. Raises UserError.
    """
    wanted = [part for part in listed() if part.group in set(groups)]
    root = cache()
    with _only_one(root, console):
        missing = [part for part in wanted if not _intact(part, root)]
        _check_space(missing, root)
        if missing:
            _download(missing, root, console)
        for group in dict.fromkeys(part.group for part in wanted):
            files = [root / part.path for part in wanted if part.group == group]
            if files[0].name.endswith(".tar.gz"):
                files = list(_unpacked(files[0]).iterdir())
            link(state, group, iter(files))
    return sum(part.size for part in missing)


def _intact(part: Part, root: Path) -> bool:
    path = root / part.path
    if not path.exists():
        return False
    if path.stat().st_size == part.size and sha256(path) == part.sha256:
        return True
    path.unlink()
    return False


def _check_space(missing: list[Part], root: Path) -> None:
    partial = [root / part.path.with_name(part.path.name + ".part") for part in missing]
    here = sum(path.stat().st_size for path in partial if path.exists())
    unpacked = sum(p.size * UNPACKED_FACTOR for p in missing if p.path.name.endswith(".tar.gz"))
    needed = sum(part.size for part in missing) + int(unpacked) - here
    free = shutil.disk_usage(root).free
    if needed > free:
        raise UserError(
            f"The Java parts need {needed / 1e6:,.0f} MB and the disk of {root} has "
            f"{free / 1e6:,.0f} MB free: free some, or set XDG_CACHE_HOME to a larger disk."
        )


def _download(missing: list[Part], root: Path, console: Console) -> None:
    places = repositories()
    total = sum(part.size for part in missing)
    console.print(f"Fetching {len(missing)} Java parts, {total / 1e6:,.0f} MB, to {root}")
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
        console=console,
    )
    given_up = threading.Event()
    with bar, ThreadPoolExecutor(AT_ONCE) as pool:
        task = bar.add_task("Java parts", total=total)

        def advance(count: int) -> None:
            if given_up.is_set():
                raise DownloadAbortedError
            bar.advance(task, count)

        def bring(part: Part) -> None:
            download(part, places, root / part.path, advance)

        try:
            list(pool.map(bring, sorted(missing, key=lambda part: -part.size)))
        except BaseException:
            given_up.set()
            pool.shutdown(cancel_futures=True)
            raise


def _unpacked(archive: Path) -> Path:
    """The archive's contents beside it, unpacked once; a half-unpacked folder is never named so."""
    place = archive.with_name(archive.name.removesuffix(".tar.gz"))
    if not place.exists():
        with tempfile.TemporaryDirectory(dir=archive.parent, prefix="unpacking-") as folder:
            contents = Path(folder) / "contents"
            with tarfile.open(archive) as tar:
                tar.extractall(contents, filter="data")
            contents.replace(place)
    return place


@contextmanager
def _only_one(root: Path, console: Console) -> Iterator[None]:
    """Hold the cache alone: two runs at once would write the same files."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock = (root / "lock").open("w")
    except OSError as error:
        raise UserError(
            f"The cache of Java parts {root} cannot be written ({os.strerror(error.errno or 0)}): "
            f"set XDG_CACHE_HOME to a folder that can."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            console.print("Waiting for another run that is fetching the Java parts")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
