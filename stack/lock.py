"""Rewrite artifacts.toml: resolve its requested coordinates, record checksums and sizes."""

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
# The Java artifacts, by Maven coordinate. Edit [requested], then run `python -m stack lock`,
# which writes everything below it: each file with its SHA-256 and its size in bytes.
"""


def rewrite(file: Path = LIST) -> int:
    """Resolve [requested] of `file` with jgo and write the result back; return the file count."""
    requested: dict[str, Any] = tomllib.loads(file.read_text())["requested"]
    lines = [HEAD, "[requested]"]
    for group, request in requested.items():
        lines += [f"{group}.dependencies = {str(request['dependencies']).lower()}"]
        lines += [f"{group}.coordinates = ["]
        lines += [f'    "{coordinate}",' for coordinate in request["coordinates"]] + ["]"]
    count = 0
    with tempfile.TemporaryDirectory() as repository:
        context = MavenContext(repo_cache=Path(repository), timeout=TIMEOUT_SECONDS)
        for group, request in requested.items():
            for coordinate, path in sorted(_resolved(context, request)):
                count += 1
                lines += ["", f"[[{group}]]", f'coordinate = "{coordinate}"']
                lines += [f'sha256 = "{hashlib.sha256(path.read_bytes()).hexdigest()}"']
                lines += [f"size = {path.stat().st_size}"]
    file.write_text("\n".join(lines) + "\n")
    return count


def _resolved(context: MavenContext, request: dict[str, Any]) -> Iterator[tuple[str, Path]]:
    dependencies: list[Dependency] = [
        _dependency(context, coordinate) for coordinate in request["coordinates"]
    ]
    if request["dependencies"]:
        inputs, others = context.resolver.resolve(dependencies)
        dependencies = inputs + others
    for dependency in dependencies:
        names = (
            dependency.groupId,
            dependency.artifactId,
            dependency.type,
            dependency.classifier,
            dependency.version,
        )
        yield ":".join(filter(None, names)), dependency.artifact.resolve()


def _dependency(context: MavenContext, coordinate: str) -> Dependency:
    organisation, artifact, extension, *classifier, version = coordinate.split(":")
    component = context.project(organisation, artifact).at_version(version)
    return Dependency(component.artifact("".join(classifier), extension))
