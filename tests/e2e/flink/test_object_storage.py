"""Checkpoints on an object storage with the API of S3, by each of Flink's plugins for it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from connect import cluster_rest
from stack.process import PROJECT
from tests.support.object_storage import BUCKET, PLUGINS, object_storage, variables
from tests.support.patience import until
from tests.support.session_cluster import SECONDS, SessionCluster, session_cluster

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
USE = f"""
import time
from connect.settings import Settings
from flink import storage
from flink.configuration import prepare_process
prepare_process(Settings())
folder = "s3://{BUCKET}/a/b"
print(storage.entries(folder), storage.exists(folder))
for read in (storage.read, storage.size, storage.written):
    try:
        read(folder + "/file")
    except storage.MissingFileError as error:
        print(error)
large = bytes(range(256)) * 30_000
for content in (b"former", large):
    storage.write(folder + "/file", content)
assert storage.read(folder + "/file") == large
assert storage.size(folder + "/file") == len(large)
assert abs(storage.written(folder + "/file") - time.time()) < 60
print([(each.name, each.is_folder) for each in storage.entries("s3://{BUCKET}/a")])
print([(each.name, each.is_folder) for each in storage.entries(folder)], storage.exists(folder))
for _ in range(2):
    storage.delete("s3://{BUCKET}/a")
print(storage.entries(folder), storage.exists(folder + "/file"))
"""


@pytest.fixture(scope="module")
def options() -> Iterator[dict[str, str]]:
    with object_storage() as options:
        yield options


@pytest.mark.parametrize("plugin", PLUGINS)
def test_each_plugin_reads_writes_lists_and_deletes_as_local_files_are(
    plugin: str, options: dict[str, str], tmp_path: Path
) -> None:
    # PyFlink has set FLINK_HOME and others in this process.
    environment = {name: value for name, value in os.environ.items() if "FLINK" not in name}
    done = subprocess.run(
        [sys.executable, "-c", USE],
        cwd=PROJECT,
        env=environment | variables(plugin, options, tmp_path),
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr
    printed = [line for line in done.stdout.splitlines() if "WARNING" not in line]
    assert printed == [
        "[] False",
        *[f"s3://{BUCKET}/a/b/file"] * 3,
        "[('b', True)]",
        "[('file', False)] True",
        "[] False",
    ]


@pytest.fixture(scope="module")
def cluster(
    options: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[SessionCluster]:
    """By the plugin that Flink recommends for checkpoints."""
    folder = tmp_path_factory.mktemp("cluster")
    with pytest.MonkeyPatch.context() as environment:
        for name, value in variables("presto", options, folder).items():
            environment.setenv(name, value)
        with session_cluster(
            folder,
            1,
            options,
            parallelism=1,
            state_backend="rocksdb",
            checkpoints=f"s3://{BUCKET}/checkpoints",
        ) as cluster:
            yield cluster


def test_a_job_that_was_lost_with_its_job_manager_goes_on_from_the_newest_checkpoint(
    cluster: SessionCluster,
) -> None:
    with cluster.client() as log:
        cluster.send_and_compare()
        lost, killed = cluster.job, cluster.stack.pid("jobmanager")
        until(lambda: newest_checkpoint(cluster) > 0, SECONDS)
        newest = newest_checkpoint(cluster)
        assert killed
        os.kill(killed, signal.SIGKILL)
        begun = time.monotonic()
        until(lambda: "has lost the job" in log.read_text(), SECONDS)
        until(lambda: "Continuing from s3://" in log.read_text(), SECONDS)
        until(cluster.runs, SECONDS)
        print(f"the job runs again after {time.monotonic() - begun:.1f} s")
        resumed = re.search(rf"Continuing from s3://\S+/{lost}/chk-(\d+)\.", log.read_text())
        assert resumed, log.read_text()
        assert int(resumed[1]) >= newest
        assert cluster.job != lost
        cluster.send_and_compare()
        assert log.read_text().count("Starting from the first event") == 1
    assert len(cluster.generations()) == 1


def test_a_savepoint_on_object_storage_is_continued_from(cluster: SessionCluster) -> None:
    saved = cluster.command("stop")
    assert saved.startswith(f"s3://{BUCKET}/checkpoints/")
    with cluster.client(resume_from=saved) as log:
        cluster.send_and_compare()
        assert f"Continuing from {saved}." in log.read_text()
    assert len(cluster.generations()) == 1


def newest_checkpoint(cluster: SessionCluster) -> int:
    """Return the number of the newest complete checkpoint of the running job; 0 for none."""
    answer = cluster_rest.get(cluster.stack.settings, f"jobs/{cluster.job}/checkpoints")
    newest = answer["latest"]["completed"]
    return int(newest["id"]) if newest else 0
