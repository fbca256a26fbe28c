"""A week of log time: the job's state and the open items stay flat, and every figure is true."""

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.nightly]


def test_state_and_open_items_are_flat_over_the_last_days_of_a_week() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.week", "--shelves", "300"],
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert done.returncode == 0, done.stdout + done.stderr
