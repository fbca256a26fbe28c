"""The client names the settings that the running job lacks, and submits a lost job again."""

import threading
from dataclasses import replace
from typing import Any

import pytest

from connect import cluster_rest, kafka, registry
from connect.errors import UserError
from connect.part_status import PartStatus
from connect.settings import Settings
from flink import checkpoints, gate_limits, job, job_watch, rebuild, running_settings

SETTINGS = Settings(flink="cluster:8081", parallelism=2, checkpoints="s3://bucket/checkpoints")
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

    def _wait_for_longer(self, settings: Settings) -> None:
        self.waited.append(settings)
        raise UserError("The test is over.")

    def _follow(self, _: Settings, job_id: str) -> bool:
        self.followed.append(job_id)
        return self.ends.pop(0)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Client:
    return Client(monkeypatch)


def test_a_lost_job_is_submitted_again_unless_another_client_has_done_so(client: Client) -> None:
    client.running, client.ends = [None, None, "by another"], [False, False, True]
    job._run(SETTINGS, PartStatus(), allow_rebuild=True)
    assert client.followed == ["submitted-1", "submitted-2", "by another"]
    assert client.allowed == [True, False], "a decision is one for one start"


def test_a_job_that_runs_with_these_settings_is_followed(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.running, client.ends = ["j"], [True]
    job._run(SETTINGS, PartStatus(), allow_rebuild=False)
    assert client.followed == ["j"]
    assert client.allowed == []
    assert capsys.readouterr().out.splitlines() == [ALREADY, ENDED]


CHANGES: dict[str, tuple[Any, bool]] = {
    "parallelism": (4, False),
    "checkpoint_seconds": (5, False),
    "checkpoints": ("s3://other/checkpoints", False),
    "kafka": ("other:9092", False),
    "registry": ("http://other", False),
    "avro_format": ("avro-confluent", False),
    "days_milliseconds": (1, False),
    "state_backend": ("rocksdb", False),
    "delivery": ("exactly-once", True),
    "time_zone": ("Europe/Berlin", True),
    "gate": ("off", True),
    "dedup_seconds": (0, True),
    "count_seconds": (0, True),
    "finished_seconds": (0, True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_setting_that_the_running_job_lacks_is_named_with_what_it_takes(
    client: Client, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    chosen, needs_rebuild = CHANGES[name]
    client.running, client.ends = ["j"], [True]
    job._run(replace(SETTINGS, **{name: chosen}), PartStatus(), allow_rebuild=False)
    variable = f"INVENTORY_{name.upper()}"
    first, difference, remedy, _ = capsys.readouterr().out.splitlines()
    assert first == ALREADY.replace(".", ", with other settings than these:")
    assert difference == f"  {variable}: {CARRIED[variable]} in the job, {chosen} here"
    if needs_rebuild:
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


def test_settings_of_other_services_are_none_of_the_job(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    client.running, client.ends = ["j"], [True]
    job._run(replace(SETTINGS, sales_rate=7.0, dashboard_port=1), PartStatus(), allow_rebuild=False)
    assert capsys.readouterr().out.splitlines() == [ALREADY, ENDED]


def test_the_settings_that_make_the_state_are_those_that_take_a_rebuild() -> None:
    rebuilds = {name for name, (_, needs_rebuild) in CHANGES.items() if needs_rebuild}
    assert rebuilds | {"state_backend"} == set(checkpoints.DEPENDENCIES)
    assert {f"INVENTORY_{name.upper()}" for name in CHANGES} == {
        name for name in CARRIED if name.startswith("INVENTORY_")
    }
