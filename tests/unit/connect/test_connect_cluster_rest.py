"""Two installations on one Flink cluster see their own job only, and follow it until it ends."""

from collections.abc import Iterator

import pytest

from connect import cluster_rest
from connect.errors import UserError
from connect.kafka import job_name
from connect.settings import Settings
from tests.support.flink_rest import NO_JOB, FlinkRest

JOBS = [
    {"jid": "theirs", "name": job_name("k1"), "state": "RUNNING"},
    {"jid": "ended", "name": job_name("k2"), "state": "CANCELED"},
    {"jid": "ours", "name": job_name("k3"), "state": "RESTARTING"},
]
RUNS = (200, {"state": "RUNNING"})
NO_LEADER = (503, {"errors": ["Service temporarily unavailable due to an ongoing leader election"]})


@pytest.fixture
def flink(monkeypatch: pytest.MonkeyPatch) -> Iterator[FlinkRest]:
    monkeypatch.setattr(cluster_rest, "POLL_SECONDS", 0)
    with FlinkRest() as flink:
        yield flink


def test_the_job_of_another_kafka_does_not_keep_ours_from_starting(flink: FlinkRest) -> None:
    flink.answers["GET /jobs/overview"] = (200, {"jobs": JOBS})
    assert cluster_rest.running(flink.settings, job_name("k2")) is None
    assert cluster_rest.running(flink.settings, job_name("k3")) == "ours"


@pytest.mark.parametrize("state", ["FINISHED", "CANCELED"])
def test_a_job_is_followed_to_its_end_through_failures_and_another_leader(
    flink: FlinkRest, state: str
) -> None:
    """While a leader recovers its jobs, it may not know them yet."""
    restarts = (200, {"state": "RESTARTING"})
    recovers = [RUNS, restarts, NO_LEADER, NO_JOB, NO_JOB, RUNS, NO_JOB, (200, {"state": state})]
    flink.answers["GET /jobs/j"] = recovers
    assert cluster_rest.follow(flink.settings, "j")


def test_a_job_that_the_cluster_no_longer_knows_is_lost(flink: FlinkRest) -> None:
    flink.answers["GET /jobs/j"] = [RUNS, NO_JOB]
    assert not cluster_rest.follow(flink.settings, "j")


def test_a_job_that_has_failed_ends_its_client(flink: FlinkRest) -> None:
    flink.answers["GET /jobs/j"] = (200, {"state": "FAILED"})
    with pytest.raises(UserError, match="Job j failed: see its exceptions at"):
        cluster_rest.follow(flink.settings, "j")


@pytest.mark.parametrize("page", [b"<html>Please sign in</html>", ["signed out"], None])
def test_an_answer_that_is_not_of_flink_gets_a_sentence(flink: FlinkRest, page: object) -> None:
    flink.answers["GET /jobs/overview"] = (200, page)
    with pytest.raises(UserError, match="is not Flink, such as the page of a proxy"):
        cluster_rest.get(flink.settings, "jobs/overview")


def test_metrics_are_a_list_and_anything_else_gets_a_sentence(flink: FlinkRest) -> None:
    restarts = [{"id": "numRestarts", "value": "3"}]
    flink.answers["GET /jobs/j/metrics"] = [(200, restarts), (200, {"errors": []})]
    path = "jobs/j/metrics?get=numRestarts"
    assert cluster_rest.get_list(flink.settings, path, 3) == restarts
    with pytest.raises(UserError, match="is not Flink, such as the page of a proxy"):
        cluster_rest.get_list(flink.settings, path, 3)


def test_the_page_of_a_proxy_ends_no_client_that_follows_a_job(flink: FlinkRest) -> None:
    flink.answers["GET /jobs/j"] = [RUNS, (200, b"<html>"), (200, {"state": "FINISHED"})]
    assert cluster_rest.follow(flink.settings, "j")


def test_a_cluster_that_does_not_answer_is_waited_for(
    flink: FlinkRest, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = iter([True] * 10)
    get = cluster_rest.get

    def sometimes(settings: Settings, path: str) -> dict[str, object]:
        if next(away, False):
            raise UserError("No Flink cluster answers.")
        return get(settings, path)

    monkeypatch.setattr(cluster_rest, "get", sometimes)
    flink.answers["GET /jobs/j"] = (200, {"state": "FINISHED"})
    assert cluster_rest.follow(flink.settings, "j")


def test_a_refusal_has_the_reason_of_flink(flink: FlinkRest) -> None:
    flink.answers["POST /jobs/j/stop"] = NO_JOB
    with pytest.raises(UserError, match=r"refuses POST jobs/j/stop: 404 Job j not found\.$"):
        cluster_rest.post(flink.settings, "jobs/j/stop", {})
    flink.answers["POST /jobs/j/stop"] = (403, None)
    with pytest.raises(UserError, match=r"403 Forbidden\.$"):
        cluster_rest.post(flink.settings, "jobs/j/stop", {})
