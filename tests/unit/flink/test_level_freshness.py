"""The measure of the cluster's drills: the seconds until all levels are fresh again."""

import pytest

from tests.support.cluster.level_freshness import FRESH_SECONDS, REFERENCE_SECONDS, Freshness

FAILED = 100.0


def freshness(delays: list[float | None]) -> Freshness:
    """Return a second's sale after another, with the seconds until each is in a level."""
    measured = Freshness()
    measured.sent = [FAILED + number for number in range(len(delays))]
    measured.published = [
        sent + delay for sent, delay in zip(measured.sent, delays, strict=True) if delay is not None
    ]
    return measured


def test_the_last_late_level_ends_the_failure() -> None:
    measured = freshness([0.1, 9.0, 8.0, 4.0, 0.2, 0.1])
    assert measured.last_late(FAILED) - FAILED == 10.0


def test_levels_that_were_late_before_the_failure_do_not_count() -> None:
    measured = freshness([9.0, 0.1, 0.1])
    assert measured.last_late(FAILED + 20) == FAILED + 20


def test_levels_are_not_fresh_while_a_sale_waits_for_its_level() -> None:
    measured = freshness([0.1, 0.1, None])
    assert measured.is_fresh(measured.sent[-1] + FRESH_SECONDS)
    assert not measured.is_fresh(measured.sent[-1] + FRESH_SECONDS + 1)
    assert not freshness([None]).is_fresh(FAILED), "no level was read yet"


def test_a_machine_with_other_work_is_slower_and_none_is_faster() -> None:
    measured = Freshness()
    measured.references = [REFERENCE_SECONDS * 2, REFERENCE_SECONDS * 4]
    assert measured.slowness == pytest.approx(3)
    measured.references = [REFERENCE_SECONDS / 2]
    assert measured.slowness == 1
