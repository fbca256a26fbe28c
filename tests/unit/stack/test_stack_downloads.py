"""Java artifacts: resumed downloads, wrong checksums, full disks."""

import hashlib
import shutil
import tarfile
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO, StringIO
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from rich.console import Console
from tenacity import wait_none

from connect.errors import UserError
from stack import fetch as fetching
from stack.artifacts import Artifact, folder, listed
from stack.download import ATTEMPTS, download

CONTENT = bytes(range(256)) * 4096
HALF = len(CONTENT) // 2
ARTIFACT = Artifact(
    group="flink",
    coordinate="org.example:thing:jar:1.0",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
)
fetch_artifact = partial(download, wait=wait_none())


class Repository:
    """A Maven repository on a free port of this machine.

    Sends at most `limit` bytes a response and records the first byte of each request.
    """

    def __init__(self) -> None:
        self.content = CONTENT
        self.limit = len(CONTENT)
        self.resumes = True
        self.begins: list[int] = []
        repository = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                range_header = self.headers.get("Range") if repository.resumes else None
                first = int(range_header.split("=")[1].rstrip("-")) if range_header else 0
                repository.begins.append(first)
                if self.path != f"/{ARTIFACT.path.as_posix()}":
                    self.send_error(404)
                    return
                rest = repository.content[first:]
                self.send_response(206 if range_header else 200)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest[: repository.limit])

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def repository(monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    served = Repository()
    yield served
    served.close()


def test_an_interrupted_download_is_resumed(repository: Repository, tmp_path: Path) -> None:
    repository.limit = HALF + 1000
    target = tmp_path / "thing.jar"
    arrived: list[int] = []
    fetch_artifact(ARTIFACT, [repository.url], target, arrived.append)
    assert target.read_bytes() == CONTENT
    assert repository.begins == [0, HALF + 1000]
    assert sum(arrived) == len(CONTENT)
    assert [file.name for file in tmp_path.iterdir()] == ["thing.jar"]


def test_a_download_that_never_completes_reports_its_bytes(
    repository: Repository, tmp_path: Path
) -> None:
    repository.limit = 1000
    target = tmp_path / "thing.jar"
    with pytest.raises(UserError) as failed:
        fetch_artifact(ARTIFACT, [repository.url], target)
    assert f"{ATTEMPTS * 1000:,} of {len(CONTENT):,} bytes arrived" in failed.value.message
    assert "run again; the download resumes" in failed.value.message
    assert not target.exists()
    repository.limit = len(CONTENT)
    fetch_artifact(ARTIFACT, [repository.url], target)
    assert target.read_bytes() == CONTENT
    assert repository.begins[-1] == ATTEMPTS * 1000


def test_a_server_that_cannot_resume_is_read_from_the_beginning(
    repository: Repository, tmp_path: Path
) -> None:
    repository.resumes = False
    target = tmp_path / "thing.jar"
    (tmp_path / "thing.jar.part").write_bytes(b"x" * 10)
    fetch_artifact(ARTIFACT, [repository.url], target)
    assert target.read_bytes() == CONTENT


def test_an_unreachable_repository_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"0 of .* bytes arrived; no connection"):
        fetch_artifact(ARTIFACT, ["http://127.0.0.1:9"], tmp_path / "thing.jar")


def test_a_missing_artifact_is_an_error(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="was not found"):
        fetch_artifact(ARTIFACT, [f"{repository.url}/other"], tmp_path / "thing.jar")


def test_a_wrong_checksum_removes_the_file_and_names_both(
    repository: Repository, tmp_path: Path
) -> None:
    repository.content = CONTENT[:-1] + b"?"
    got = hashlib.sha256(repository.content).hexdigest()
    with pytest.raises(UserError) as failed:
        fetch_artifact(ARTIFACT, [repository.url], tmp_path / "thing.jar")
    assert ARTIFACT.sha256 in failed.value.message
    assert got in failed.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_disk_that_fills_up_is_an_error(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "thing.jar.part").symlink_to("/dev/full")
    with pytest.raises(UserError, match="No space is left on the disk"):
        fetch_artifact(ARTIFACT, [repository.url], tmp_path / "thing.jar")


@pytest.fixture
def one_artifact(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Path of the one listed artifact in a cache that is still empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(fetching, "listed", lambda: [ARTIFACT])
    monkeypatch.setattr(fetching, "repositories", lambda: [repository.url])
    return tmp_path / "cache" / "inventory-pipeline" / ARTIFACT.path


def test_artifacts_are_fetched_once_and_linked(
    repository: Repository, one_artifact: Path, tmp_path: Path
) -> None:
    quiet = Console(file=StringIO())
    assert fetching.fetch(tmp_path / "first", quiet) == len(CONTENT)
    assert fetching.fetch(tmp_path / "second", quiet) == 0
    assert len(repository.begins) == 1
    for state in ("first", "second"):
        (link,) = folder(tmp_path / state, "flink").iterdir()
        assert link.resolve() == one_artifact


@pytest.mark.usefixtures("one_artifact")
def test_what_others_put_among_the_links_is_removed(tmp_path: Path) -> None:
    directory = folder(tmp_path, "flink")
    (directory / "unpacked").mkdir(parents=True)
    for stray in (".DS_Store", "unpacked/file", ARTIFACT.path.name):
        (directory / stray).write_text("stray")
    (directory / "old.jar").symlink_to("nowhere")
    fetching.fetch(tmp_path, Console(file=StringIO()))
    (link,) = directory.iterdir()
    assert link.is_symlink()


def test_a_damaged_artifact_is_fetched_again(one_artifact: Path, tmp_path: Path) -> None:
    one_artifact.parent.mkdir(parents=True)
    one_artifact.write_bytes(CONTENT[:-1] + b"?")
    fetching.fetch(tmp_path / "state", Console(file=StringIO()))
    assert one_artifact.read_bytes() == CONTENT


def archive_of(files: dict[str, bytes]) -> bytes:
    """Pack files with a time of the past."""
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(f"./{name}")
            member.size, member.mtime = len(content), 1_000_000_000
            tar.addfile(member, BytesIO(content))
    return packed.getvalue()


def lose(file: Path) -> None:
    file.unlink()


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def overwrite(file: Path) -> None:
    file.write_bytes(bytes(file.stat().st_size))


@pytest.mark.parametrize("damage", [lose, cut, overwrite])
def test_a_damaged_file_of_an_unpacked_archive_is_unpacked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[Path], None]
) -> None:
    files = {"app.jar": b"application", "lib/deep/one.jar": b"library"}
    packed = archive_of(files)
    artifact = Artifact(
        group="registry",
        coordinate="org.example:app:tar.gz:1.0",
        sha256=hashlib.sha256(packed).hexdigest(),
        size=len(packed),
    )
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(fetching, "listed", lambda: [artifact])
    archive = tmp_path / "cache" / "inventory-pipeline" / artifact.path
    archive.parent.mkdir(parents=True)
    archive.write_bytes(packed)
    unpacked = archive.with_name(archive.name.removesuffix(".tar.gz"))
    inodes = set()
    for _ in range(3):
        fetching.fetch(tmp_path / "state", Console(file=StringIO()))
        inodes.add(unpacked.stat().st_ino)
    assert len(inodes) == 1, "it was unpacked again although it was whole"
    damage(unpacked / "lib" / "deep" / "one.jar")
    fetching.fetch(tmp_path / "state", Console(file=StringIO()))
    assert {name: (unpacked / name).read_bytes() for name in files} == files
    assert (folder(tmp_path / "state", "registry") / "app.jar").read_bytes() == files["app.jar"]


@pytest.mark.usefixtures("one_artifact")
def test_too_small_a_disk_is_refused_before_a_download(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=len(CONTENT) - 1))
    with pytest.raises(UserError, match=r"need 1 MB and the disk of .* has 1 MB free"):
        fetching.fetch(tmp_path / "state", Console(file=StringIO()))
    assert repository.begins == []


def test_the_list_has_checksums_and_no_host() -> None:
    artifacts = listed()
    assert {artifact.group for artifact in artifacts} == {"broker", "registry", "flink"}
    assert all(len(artifact.sha256) == 64 and artifact.size > 0 for artifact in artifacts)
    assert len({artifact.path.name for artifact in artifacts}) == len(artifacts)
    text = (Path(fetching.__file__).with_name("artifacts.toml")).read_text("utf-8")
    assert "://" not in text
