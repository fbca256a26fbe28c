"""The state of a job on a cluster survives the job manager, stops, other settings, and back.

The checkpoints are on storage that only Flink's plugin reads, as with S3.
"""

import os
import signal
from collections.abc import Iterator

import pytest

from flink import running_settings
from tests.support.flink_plugin import SCHEME, plugins
from tests.support.patience import until
from tests.support.session_cluster import SECONDS, SessionCluster, session_cluster

pytestmark = [pytest.mark.slow, pytest.mark.nightly]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SessionCluster]:
    folder = tmp_path_factory.mktemp("cluster")
    checkpoints = f"{SCHEME}://{folder}/checkpoints"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FLINK_PLUGINS_DIR", str(plugins(folder)))
        with session_cluster(folder, 2, parallelism=2, checkpoints=checkpoints) as cluster:
            yield cluster


def test_a_job_that_a_killed_job_manager_has_lost_is_submitted_again(
    cluster: SessionCluster,
) -> None:
    with cluster.client() as log:
        cluster.send_and_compare()
        lost, killed = cluster.job, cluster.stack.pid("jobmanager")
        assert killed
        os.kill(killed, signal.SIGKILL)
        until(lambda: "has lost the job" in log.read_text(), SECONDS)
        until(lambda: f"Continuing from {SCHEME}://" in log.read_text(), SECONDS)
        until(cluster.runs, SECONDS)
        assert cluster.job != lost
        cluster.send_and_compare()
        assert log.read_text().count("Starting from the first event") == 1
    assert len(cluster.generations()) == 1


def test_the_state_survives_other_parallelisms_and_state_backends_and_back(
    cluster: SessionCluster,
) -> None:
    saved = cluster.command("savepoint")
    for parallelism, backend in ((1, "hashmap"), (4, "rocksdb"), (2, "hashmap")):
        saved = cluster.command("rescale", str(parallelism))
        with cluster.client(
            parallelism=parallelism, state_backend=backend, resume_from=saved
        ) as log:
            cluster.send_and_compare()
            assert f"Continuing from {saved}." in log.read_text()
            carried = running_settings.of_job(cluster.stack.settings, cluster.job)
            assert carried["INVENTORY_PARALLELISM"] == str(parallelism)
            assert carried["INVENTORY_STATE_BACKEND"] == backend
    assert len(cluster.generations()) == 1


def test_a_client_with_other_settings_names_them_and_rebuilds_only_if_it_may(
    cluster: SessionCluster,
) -> None:
    cluster.send_and_compare()
    with cluster.client(time_zone="Asia/Tokyo") as log:
        until(lambda: "They take a rebuild of " in log.read_text(), SECONDS)
        assert "INVENTORY_TIME_ZONE: UTC in the job, Asia/Tokyo here" in log.read_text()
    saved = cluster.command("stop")
    refused = cluster.refusal(time_zone="Asia/Tokyo", resume_from=saved)
    assert "another INVENTORY_TIME_ZONE (UTC, now Asia/Tokyo)" in refused
    assert "--allow-rebuild" in cluster.refusal(time_zone="Asia/Tokyo")
    with cluster.client() as log:
        cluster.send_and_compare()
        assert f"Continuing from {saved}." in log.read_text(), "as the newest state of its settings"
    assert len(cluster.generations()) == 1
    cluster.command("stop")
    with cluster.client("--allow-rebuild", time_zone="Asia/Tokyo") as log:
        cluster.send_and_compare()
        assert "another INVENTORY_TIME_ZONE (UTC, now Asia/Tokyo)" in log.read_text()
    assert len(cluster.generations()) == 2
