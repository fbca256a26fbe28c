"""CPU and memory of a process are read whatever its children do."""

from collections.abc import Callable
from unittest.mock import Mock

import psutil
import pytest

from benchmarks.pipeline import cpu, megabytes


def process(seconds: float, rss: int, ended: bool = False) -> Mock:
    """Return a process that has no child, and may have ended since it was listed."""
    gone = psutil.NoSuchProcess(2) if ended else None
    return Mock(
        cpu_times=Mock(return_value=(seconds, 1.0, 99.0), side_effect=gone),
        memory_info=Mock(return_value=Mock(rss=rss), side_effect=gone),
    )


@pytest.mark.parametrize(("figure", "whole", "alone"), [(cpu, 8.0, 5.0), (megabytes, 3.0, 2.0)])
def test_a_child_that_has_ended_counts_for_nothing(
    figure: Callable[[psutil.Process], float], whole: float, alone: float
) -> None:
    for ended, expected in ((False, whole), (True, alone)):
        root = process(4.0, 2_000_000)
        root.children.return_value = [process(2.0, 1_000_000, ended)]
        assert figure(root) == expected
