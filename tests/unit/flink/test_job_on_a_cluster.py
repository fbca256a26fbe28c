"""The client names the settings that the running job lacks, and submits a lost job again."""

import gc
import re
import threading
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

from connect import cluster_rest, job_settings, kafka, registry
from connect.errors import UserError
from connect.part_status import PartStatus
from connect.settings import Settings
from flink import checkpoints, gate_limits, job, job_watch, rebuild, running_settings
from tests.support.changed_settings import CHANGES, Takes, names
from tests.support.markdown_files import ROOT

SETTINGS = Settings(
    kafka="broker:9092",
    registry="http://registry/apis/ccompat/v7",
    flink="cluster:8081",
    parallelism=1,
    checkpoints="s3://bucket/checkpoints",
)
PARTS = {"Kafka cluster": "k1"}
CARRIED = running_settings.parameters(SETTINGS, PARTS, 7)
ALREADY = "The cluster at cluster:8081 runs the job already."
ENDED = "The job has ended on the cluster at cluster:8081."


class Client:
    """A client without Kafka and Flink."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.running: list[str | None] = []
        """Ids of the job, as the cluster answers one after the other."""
        self.ends: list[bool] = []
        """Ends of the job: False if the cluster loses it."""
        self.followed: list[str] = []
        self.allowed: list[bool] = []
        """If a rebuild was, for each time that the job was planned."""
        self.collecting: list[bool] = []
        """If other threads may call Java, by the collector of garbage: while planned, followed."""
        self.waited: list[Settings] = []
        """Settings of the waits for a longer limit, which do not come."""
        for module, name, function in (
            (kafka, "admin", lambda _: None),
            (kafka, "cluster_id", lambda _: "k1"),
            (registry, "client", lambda _: None),
            (job_watch, "start", lambda *_: None),
            (gate_limits, "with_longest_limits", lambda settings: settings),
            (gate_limits, "wait_for_longer", self._wait_for_longer),
            (rebuild, "cost", lambda *_: "2,400,000 events, about 1 minute"),
            (running_settings, "of_job", lambda *_: CARRIED),
            (cluster_rest, "running", lambda *_: self.running.pop(0)),
            (cluster_rest, "follow", self._follow),
            (job, "_planned", self._planned),
            (job, "_submit", lambda *_: f"submitted-{len(self.allowed)}"),
        ):
            monkeypatch.setattr(module, name, function)

    def _planned(self, *_: Any) -> None:
        self.allowed.append(_[-1])
        self.collecting.append(gc.isenabled())

    def _wait_for_longer(self, settings: Settings) -> None:
        self.waited.append(settings)
        raise UserError("The test is over.")

    def _follow(self, _: Settings, job_id: str) -> bool:
        self.followed.append(job_id)
        self.collecting.append(gc.isenabled())
        return self.ends.pop(0)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    return Client(monkeypatch)


def test_a_lost_job_is_submitted_again_unless_another_client_has_done_so(client: Client) -> None:
    client.running, client.ends = [None, None, "by another"], [False, False, True]
    job._run(SETTINGS, PartStatus(), allow_rebuild=True)
    assert client.followed == ["submitted-1", "submitted-2", "by another"]
    assert client.allowed == [True, False], "a decision is one for one start"
    assert client.collecting == [False, True, False, True, True]


class LocalJob:
    """A plan, and its job, which has ended."""

    def __init__(self, submitted: Callable[[], None]) -> None:
        self._submitted = submitted

    def execute_async(self, _: str) -> "LocalJob":
        self._submitted()
        return self

    def get_job_execution_result(self) -> "LocalJob":
        return self

    result = get_job_execution_result


def test_a_local_job_starts_in_the_thread_of_java_that_knows_the_guard_of_its_page(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    local = LocalJob(lambda: client.collecting.append(gc.isenabled()))
    monkeypatch.setattr(job, "_planned", lambda *_, **__: local)
    job._run(replace(SETTINGS, flink="local"), PartStatus(), allow_rebuild=False)
    assert client.collecting == [False]
    assert gc.isenabled(), "garbage is collected while the job runs"


def test_a_job_that_runs_with_these_settings_is_followed(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.running, client.ends = ["j"], [True]
    job._run(SETTINGS, PartStatus(), allow_rebuild=False)
    assert client.followed == ["j"]
    assert client.allowed == []
    assert capsys.readouterr().out.splitlines() == [ALREADY, ENDED]


@pytest.mark.parametrize("name", [*names(Takes.RESTART), *names(Takes.REBUILD)])
def test_each_setting_that_the_running_job_lacks_is_named_with_what_it_takes(
    client: Client, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    takes, value = CHANGES[name]
    client.running, client.ends = ["j"], [True]
    job._run(replace(SETTINGS, **{name: value}), PartStatus(), allow_rebuild=False)
    variable = f"INVENTORY_{name.upper()}"
    first, difference, remedy, _ = capsys.readouterr().out.splitlines()
    assert first == ALREADY.replace(".", ", with other settings than these:")
    chosen = r"checksum [0-9a-f]{4}" if name.endswith("client") else re.escape(str(value))
    running = re.escape(CARRIED[variable])
    assert re.fullmatch(rf"  {variable}: {running} in the job, {chosen} here", difference)
    if takes is Takes.REBUILD:
        assert remedy.startswith("They take a rebuild of 2,400,000 events, about 1 minute: stop")
    else:
        assert remedy.startswith("They take a restart from a savepoint: run `python -m flink stop`")
    assert client.followed == ["j"], "the job goes on with its own"


def test_a_longer_limit_that_a_gate_applies_while_the_job_runs_is_named(
    client: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until the job has it, repeats of the time between the two limits count twice."""
    applied = replace(SETTINGS, dedup_seconds=2 * SETTINGS.dedup_seconds)
    monkeypatch.setattr(gate_limits, "with_longest_limits", lambda _: applied)
    monkeypatch.setattr(gate_limits, "wait_for_longer", client.waited.append)
    running: list[dict[str, str]] = [{}, CARRIED, CARRIED]
    monkeypatch.setattr(running_settings, "POLL_SECONDS", 0)
    monkeypatch.setattr(running_settings, "of_job", lambda *_: running.pop(0))
    job._name_longer_limits(replace(SETTINGS, dedup_seconds=1), None, "k1", "j")  # type: ignore[arg-type]
    assert client.waited == [SETTINGS], "the limits of the job count"
    written = capsys.readouterr()
    assert "until the job has rebuilt it, repeats may count twice" in written.err
    assert "INVENTORY_DEDUP_SECONDS: 604800 in the job, 1209600 here" in written.out
    assert "python -m flink.job --allow-rebuild" in written.out


def test_each_job_that_is_followed_is_watched_for_a_longer_limit(client: Client) -> None:
    client.running, client.ends = ["j", None], [False, True]
    job._run(SETTINGS, PartStatus(), allow_rebuild=False)
    for thread in threading.enumerate():
        if thread.name == job.LIMITS:
            thread.join()
    assert client.waited == [SETTINGS, SETTINGS]


@pytest.mark.parametrize("name", names(Takes.NOTHING))
def test_settings_that_the_job_does_not_use_are_not_named(
    client: Client, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    client.running, client.ends = ["j"], [True]
    changed = replace(SETTINGS, **{name: CHANGES[name].value})
    job._run(changed, PartStatus(), allow_rebuild=False)
    assert capsys.readouterr().out.splitlines() == [ALREADY, ENDED]


def test_a_new_password_is_another_setting_and_is_not_shown(tmp_path: Path) -> None:
    file = tmp_path / "kafka.properties"
    carried = []
    for password in ("first-s3cret", "second-s3cret"):
        file.write_text(
            "security.protocol = SASL_SSL\nsasl.mechanism = PLAIN\n"
            f"sasl.username = stock\nsasl.password = {password}\n"
        )
        settings = replace(SETTINGS, kafka_client=str(file))
        carried.append(running_settings.parameters(settings, PARTS, 7))
    first, second = carried
    (difference,) = running_settings.differences(first, settings)
    assert difference.name == "INVENTORY_KAFKA_CLIENT"
    assert not difference.needs_rebuild
    assert "s3cret" not in str(carried)
    assert not list(running_settings.differences(second, settings))


def test_what_a_change_takes_is_written_in_one_place() -> None:
    assert sorted(names(Takes.REBUILD)) == sorted(job_settings.REBUILDS)
    assert sorted(names(Takes.RESTART)) == sorted(job_settings.RESTARTS)
    assert sorted(names(Takes.ANOTHER_JOB)) == sorted(job_settings.OTHER_JOBS)


def test_the_settings_that_make_the_state_are_those_that_take_a_rebuild() -> None:
    assert {*names(Takes.REBUILD), "state_backend"} == set(checkpoints.DEPENDENCIES)
    assert {
        f"INVENTORY_{name.upper()}" for name in names(Takes.REBUILD) + names(Takes.RESTART)
    } == {name for name in CARRIED if name.startswith("INVENTORY_")}


def test_of_each_setting_it_is_known_what_a_change_takes() -> None:
    assert CHANGES.keys() == {field.name for field in fields(Settings)}
    variables = {f"INVENTORY_{name.upper()}": str(each.value) for name, each in CHANGES.items()}
    changed = Settings.from_environment(variables)
    for name in CHANGES:
        assert getattr(changed, name) != getattr(SETTINGS, name), name


@pytest.mark.parametrize("takes", [Takes.RESTART, Takes.REBUILD, Takes.ANOTHER_JOB])
def test_the_page_has_each_setting_at_what_its_change_takes(takes: Takes) -> None:
    page = (ROOT / "docs" / "cluster-and-security.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| (.*) \| {takes} \|$", page, re.MULTILINE)
    assert sorted(re.findall(r"`INVENTORY_(\w+)`", row)) == sorted(
        name.upper() for name in names(takes)
    )


@pytest.mark.parametrize(
    ("takes", "word"),
    [
        (Takes.RESTART, "restart"),
        (Takes.REBUILD, "rebuild"),
        (Takes.ANOTHER_JOB, "another job"),
        (Takes.NOTHING, ""),
    ],
)
def test_the_table_of_the_settings_has_what_each_change_takes(takes: Takes, word: str) -> None:
    page = (ROOT / "docs" / "settings.md").read_text("utf-8")
    rows = re.findall(rf"^\| `INVENTORY_(\w+)` \| .* \|\s*{word}\s*\|$", page, re.MULTILINE)
    assert sorted(rows) == sorted(name.upper() for name in names(takes))
