"""Java's clients reach Flink, Kafka and registry with tokens and certificates of the settings."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from connect.settings import Settings
from stack.fetch import fetch
from stack.process import PROJECT

pytestmark = pytest.mark.slow


def test_java_s_clients_connect_with_tokens_and_certificates(tmp_path: Path) -> None:
    fetch(Settings().state, Console(quiet=True), ["flink"])
    # PyFlink has set FLINK_HOME and others in this process.
    environment = {name: value for name, value in os.environ.items() if "FLINK" not in name}
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.java_connections", str(tmp_path)],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    # Java's warnings are on standard output, too.
    lines = [line for line in done.stdout.splitlines() if " WARNING job: " not in line]
    assert lines == [
        "Flink: []",
        "Kafka: 1",
        "registry: []",
        "registry by OAuth: []",
    ], done.stderr
