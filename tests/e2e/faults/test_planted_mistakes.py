"""The fault harness notices each planted mistake within 20 runs."""

import pytest

from tests.support.faults.fault_installation import installation
from tests.support.faults.fault_run import Runs
from tests.support.faults.planted_faults import PLANTED

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
RUNS, FAULTS = 20, 3
SETTLE_SECONDS = 90
KINDS = {
    "commit-before-delivery": ["kill", "stutter"],
    "early-forgetting": ["kill", "repeat"],
    "offsets-outside": ["kill", "repeat", "disorder"],
    "keyless-ledger": ["kill"],
}
"""Mistake -> kinds of faults that reveal it; the others would take the time of the night."""


@pytest.mark.timeout(RUNS * 180)
@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_mistake_is_noticed(name: str) -> None:
    with installation(name) as there:
        runs = Runs(there, SETTLE_SECONDS)
        results = (runs.run(seed, FAULTS, KINDS[name]) for seed in range(1, RUNS + 1))
        noticed = next((result for result in results if result.wrong), None)
    assert noticed, f"{name} was not noticed in {RUNS} runs"
    print(noticed.line)
