"""A start continues from the newest checkpoint that is right for readers, and says why not."""

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import pytest

from connect.errors import UserError
from connect.kafka import Partition
from connect.settings import Settings
from flink import checkpoint_files, checkpoints, resume, source_topics
from flink.checkpoint_files import UnusableCheckpointError
from flink.published_generation import Published
from tests.support.logged import logged

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
        self.begun = ""
        """Folder of the job's checkpoints."""
        monkeypatch.setattr(resume, "keep_state", self._keep_state)
        monkeypatch.setattr(resume, "state_signature", lambda _: "Deduplicate")
        monkeypatch.setattr(resume, "published_generation", lambda *_: self.published)
        monkeypatch.setattr(checkpoint_files, "offsets", self._offsets)
        monkeypatch.setattr(source_topics, "identity", lambda *_: {"Kafka cluster": CLUSTER})
        monkeypatch.setattr(source_topics, "first_offsets", lambda *_: self.first)
        monkeypatch.setattr(source_topics, "end_offsets", lambda *_: self.end)
        monkeypatch.setattr(source_topics, "committed", lambda *_: self.committed)
        monkeypatch.setattr(source_topics, "log_times", self._log_times)
        monkeypatch.setattr(source_topics, "commit", self._commit)
        self.origin = self.origin_with()
        self.folder = checkpoints.folder(self.settings, CLUSTER, self.origin)
        checkpoints.begin(self.folder, self.origin, 1)
        for number in (1, 2, 3):
            self.write(f"{self.folder}/job/chk-{number}")

    def origin_with(self, **changes: Any) -> checkpoints.Origin:
        """Return the origin of a job with other settings."""
        settings = replace(self.settings, **changes)
        return checkpoints.origin(settings, {"Kafka cluster": CLUSTER}, "Deduplicate")

    def write(self, url: str) -> None:
        """Write a checkpoint."""
        folder = Path(urlparse(url).path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "_metadata").touch()

    def save(self, number: int, generation: int = 1, **changes: Any) -> str:
        """Write a savepoint of a job with other settings; return its URL."""
        url = f"{self.settings.state.resolve().as_uri()}/elsewhere/savepoint-{number}"
        self.write(url)
        checkpoints.note(url, checkpoints.Notes(self.origin_with(**changes), generation))
        return url

    def run(self, may_rebuild: bool = True, **changes: Any) -> None:
        settings = replace(self.settings, **changes)
        resume.resume(settings, None, None, CLUSTER, may_rebuild)  # type: ignore[arg-type]

    def _offsets(self, checkpoint: str) -> dict[Partition, int]:
        """The checkpoint chk-<n>, as the savepoint savepoint-<n>, goes on at offset 10 n."""
        name = checkpoint.rpartition("/")[2]
        if name in self.damaged:
            raise UnusableCheckpointError("_metadata is cut")
        return {AT: 10 * int(name.rpartition("-")[2])}

    def _commit(self, *arguments: Any) -> None:
        self.committed = arguments[-1]

    def _log_times(self, _: Any, offsets: dict[Partition, int]) -> dict[Partition, float]:
        return dict.fromkeys(offsets, self.appended)

    def _keep_state(
        self, _: Any, folder: str, resumed: str | None, parameters: dict[str, str]
    ) -> None:
        self.resumed, self.generation = resumed, int(parameters["generation"])
        self.begun = folder


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Start:
    return Start(monkeypatch, tmp_path)


def test_the_newest_usable_checkpoint_is_resumed_and_the_log_names_the_newer_ones(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    start.damaged = {"chk-3", "chk-2"}
    start.run()
    assert start.resumed == f"{start.folder}/job/chk-1"
    assert start.generation == 1, "levels are published again with the same versions"
    assert logged(caplog).splitlines() == [
        f"Not continuing from {start.folder}/job/chk-3: _metadata is cut.",
        f"Not continuing from {start.folder}/job/chk-2: _metadata is cut.",
        f"Continuing from {start.folder}/job/chk-1.",
    ]


def test_without_a_usable_checkpoint_the_state_is_new_and_so_it_stays(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    start.damaged = {"chk-1", "chk-2", "chk-3"}
    start.run()
    assert (start.resumed, start.generation > 1) == (None, True)
    assert logged(caplog).endswith(
        "Starting from the first event: no checkpoint has all of its files.\n"
    )
    start.damaged.clear()
    assert not checkpoints.complete(start.folder), "of a generation that readers ignore"
    assert checkpoints.have_former_rows(start.folder)


@pytest.mark.parametrize("first", [0, 7])
def test_a_rebuild_from_topics_without_their_first_events_is_named(
    start: Start, caplog: pytest.LogCaptureFixture, first: int
) -> None:
    start.first = {AT: first}
    start.run(time_zone="Europe/Berlin")
    assert start.resumed is None
    assert ("no longer have the first events of accepted-transactions-0" in logged(caplog)) == (
        first > 0
    )


def test_records_that_only_an_older_checkpoint_needs_may_be_lost(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """Committed is what the newest one has read: the first record that it needs is still there."""
    start.first = {AT: 25}
    start.damaged = {"chk-3"}
    start.run()
    assert start.resumed is None
    assert "are lost in accepted-transactions-0" in logged(caplog)


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
    start: Start, caplog: pytest.LogCaptureFixture, seconds: int, is_new: bool
) -> None:
    """The last record that was read is one that came after the checkpoint."""
    start.appended = time.time() + seconds
    start.run()
    assert (start.resumed is None) == is_new
    sentence = "are lost in accepted-transactions-0 (or the broker's clock is "
    assert (sentence in logged(caplog)) == is_new


@pytest.mark.parametrize("content", [None, "", "one"])
def test_state_without_its_generation_is_made_anew_with_a_higher_one(
    start: Start, caplog: pytest.LogCaptureFixture, content: str | None
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
    assert "/generation is missing or damaged." in logged(caplog)
    assert checkpoints.noted_generation(start.folder) == start.generation


def test_a_damaged_origin_names_no_change(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    path = Path(urlparse(start.folder).path)
    (path / checkpoints.ORIGIN).write_text("{")
    checkpoints.delete(start.folder)
    start.run()
    assert logged(caplog).endswith("\nStarting from the first event.\n")


def test_a_row_that_no_job_can_have_written_is_overtaken_by_a_new_state(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    start.published = Published(1, ["inventory-levels, partition 2, offset 7 is strange."])
    start.run()
    assert start.resumed is None
    assert checkpoints.is_possible(start.generation)
    assert logged(caplog).splitlines() == [
        "inventory-levels, partition 2, offset 7 is strange.",
        "Rebuilding the state from 100 events, about 1 minute.",
        "Starting from the first event: readers have rows that this job has not written.",
    ]


def test_what_is_named_is_resumed_once_and_then_the_newest(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    saved = start.save(1)
    start.run(resume_from=saved)
    assert start.resumed == saved
    start.run(resume_from=saved)
    assert start.resumed == saved, "the first start with it has written no checkpoint"
    later = time.time() + 1
    start.write(f"{start.folder}/next-job/chk-1")
    os.utime(Path(urlparse(start.folder).path) / "next-job/chk-1/_metadata", (later, later))
    start.run(resume_from=saved)
    assert start.resumed == f"{start.folder}/next-job/chk-1"
    assert f"an earlier start has used {saved}" in logged(caplog)
    start.run()
    start.run(resume_from=saved)
    assert start.resumed == saved, "to go back to it a second time is another decision"


@pytest.mark.parametrize("end", ["", "/", "/_metadata"])
def test_a_checkpoint_is_named_by_its_path_too(start: Start, end: str) -> None:
    start.run(resume_from=f"{urlparse(start.folder).path}/job/chk-1{end}")
    assert start.resumed == f"{start.folder}/job/chk-1"


def refusal(start: Start, url: str, **changes: Any) -> str:
    """Return the sentence that refuses a start from a state; nothing is changed by it."""
    before = checkpoints.complete(start.folder)
    with pytest.raises(UserError) as refused:
        start.run(resume_from=url, **changes)
    assert (start.resumed, start.begun) == (None, "")
    assert checkpoints.complete(start.folder) == before
    return refused.value.message


def test_what_is_no_state_of_this_job_is_refused_with_what_differs(start: Start) -> None:
    other = start.save(1, time_zone="Asia/Tokyo")
    assert "is of another INVENTORY_TIME_ZONE (Asia/Tokyo, now UTC):" in refusal(start, other)
    no_notes = f"{start.settings.state.as_uri()}/savepoint-2"
    start.write(no_notes)
    assert "is not known to be of this job" in refusal(start, no_notes)
    nothing = f"{start.settings.state.as_uri()}/savepoint-3"
    assert f"which has a file _metadata, got {nothing}." in refusal(start, nothing)


def test_a_state_that_is_named_and_not_usable_is_no_reason_to_begin_anew(start: Start) -> None:
    saved = start.save(2)
    start.published = Published(2, [])
    assert "readers have newer levels" in refusal(start, saved)
    start.published = Published(1, [])
    start.first = {AT: 25}
    assert "are lost in accepted-transactions-0" in refusal(start, saved)
    start.damaged = {"savepoint-2"}
    assert "_metadata is cut" in refusal(start, saved)


def test_a_savepoint_is_read_by_each_state_backend_and_a_checkpoint_by_its_own(
    start: Start,
) -> None:
    checkpoint = f"{start.folder}/job/chk-1"
    another: dict[str, Any] = {"state_backend": "rocksdb"}
    assert "another INVENTORY_STATE_BACKEND (hashmap, now rocksdb)" in refusal(
        start, checkpoint, **another
    )
    saved = start.save(1, generation=5)
    start.run(resume_from=saved, **another)
    assert (start.resumed, start.generation) == (saved, 5)
    assert start.begun != start.folder


def test_a_rebuild_on_a_cluster_is_decided_by_a_person(start: Start) -> None:
    start.damaged = {"chk-1", "chk-2", "chk-3"}
    start.end = {AT: 5_000_000}
    with pytest.raises(UserError) as refused:
        start.run(may_rebuild=False)
    assert refused.value.message.startswith(
        "The job would start from the first event: no checkpoint has all of its files. It would "
        "rebuild its state from 5,000,000 events, about "
    )
    assert "python -m flink.job --allow-rebuild" in refused.value.message
    assert len(checkpoints.complete(start.folder)) == 3
    assert start.committed == {AT: 30}


def test_a_rebuild_that_has_begun_goes_on_without_another_decision(start: Start) -> None:
    start.damaged = {"chk-1", "chk-2", "chk-3"}
    start.run(may_rebuild=True)
    first = start.generation
    start.run(may_rebuild=False)
    assert start.generation > first


@pytest.mark.parametrize(("published", "is_refused"), [(0, False), (7, True)])
def test_a_first_start_is_no_rebuild_unless_readers_have_levels(
    start: Start, published: int, is_refused: bool
) -> None:
    checkpoints.delete(start.folder)
    start.published = Published(published, [])
    start.committed = {AT: -1001}
    if is_refused:
        with pytest.raises(UserError, match=r"has no checkpoint\. It would rebuild"):
            start.run(may_rebuild=False)
    else:
        start.run(may_rebuild=False)
    assert (start.begun == "") == is_refused
