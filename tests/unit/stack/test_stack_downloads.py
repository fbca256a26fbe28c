"""Java parts: cut downloads are resumed, wrong ones are removed, a full disk is said."""

import hashlib
import shutil
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import pytest
from rich.console import Console
from tenacity import wait_none

from connect.errors import UserError
from stack import fetch as fetching
from stack.artifacts import Part, folder, listed
from stack.download import ATTEMPTS, download

CONTENT = bytes(range(256)) * 4096
HALF = len(CONTENT) // 2
PART = Part(
    group="flink",
    coordinate="org.example:thing:jar:1.0",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
)
fetch_part = partial(download, wait=wait_none())


class Repository:
    """A Maven repository on a free port of this machine.

    It sends at most `most` bytes an answer, and notes the byte that each request begins at.
    """

    def __init__(self) -> None:
        self.content = CONTENT
        self.most = len(CONTENT)
        self.resumes = True
        self.begins: list[int] = []
        repository = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                wanted = self.headers.get("Range") if repository.resumes else None
                first = int(wanted.split("=")[1].rstrip("-")) if wanted else 0
                repository.begins.append(first)
                if self.path != f"/{PART.path.as_posix()}":
                    self.send_error(404)
                    return
                rest = repository.content[first:]
                self.send_response(206 if wanted else 200)
                self.send_header("Content-Length", str(len(rest)))
                self.end_headers()
                self.wfile.write(rest[: repository.most])

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


def test_a_cut_download_goes_on_where_it_was(repository: Repository, tmp_path: Path) -> None:
    repository.most = HALF + 1000
    target = tmp_path / "thing.jar"
    arrived: list[int] = []
    fetch_part(PART, [repository.url], target, arrived.append)
    assert target.read_bytes() == CONTENT
    assert repository.begins == [0, HALF + 1000]
    assert sum(arrived) == len(CONTENT)
    assert [file.name for file in tmp_path.iterdir()] == ["thing.jar"]


def test_a_download_that_is_always_cut_says_how_far_it_came(
    repository: Repository, tmp_path: Path
) -> None:
    repository.most = 1000
    target = tmp_path / "thing.jar"
    with pytest.raises(UserError) as failed:
        fetch_part(PART, [repository.url], target)
    assert f"{ATTEMPTS * 1000:,} of {len(CONTENT):,} bytes arrived" in failed.value.message
    assert "run again, it resumes" in failed.value.message
    assert not target.exists()
    repository.most = len(CONTENT)
    fetch_part(PART, [repository.url], target)
    assert target.read_bytes() == CONTENT
    assert repository.begins[-1] == ATTEMPTS * 1000


def test_a_server_that_cannot_resume_is_read_from_the_beginning(
    repository: Repository, tmp_path: Path
) -> None:
    repository.resumes = False
    target = tmp_path / "thing.jar"
    (tmp_path / "thing.jar.part").write_bytes(b"x" * 10)
    fetch_part(PART, [repository.url], target)
    assert target.read_bytes() == CONTENT


def test_nobody_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"0 of .* bytes arrived; no connection"):
        fetch_part(PART, ["http://127.0.0.1:9"], tmp_path / "thing.jar")


def test_a_part_that_is_not_there_is_a_sentence(repository: Repository, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="was not found"):
        fetch_part(PART, [f"{repository.url}/other"], tmp_path / "thing.jar")


def test_a_wrong_checksum_removes_the_file_and_names_both(
    repository: Repository, tmp_path: Path
) -> None:
    repository.content = CONTENT[:-1] + b"?"
    got = hashlib.sha256(repository.content).hexdigest()
    with pytest.raises(UserError) as failed:
        fetch_part(PART, [repository.url], tmp_path / "thing.jar")
    assert PART.sha256 in failed.value.message
    assert got in failed.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_a_disk_that_fills_up_is_a_sentence(repository: Repository, tmp_path: Path) -> None:
    (tmp_path / "thing.jar.part").symlink_to("/dev/full")
    with pytest.raises(UserError, match="No space is left on the disk"):
        fetch_part(PART, [repository.url], tmp_path / "thing.jar")


@pytest.fixture
def one_part(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the cache of a machine that has nothing yet will keep the one listed part."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(fetching, "listed", lambda: [PART])
    monkeypatch.setattr(fetching, "repositories", lambda: [repository.url])
    return tmp_path / "cache" / "inventory-pipeline" / PART.path


def test_parts_are_fetched_once_and_linked(
    repository: Repository, one_part: Path, tmp_path: Path
) -> None:
    quiet = Console(file=StringIO())
    assert fetching.fetch(tmp_path / "first", quiet) == len(CONTENT)
    assert fetching.fetch(tmp_path / "second", quiet) == 0
    assert len(repository.begins) == 1
    for state in ("first", "second"):
        (link,) = folder(tmp_path / state, "flink").iterdir()
        assert link.resolve() == one_part


def test_a_damaged_part_in_the_cache_is_fetched_again(one_part: Path, tmp_path: Path) -> None:
    one_part.parent.mkdir(parents=True)
    one_part.write_bytes(CONTENT[:-1] + b"?")
    fetching.fetch(tmp_path / "state", Console(file=StringIO()))
    assert one_part.read_bytes() == CONTENT


@pytest.mark.usefixtures("one_part")
def test_too_small_a_disk_is_said_before_anything_is_fetched(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=len(CONTENT) - 1))
    with pytest.raises(UserError, match=r"need 1 MB and the disk of .* has 1 MB free"):
        fetching.fetch(tmp_path / "state", Console(file=StringIO()))
    assert repository.begins == []


def test_the_list_has_checksums_and_no_host() -> None:
    parts = listed()
    assert {part.group for part in parts} == {"broker", "registry", "flink"}
    assert all(len(part.sha256) == 64 and part.size > 0 for part in parts)
    assert len({part.path.name for part in parts}) == len(parts)
    text = (Path(fetching.__file__).with_name("artifacts.toml")).read_text("utf-8")
    assert "://" not in text
