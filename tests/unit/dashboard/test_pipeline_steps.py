"""The slowest step is named as the cause, by answers that Flink gave for the running job."""

import copy
import json
from typing import Any

import pytest

from dashboard.pipeline.step_load import step_loads
from dashboard.text.pipeline_words import bottleneck, step_row
from dashboard.text.step_names import step_name
from tests.support.pipeline_answers import RECORDED

LEVELS = "inventory_levels"


@pytest.fixture
def answers() -> list[dict[str, Any]]:
    """Two answers about the job of `make up` at 20 sales a second, 10 s apart."""
    recorded: list[dict[str, Any]] = json.loads(RECORDED.read_text("utf-8"))
    return recorded


def change(answer: dict[str, Any], name: str, busy: float, held_up: float) -> None:
    """Set the shares of a step's time since the first answer, of 20 s of its two tasks."""
    for vertex in answer["vertices"]:
        if name in vertex["name"]:
            metrics = vertex["metrics"]
            metrics["accumulated-busy-time"] += 20_000 * busy
            metrics["accumulated-backpressured-time"] += int(20_000 * held_up)
            metrics["accumulated-idle-time"] += int(20_000 * (1 - busy - held_up))


def load(answers: list[dict[str, Any]], **shares: tuple[float, float]) -> list[dict[str, Any]]:
    """Return two answers between which each step had the shares; the others were idle."""
    later = copy.deepcopy(answers[0])
    later["now"] += 10_000
    for vertex in later["vertices"]:
        named = [name for name in shares if name in vertex["name"]]
        change(later, vertex["name"], *(shares[named[-1]] if named else (0.0, 0.0)))
    return [answers[0], later]


def test_the_steps_of_the_running_job_have_names_for_people(answers: list[dict[str, Any]]) -> None:
    names = [step_name(vertex["name"]) for vertex in answers[0]["vertices"]]
    assert names == [
        "reading of adjustments",
        "reading of replenishment orders",
        "reading of shipments",
        "reading of stock counts",
        "reading of transactions",
        "reading of transfers",
        "step that joins all events",
        "step that drops repeats and writes quarantine and stock ledger",
        "level step",
        "step of sales by minute",
        "order step",
        "transfer step",
        "step of sales by day",
    ]
    assert step_name("Calc[1] -> Something new") == "Something new"


def test_the_name_of_a_step_does_not_depend_on_the_order_of_its_sinks() -> None:
    sinks = "stock_ledger[7]: Writer -> quarantine[9]: Writer"
    assert step_name(f"FirstDelivery -> ({sinks})") == (
        "step that drops repeats and writes quarantine and stock ledger"
    )


def test_a_job_with_room_names_its_slowest_step(answers: list[dict[str, Any]]) -> None:
    assert bottleneck(step_loads(answers)) == (
        "The level step is the slowest, 9 % busy; no step waits for another."
    )
    rows = {row[0]: row for row in map(step_row, step_loads(answers))}
    assert rows["reading of transactions"] == (
        "reading of transactions",
        "2 %",
        "0 %",
        "24/s",
    )


def test_a_slow_sink_is_named_as_the_cause_and_not_those_that_wait(
    answers: list[dict[str, Any]],
) -> None:
    slow = load(
        answers, inventory_levels=(0.97, 0), FirstDelivery=(0.2, 0.75), transactions=(0.1, 0.9)
    )
    assert bottleneck(step_loads(slow)) == (
        "The level step is the slowest, 97 % busy: the steps before it wait for it, "
        "the reading of transactions for 90 % of its time."
    )


def test_a_busy_step_without_backpressure_holds_nothing_up(answers: list[dict[str, Any]]) -> None:
    sentence = bottleneck(step_loads(load(answers, sales_by_day=(0.4, 0))))
    assert (
        sentence == "The step of sales by day is the slowest, 40 % busy; no step waits for another."
    )


def test_only_the_last_seconds_count(answers: list[dict[str, Any]]) -> None:
    old = copy.deepcopy(answers[0])
    old["now"] -= 600_000
    for vertex in old["vertices"]:
        vertex["metrics"]["accumulated-busy-time"] = 0.0
    assert step_loads([old, *answers]) == step_loads(answers)


def test_a_sink_that_is_slow_since_three_seconds_is_named_before_a_step_half_busy(
    answers: list[dict[str, Any]],
) -> None:
    history = [answers[0]]
    for second in range(2, 40, 2):
        later = copy.deepcopy(history[-1])
        later["now"] += 2_000
        slow = 1.0 if second > 34 else 0.05
        for vertex in later["vertices"]:
            sink = "sales_per_minute" in vertex["name"]
            busy = slow if sink else 0.5 if "FirstDelivery" in vertex["name"] else 0.0
            vertex["metrics"]["accumulated-busy-time"] += 4_000 * busy
            vertex["metrics"]["accumulated-idle-time"] += int(4_000 * (1 - busy))
        history.append(later)
    assert bottleneck(step_loads(history)) == (
        "The step of sales by minute is the slowest, 68 % busy; no step waits for another."
    )


def test_the_slowest_step_is_not_called_one_that_waits_for_itself(
    answers: list[dict[str, Any]],
) -> None:
    shares = {"FirstDelivery": (0.59, 0.41), "transactions": (0.1, 0.3)}
    assert bottleneck(step_loads(load(answers, **shares))).endswith(
        "is the slowest, 59 % busy: the steps before it wait for it, the reading of transactions "
        "for 30 % of its time."
    )
    alone = step_loads(load(answers, FirstDelivery=(0.59, 0.41)))
    assert bottleneck(alone).endswith("59 % busy; no step waits for another.")


def test_a_step_at_its_limit_is_named_before_others_wait(answers: list[dict[str, Any]]) -> None:
    assert bottleneck(step_loads(load(answers, sales_per_minute=(0.97, 0.0)))) == (
        "The step of sales by minute is the slowest, 97 % busy: it takes no more, and the steps "
        "before it are about to wait for it."
    )


def test_figures_that_a_cluster_repeats_are_compared_with_those_before(
    answers: list[dict[str, Any]],
) -> None:
    repeated = [{**answers[1], "now": answers[1]["now"] + 2_000 * each} for each in range(5)]
    assert step_loads([answers[0], *repeated]) == step_loads(answers)
    assert not step_loads(repeated)


def test_a_step_that_has_started_anew_has_no_load(answers: list[dict[str, Any]]) -> None:
    again = copy.deepcopy(answers[1])
    again["vertices"][8]["metrics"]["accumulated-idle-time"] = 5
    again["vertices"][9]["status"] = "INITIALIZING"
    names = [step_name(each.name) for each in step_loads([answers[0], again])]
    assert "level step" not in names
    assert "step of sales by minute" not in names
    assert len(names) == 11


def test_one_answer_gives_no_load_and_says_so(answers: list[dict[str, Any]]) -> None:
    assert not step_loads(answers[:1])
    assert bottleneck([]).startswith("\u2013")
