"""The Java artifacts: their checked-in list, their cache and the links in the state folder.

Downloads go to one cache per user, laid out like a Maven repository and shared by all clones.
It is not ~/.m2, because damaged files in the cache are removed without a prompt. A state
folder holds links into it: `<state>/artifacts/<group>/*.jar`.
"""

import os
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST = Path(__file__).with_name("artifacts.toml")
GROUPS = ("broker", "registry", "flink")


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A file of Maven Central with its checksum and size."""

    group: str
    """The service that needs it: one of GROUPS."""
    coordinate: str
    """Maven coordinate: group:artifact:type[:classifier]:version."""
    sha256: str
    """SHA-256 of the content, hexadecimal."""
    size: int
    """Bytes."""

    @property
    def path(self) -> Path:
        """Path in a Maven repository, relative to its root."""
        organisation, artifact, extension, *classifier, version = self.coordinate.split(":")
        name = "-".join([artifact, version, *classifier])
        return Path(*organisation.split("."), artifact, version, f"{name}.{extension}")

    @property
    def version(self) -> str:
        return self.coordinate.rsplit(":", 1)[1]


def listed(file: Path = LIST) -> list[Artifact]:
    """The checked-in artifacts, in the order of the file."""
    table: dict[str, Any] = tomllib.loads(file.read_text())
    return [Artifact(group=group, **entry) for group in GROUPS for entry in table[group]]


def cache() -> Path:
    """The user's cache of downloaded artifacts, below XDG_CACHE_HOME or ~/.cache."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "inventory-pipeline"


def folder(state: Path, group: str) -> Path:
    """The folder of one group's artifacts, below the state folder."""
    return state.resolve() / "artifacts" / group


def link(state: Path, group: str, targets: Iterator[Path]) -> None:
    """Make the group's folder hold exactly one link for each target."""
    directory = folder(state, group)
    directory.mkdir(parents=True, exist_ok=True)
    links = {target.name: target for target in targets}
    for entry in directory.iterdir():
        if entry.is_symlink() and entry.readlink() == links.get(entry.name):
            del links[entry.name]
        elif entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()
    for name, target in links.items():
        (directory / name).symlink_to(target)
