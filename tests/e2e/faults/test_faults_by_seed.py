"""Three faults at once on a whole pipeline, by the seeds of the day: nothing is lost or doubled."""

from collections.abc import Iterator
from datetime import date

import pytest

from tests.support.faults.fault_installation import installation
from tests.support.faults.fault_run import Runs

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
RUNS, FAULTS = 4, 3
LONGEST_FREEZE = 120
TODAY = date.today().toordinal() * RUNS
"""First seed of a night; a failure names its own."""


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    with installation() as there:
        yield Runs(there)


@pytest.mark.parametrize("number", range(RUNS))
def test_nothing_is_lost_or_doubled_by_faults_at_once(runs: Runs, number: int) -> None:
    longest = LONGEST_FREEZE if number == 0 else 30
    result = runs.run(TODAY + number, FAULTS, longest=longest)
    print(result.line)
    assert not result.wrong, "\n".join([result.line, *result.wrong, *result.timeline])
