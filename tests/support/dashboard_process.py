"""A dashboard in a process of its own, on a database in a folder."""

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from connect.settings import Settings
from stack import ports

START_SECONDS = 60


@contextmanager
def dashboard_of(state: Path) -> Iterator[str]:
    """Yield the address of a dashboard that answers."""
    settings = Settings(state=state, dashboard_port=ports.free("127.0.0.1"))
    address = f"http://{settings.host}:{settings.dashboard_port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard"],
        env={**os.environ, **settings.environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + START_SECONDS
        while not _answers(address):
            assert time.monotonic() < until, "the dashboard does not answer"
            time.sleep(0.25)
        yield address
    finally:
        process.kill()
        process.wait()


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/_stcore/health", timeout=1)
    except OSError:
        return False
    return True
