"""The plan of a run follows from its seed, and the table keeps one row a seed."""

from itertools import pairwise

from tests.support.faults.fault_plan import ALONE, KINDS, PARTS, fault_plan
from tests.support.faults.fault_run import Result
from tests.support.faults.faults_document import with_rows
from tests.support.faults.nemesis import Nemesis

SEEDS = range(500)
EMPTY = "# Faults\n\n<!-- runs -->\n<!-- end of runs -->\n\nThe end.\n"


def test_the_same_seed_draws_the_same_faults() -> None:
    plans = [fault_plan(seed, 3) for seed in SEEDS]
    assert plans == [fault_plan(seed, 3) for seed in SEEDS]
    assert len({tuple(plan) for plan in plans}) == len(SEEDS)
    assert all(len(plan) == 3 for plan in plans)


def test_every_kind_of_fault_and_every_process_is_drawn() -> None:
    faults = [fault for seed in SEEDS for fault in fault_plan(seed, 3)]
    assert {fault.kind for fault in faults} == set(KINDS)
    for kind in ("kill", "freeze"):
        assert {fault.target for fault in faults if fault.kind == kind} == set(PARTS)
    assert all(callable(getattr(Nemesis, kind)) for kind in KINDS)


def test_faults_overlap_often_and_the_stack_is_stopped_once_a_run() -> None:
    plans = [fault_plan(seed, 3) for seed in SEEDS]
    overlaps = [
        plan
        for plan in plans
        for fault, later in pairwise(plan)
        if fault.kind == "freeze" and later.at < fault.at + fault.seconds
    ]
    assert len(overlaps) > len(plans) / 5
    assert all(sum(fault.kind in ALONE for fault in plan) <= 1 for plan in plans)


def test_faults_can_be_limited_to_some_kinds() -> None:
    for seed in SEEDS:
        assert {fault.kind for fault in fault_plan(seed, 3, ["kill", "freeze"])} <= {
            "kill",
            "freeze",
        }


def result(seed: int, fresh: float, wrong: list[str]) -> Result:
    return Result(
        seed=seed, faults=["3 s kill gate"], events=1234, repeats=5, poisons=6, lost=0, twice=0,
        back=2.0, fresh=fresh, wrong=wrong, timeline=[],
    )  # fmt: skip


def test_the_table_has_one_row_a_seed_and_sums_them_up() -> None:
    once = with_rows(EMPTY, [result(2, 30, []), result(1, 10, [])])
    again = with_rows(once, [result(2, 20, ["ledger: 1 events lost"])])
    assert "2 runs, 2 of them with all true; lost 0, twice 0." in once
    assert "2 runs, 1 of them with all true" in again
    assert "median 15.0 s, worst 20.0 s; after all processes are back: median 13.0 s" in again
    rows = [line for line in again.splitlines() if line.startswith("| 1") or "| 2 |" in line]
    assert rows[0] == "| 1 | 3 s kill gate | 1,234 | 5 | 6 | 0 | 0 | 2.0 | 10.0 | yes |"
    assert len(rows) == 2
    assert again.startswith("# Faults\n")
    assert again.endswith("The end.\n")


def test_a_run_says_its_seed_its_figures_and_how_it_is_replayed() -> None:
    true, untrue = result(7, 3, []).line, result(7, 3, ["levels: 4 are not true"]).line
    assert true.startswith("seed 7: 3 s kill gate: 1,234 events, 5 repeats, 6 poisons; lost 0, ")
    assert true.endswith("all is true")
    assert untrue.endswith("NOT TRUE: levels: 4 are not true")
