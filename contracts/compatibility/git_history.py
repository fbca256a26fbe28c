"""Released versions as of a commit, read with git."""

import io
import os
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from contracts.readers.consumers import FOLDER

Blobs = dict[bytes, bytes]
"""Path of a committed file -> git's name of its content."""


class History(NamedTuple):
    """The released versions of a git ref."""

    name: str
    """The ref; with the folder of the contracts, if they have been moved since: "HEAD:schemas"."""
    folder: Path
    """A copy of the folder released/; empty if there is none."""
    project: Path
    """A copy of the folder that holds the contracts' folder: of its consumers only."""
    is_before: bool
    """True if the ref has no contracts: they are newer."""


@contextmanager
def released_at(ref: str, schemas: Path) -> Iterator[History | None]:
    """Copy the released versions of a git ref, and its declared consumers, to a temporary folder.

    schemas: the folder of the contracts, in a git repository. Gives None without git, repository
    or ref.
    """
    named = _git(
        schemas, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
    )
    if named is None:
        yield None
        return
    commit = named.decode().strip()
    name, blobs = ref, _blobs(schemas, commit, "--", "released")
    if not blobs:
        former, blobs = _moved(schemas, commit)
        name = f"{ref}:{'' if former == Path() else former}" if blobs else ref
    here = _blobs(schemas, commit, "--", ".")
    is_before = not blobs and not any(os.fsdecode(path).endswith(".avsc") for path in here)
    declared = _blobs(schemas.resolve().parent, commit, "--", FOLDER)
    with TemporaryDirectory() as folder:
        for path, content in _contents(schemas, blobs | declared):
            target = Path(folder) / os.fsdecode(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        yield History(name, Path(folder) / "released", Path(folder), is_before)


def _moved(schemas: Path, commit: str) -> tuple[Path, Blobs]:
    """Return the folder with released versions that the working tree lacks, and these versions.

    Of several, the one that shares most contracts with `schemas`.
    """
    root = Path(os.fsdecode((_git(schemas, "rev-parse", "--show-toplevel") or b"").strip()))
    stems = {path.name for path in (schemas / "released").glob("*/")}
    moved: defaultdict[Path, Blobs] = defaultdict(dict)
    for name, blob in _blobs(schemas, commit, "--full-tree").items():
        path = Path(os.fsdecode(name))
        if path.match("released/*/*.avsc") and not (root / path.parents[1]).is_dir():
            folder = path.parents[2]
            moved[folder][os.fsencode(path.relative_to(folder))] = blob

    def shared(folder: Path) -> int:
        return sum(Path(os.fsdecode(path)).parent.name in stems for path in moved[folder])

    former = max(sorted(moved), key=shared, default=Path())
    return former, moved[former]


def _blobs(schemas: Path, commit: str, *arguments: str) -> Blobs:
    """Return the files of a commit, as `git ls-tree` takes arguments. Links are omitted.

    `git archive` would omit and change files by their attributes.
    """
    listed = _git(schemas, "ls-tree", "-r", "-z", commit, *arguments) or b""
    entries = [entry.partition(b"\t") for entry in listed.split(b"\0") if entry]
    return {path: about.split()[2] for about, _, path in entries if about.startswith(b"100")}


def _contents(schemas: Path, blobs: Blobs) -> Iterator[tuple[bytes, bytes]]:
    """Yield the path and content of each file, as committed."""
    names = b"".join(each + b"\n" for each in blobs.values())
    contents = io.BytesIO(_git(schemas, "cat-file", "--batch", stdin=names) or b"")
    for path in blobs:
        size = int(contents.readline().split()[2])
        yield path, contents.read(size)
        contents.read(1)


def _git(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes | None:
    """Return the output of a git command in a folder, or None if it fails."""
    # In a hook, git's variables name the repository relative to another folder.
    environment = {name: value for name, value in os.environ.items() if name[:4] != "GIT_"}
    try:
        ran = subprocess.run(
            ["git", "-C", str(folder), *arguments],
            input=stdin,
            capture_output=True,
            env=environment,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    return ran.stdout
