"""The shipped SQL on a real Flink, compared with the oracle."""

from pathlib import Path

import pytest

from tests.support.compare_with_oracle import (
    DAYS,
    LEVELS,
    MINUTES,
    ORDERS,
    TRANSFERS,
    Truth,
    differences,
    not_prefix_truths,
    wrong_ledger,
)
from tests.support.examples import examples_of, histories, side_by_side
from tests.support.minicluster import MiniCluster

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "truth", [LEVELS, ORDERS, TRANSFERS, MINUTES, DAYS], ids=lambda truth: truth.file.stem
)
def test_final_rows_equal_the_oracle_for_any_order_repeats_and_batches(
    truth: Truth, minicluster: MiniCluster, tmp_path: Path
) -> None:
    examples = side_by_side(examples_of(histories(contradictions=False)))
    assert not differences(minicluster, tmp_path, examples, truth)[:1]


def test_every_published_level_is_a_prefix_truth_and_the_first_delivery_wins(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    examples = side_by_side(examples_of(histories()))
    assert not not_prefix_truths(minicluster, tmp_path, examples)[:1]


def test_the_ledger_has_every_accepted_event_once_with_its_source(
    minicluster: MiniCluster, tmp_path: Path
) -> None:
    examples = side_by_side(examples_of(histories()))
    assert not wrong_ledger(minicluster, tmp_path, examples)[:1]
