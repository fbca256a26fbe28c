"""`python -m flink.job --explain` shows the plan, and no password."""

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
PASSWORD = "it's se=cret"


def test_the_plan_shows_no_password(tmp_path: Path) -> None:
    kafka, registry = tmp_path / "kafka.properties", tmp_path / "registry.properties"
    kafka.write_text(f"sasl.mechanism=PLAIN\nsasl.username=stock\nsasl.password={PASSWORD}\n")
    registry.write_text(f"basic.auth.user.info=stock:{PASSWORD}\n")
    settings = Settings(state=tmp_path, kafka_client=str(kafka), registry_client=str(registry))
    fetch(settings.state, Console(quiet=True), ["flink"])
    explained = subprocess.run(
        [sys.executable, "-m", "flink.job", "--explain"],
        env=os.environ | settings.environment(),
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert explained.returncode == 0, explained.stderr
    assert "Sink(" in explained.stdout
    assert PASSWORD not in explained.stdout + explained.stderr
    logs = [file.read_text() for file in (tmp_path / "logs").iterdir()]
    assert logs
    assert not [log for log in logs if PASSWORD in log]
