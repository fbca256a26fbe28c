"""Java functions keep their state without Flink's time to live."""

import re

import pytest

from flink import udf_jar


@pytest.mark.parametrize("source", udf_jar.sources(), ids=lambda source: str(source.stem))
def test_no_state_of_a_function_has_a_time_to_live(source: str) -> None:
    """A state without a declared one gets the longest of all: Flink then checks every entry
    at each access, and copies whole maps; levels and minutes cost twice the CPU."""
    hints = re.findall(
        r"@StateHint(\([^)]*\))?", udf_jar.SOURCES.joinpath(source).read_text("utf-8")
    )
    assert set(hints) <= {'(ttl = "0 s")'}
