"""Rewrites artifacts.toml: resolves what it asks for, and notes each file's checksum and size."""

import hashlib
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jgo.maven import Dependency, MavenContext

from stack.artifacts import LIST

TIMEOUT_SECONDS = 60

HEAD = """\
# The Java parts, by Maven coordinate. Edit [asked], then run `python -m stack lock`,
# which writes everything below it: each file with its SHA-256 and its size in bytes.
"""


def rewrite(file: Path = LIST) -> int:
    """Resolve what `file` asks for with jgo and write the result back; returns the file count."""
    asked: dict[str, Any] = tomllib.loads(file.read_text())["asked"]
    lines = [HEAD, "[asked]"]
    for group, wish in asked.items():
        lines += [f"{group}.dependencies = {str(wish['dependencies']).lower()}"]
        lines += [f"{group}.coordinates = ["]
        lines += [f'    "{coordinate}",' for coordinate in wish["coordinates"]] + ["]"]
    count = 0
    with tempfile.TemporaryDirectory() as repository:
        context = MavenContext(repo_cache=Path(repository), timeout=TIMEOUT_SECONDS)
        for group, wish in asked.items():
            for coordinate, path in sorted(_resolved(context, wish)):
                count += 1
                lines += ["", f"[[{group}]]", f'coordinate = "{coordinate}"']
                lines += [f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"']
                lines += [f"size = {path.stat().st_size}"]
    file.write_text("\n".join(lines) + "\n")
    return count


def _resolved(context: MavenContext, wish: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    asked = [_dependency(context, coordinate) for coordinate in wish["coordinates"]]
    found: list[Dependency] = asked
    if wish["dependencies"]:
        inputs, others = context.resolver.resolve(asked)
        found = inputs + others
    for one in found:
        names = [one.groupId, one.artifactId, one.type, one.classifier, one.version]
        yield ":".join(filter(None, names)), one.artifact.resolve()


def _dependency(context: MavenContext, coordinate: str) -> Dependency:
    organisation, artifact, kind, *classifier, version = coordinate.split(":")
    component = context.project(organisation, artifact).at_version(version)
    return Dependency(component.artifact("".join(classifier), kind))
