"""A start continues from the newest checkpoint that is right for readers, and says why not."""

import time
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from connect.kafka import Partition
from connect.settings import Settings
from flink import checkpoint_files, checkpoints, resume, source_topics
from flink.checkpoint_files import UnusableCheckpointError
from flink.published_generation import Published

AT = ("accepted-transactions", 0)
CLUSTER = "k1"


class Start:
    """A start without Kafka and Flink: three checkpoints, of which some are damaged."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, state: Path) -> None:
        self.settings = Settings(state=state)
        self.damaged: set[str] = set()
        """Names of folders chk-<n>."""
        self.first: dict[Partition, int] = {AT: 0}
        self.end: dict[Partition, int] = {AT: 100}
        self.committed: dict[Partition, int] = {AT: 30}
        self.appended = 0.0
        """Time of the last record that the job has read."""
        self.published = Published(1, [])
        self.resumed: str | None = None
        self.generation = 0
        monkeypatch.setattr(resume, "keep_state", self._keep_state)
        monkeypatch.setattr(resume, "state_signature", lambda _: "Deduplicate")
        monkeypatch.setattr(resume, "published_generation", lambda *_: self.published)
        monkeypatch.setattr(checkpoint_files, "offsets", self._offsets)
        monkeypatch.setattr(source_topics, "identity", lambda *_: {"Kafka cluster": CLUSTER})
        monkeypatch.setattr(source_topics, "first_offsets", lambda *_: self.first)
        monkeypatch.setattr(source_topics, "end_offsets", lambda *_: self.end)
        monkeypatch.setattr(source_topics, "_committed", lambda *_: self.committed)
        monkeypatch.setattr(source_topics, "log_times", self._log_times)
        monkeypatch.setattr(source_topics, "commit", lambda *_: None)
        self._parts = checkpoints.origin(self.settings, {"Kafka cluster": CLUSTER}, "Deduplicate")
        self.folder = checkpoints.folder(self.settings, CLUSTER, self._parts)
        checkpoints.begin(self.folder, self._parts, 1)
        for number in (1, 2, 3):
            checkpoint = Path(urlparse(self.folder).path) / "job" / f"chk-{number}"
            checkpoint.mkdir(parents=True)
            (checkpoint / "_metadata").touch()

    def run(self) -> None:
        resume.resume(self.settings, None, None, CLUSTER)  # type: ignore[arg-type]

    def _offsets(self, checkpoint: Path) -> dict[Partition, int]:
        """The checkpoint chk-<n> goes on at offset 10 n."""
        if checkpoint.name in self.damaged:
            raise UnusableCheckpointError("_metadata is cut")
        return {AT: 10 * int(checkpoint.name.removeprefix("chk-"))}

    def _log_times(self, _: Any, offsets: dict[Partition, int]) -> dict[Partition, float]:
        return dict.fromkeys(offsets, self.appended)

    def _keep_state(self, _: Any, folder: str, resumed: str | None, generation: int) -> None:
        assert folder == self.folder
        self.resumed, self.generation = resumed, generation


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Start:
    return Start(monkeypatch, tmp_path)


def test_the_newest_usable_checkpoint_is_resumed_and_the_log_names_the_newer_ones(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start.damaged = {"chk-3", "chk-2"}
    start.run()
    assert start.resumed == f"{start.folder}/job/chk-1"
    assert start.generation == 1, "levels are published again with the same versions"
    assert capsys.readouterr().out.splitlines() == [
        f"Not continuing from {start.folder}/job/chk-3: _metadata is cut.",
        f"Not continuing from {start.folder}/job/chk-2: _metadata is cut.",
        f"Continuing from {start.folder}/job/chk-1.",
    ]


def test_without_a_usable_checkpoint_the_state_is_new_and_so_it_stays(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start.damaged = {"chk-1", "chk-2", "chk-3"}
    start.run()
    assert (start.resumed, start.generation > 1) == (None, True)
    assert capsys.readouterr().out.endswith(
        "Starting from the first event: no checkpoint has all of its files.\n"
    )
    start.damaged.clear()
    assert not checkpoints.complete(start.folder), "of a generation that readers ignore"
    assert checkpoints.have_former_rows(start.folder)


def test_records_that_only_an_older_checkpoint_needs_may_be_lost(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    """Committed is what the newest one has read: the first record that it needs is still there."""
    start.first = {AT: 25}
    start.damaged = {"chk-3"}
    start.run()
    assert start.resumed is None
    assert "are lost in accepted-transactions-0" in capsys.readouterr().out


def test_records_that_were_read_after_an_older_checkpoint_must_be_there_to_be_read_again(
    start: Start,
) -> None:
    start.end = {AT: 29}
    start.damaged = {"chk-3", "chk-2"}
    start.run()
    assert start.resumed is None


def test_a_partition_of_which_nothing_was_read_has_lost_nothing(start: Start) -> None:
    start.first = {("accepted-transactions", 1): 5, AT: 30}
    start.end = {("accepted-transactions", 1): 5, AT: 30}
    start.committed = {("accepted-transactions", 1): -1001, AT: -1001}
    start.run()
    assert start.resumed == f"{start.folder}/job/chk-3"


@pytest.mark.parametrize(("seconds", "is_new"), [(-3600, False), (0, False), (60, True)])
def test_a_partition_whose_end_was_lost_and_that_has_grown_again_makes_the_state_new(
    start: Start, capsys: pytest.CaptureFixture[str], seconds: int, is_new: bool
) -> None:
    """The last record that was read is one that came after the checkpoint."""
    start.appended = time.time() + seconds
    start.run()
    assert (start.resumed is None) == is_new
    sentence = "would read next are lost in accepted-transactions-0."
    assert (sentence in capsys.readouterr().out) == is_new


@pytest.mark.parametrize("content", [None, "", "one"])
def test_state_without_its_generation_is_made_anew_with_a_higher_one(
    start: Start, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    """A folder of which only the checkpoints were copied, or that was edited."""
    path = Path(urlparse(start.folder).path)
    for folder in (path, path.with_name("of other settings")):
        folder.mkdir(exist_ok=True)
        (folder / checkpoints.GENERATION).unlink(missing_ok=True)
        if content is not None:
            (folder / checkpoints.GENERATION).write_text(content)
    start.run()
    assert (start.resumed, start.generation > 1) == (None, True)
    assert "/generation is missing or damaged." in capsys.readouterr().out
    assert checkpoints.has_generation(start.folder)


def test_a_damaged_origin_names_no_change(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(urlparse(start.folder).path)
    (path / checkpoints.ORIGIN).write_text("{")
    checkpoints.delete(start.folder)
    start.run()
    assert capsys.readouterr().out == "Starting from the first event.\n"


def test_a_row_that_no_job_can_have_written_is_overtaken_by_a_new_state(
    start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    start.published = Published(1, ["inventory-levels, partition 2, offset 7 is strange."])
    start.run()
    assert start.resumed is None
    assert checkpoints.is_possible(start.generation)
    assert capsys.readouterr().out.splitlines() == [
        "inventory-levels, partition 2, offset 7 is strange.",
        "Starting from the first event: readers have rows that this job has not written.",
    ]
