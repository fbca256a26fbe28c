"""Growth is that of the whole series, not that of two of its moments."""

import pytest

from benchmarks.targets import growth


def test_a_steady_rise_is_the_growth_from_first_to_last() -> None:
    assert growth([100 + 0.5 * step for step in range(41)]) == pytest.approx(20)


def test_one_high_moment_at_the_end_is_no_growth_of_its_height() -> None:
    assert growth([100.0] * 40 + [120.0]) < 3
