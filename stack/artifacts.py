"""The Java parts this project runs on: their list, and where they are kept.

Downloads go to one cache of the user, laid out like a Maven repository and shared by all
clones. It is a folder of our own and not ~/.m2, because a damaged file is removed there
without asking. A state folder holds links into it: `<state>/artifacts/<group>/*.jar`.
"""

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LIST = Path(__file__).with_name("artifacts.toml")
GROUPS = ("broker", "registry", "flink")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One file of Maven Central, and what it must be."""

    group: str
    """The process that needs it: one of GROUPS."""
    coordinate: str
    """group:artifact:type[:classifier]:version, as Maven writes it."""
    sha256: str
    size: int
    """Bytes."""

    @property
    def path(self) -> Path:
        """Where a Maven repository keeps it, relative to the repository's root."""
        organisation, artifact, kind, *classifier, version = self.coordinate.split(":")
        name = "-".join([artifact, version, *classifier])
        return Path(*organisation.split("."), artifact, version, f"{name}.{kind}")

    @property
    def version(self) -> str:
        return self.coordinate.rsplit(":", 1)[1]


def listed(file: Path = LIST) -> list[Part]:
    """The checked-in parts, in the file's order."""
    table: dict[str, Any] = tomllib.loads(file.read_text())
    return [Part(group=group, **entry) for group in GROUPS for entry in table[group]]


def cache() -> Path:
    """The user's cache of downloaded parts (below XDG_CACHE_HOME, else ~/.cache)."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "inventory-pipeline"


def folder(state: Path, group: str) -> Path:
    """The folder of one group's parts, below the state folder."""
    return state.resolve() / "artifacts" / group


def link(state: Path, group: str, targets: Iterator[Path]) -> None:
    """Make the group's folder hold a link to each target, and nothing else."""
    place = folder(state, group)
    place.mkdir(parents=True, exist_ok=True)
    wanted = {target.name: target for target in targets}
    for entry in place.iterdir():
        if wanted.get(entry.name) == (entry.readlink() if entry.is_symlink() else None):
            del wanted[entry.name]
        else:
            entry.unlink()
    for name, target in wanted.items():
        (place / name).symlink_to(target)
