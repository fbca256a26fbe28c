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

from contracts.errors import NotJudgedError
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
    contracts: frozenset[str]
    """The names of its contracts, from their files."""
    is_before: bool
    """True if the ref has no contracts: they are newer."""


@contextmanager
def released_at(ref: str, schemas: Path) -> Iterator[History | None]:
    """Copy the released versions of a git ref, and its declared consumers, to a temporary folder.

    schemas: the folder of the contracts, in a git repository. Gives None without git, repository
    or ref. Raises NotJudgedError for a ref that the repository does not have whole.
    """
    named = _git(
        schemas, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}"
    )
    if named is None:
        yield None
        return
    commit = named.decode().strip()
    try:
        name, blobs = ref, _blobs(schemas, commit, "--", "released")
        declared = _beside(schemas, commit)
        if not blobs:
            former, blobs, declared_there = _moved(schemas, commit)
            declared |= declared_there
            name = f"{ref}:{'' if former == Path() else former}" if blobs else ref
        here = _blobs(schemas, commit, "--", ".")
        contents = list(_contents(schemas, blobs | declared))
    except _IncompleteError:
        raise NotJudgedError(
            f"{ref}: the git repository of {schemas} lacks files of this commit: fetch them "
            "(`git fetch --refetch`), or clone it again without --filter."
        ) from None
    is_before = not blobs and not any(os.fsdecode(path).endswith(".avsc") for path in here)
    with TemporaryDirectory() as folder:
        for path, content in contents:
            target = Path(folder) / os.fsdecode(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        paths = [Path(os.fsdecode(path)) for path in here]
        contracts = frozenset(path.stem for path in paths if str(path) == f"{path.stem}.avsc")
        yield History(name, Path(folder) / "released", Path(folder), contracts, is_before)


class _IncompleteError(Exception):
    """A file of a commit is not in the repository, as in a damaged one or a partial clone."""


def _beside(schemas: Path, commit: str) -> Blobs:
    """Return the declared consumers beside the contracts; none if they are in no commit of it."""
    try:
        return _blobs(schemas.resolve().parent, commit, "--", FOLDER)
    except _IncompleteError:  # the folder of the contracts is the whole repository
        return {}


def _moved(schemas: Path, commit: str) -> tuple[Path, Blobs, Blobs]:
    """Return a folder with released versions that the working tree lacks, these, and consumers.

    Of several, the one that shares most contracts with `schemas`. The consumers are those that
    were beside it.
    """
    root = Path(os.fsdecode((_git(schemas, "rev-parse", "--show-toplevel") or b"").strip()))
    stems = {path.name for path in (schemas / "released").glob("*/")}
    moved: defaultdict[Path, Blobs] = defaultdict(dict)
    every = {
        Path(os.fsdecode(name)): blob
        for name, blob in _blobs(schemas, commit, "--full-tree").items()
    }
    for path, blob in every.items():
        if path.match("released/*/*.avsc") and not (root / path.parents[1]).is_dir():
            folder = path.parents[2]
            moved[folder][os.fsencode(path.relative_to(folder))] = blob

    def shared(folder: Path) -> int:
        return sum(Path(os.fsdecode(path)).parent.name in stems for path in moved[folder])

    former = max(sorted(moved), key=shared, default=Path())
    declared = {
        os.fsencode(path.relative_to(former.parent)): blob
        for path, blob in every.items()
        if former != Path() and former.parent / FOLDER in path.parents
    }
    return former, moved[former], declared


def _blobs(schemas: Path, commit: str, *arguments: str) -> Blobs:
    """Return the files of a commit, as `git ls-tree` takes arguments. Links are omitted.

    `git archive` would omit and change files by their attributes. Raises _IncompleteError.
    """
    listed = _git(schemas, "ls-tree", "-r", "-z", commit, *arguments)
    if listed is None:
        raise _IncompleteError
    entries = [entry.partition(b"\t") for entry in listed.split(b"\0") if entry]
    return {path: about.split()[2] for about, _, path in entries if about.startswith(b"100")}


def _contents(schemas: Path, blobs: Blobs) -> Iterator[tuple[bytes, bytes]]:
    """Yield the path and content of each file, as committed. Raises _IncompleteError."""
    names = b"".join(each + b"\n" for each in blobs.values())
    contents = io.BytesIO(_git(schemas, "cat-file", "--batch", stdin=names) or b"")
    for path in blobs:
        about = contents.readline().split()
        if len(about) < 3:  # "<name> missing"
            raise _IncompleteError
        yield path, contents.read(int(about[2]))
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
