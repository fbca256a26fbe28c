"""Plans applied to an in-memory backend reach the desired state and lose nothing."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from connect.errors import UserError
from contracts.deployment import plan_file
from contracts.deployment.actual import ActualState
from contracts.deployment.apply import apply_plan, apply_step
from contracts.deployment.deletions import absent_deletions
from contracts.deployment.desired import DesiredState, DesiredTopic
from contracts.deployment.plan import Plan, plan
from contracts.deployment.steps import Conflict, Register, SetSetting
from tests.support.deployment_model import (
    MODES,
    VALUES,
    KilledError,
    Model,
    Scenario,
    scenarios,
    text,
)


def plan_of(scenario: Scenario) -> Plan:
    return plan(scenario.desired, scenario.model.actual_state(scenario.desired), scenario.approved)


def finish(made: Plan, model: Model) -> None:
    for _ in apply_plan(made, model):
        pass


def mendable(scenario: Scenario) -> Plan:
    made = plan_of(scenario)
    assume(not made.conflicts)
    return made


def agrees(scenario: Scenario) -> bool:
    """Return True if the state is as desired, except for deletions without approval."""
    desired, model = scenario.desired, scenario.model
    for name, topic in desired.topics.items():
        config = model.config(name)
        withheld = {
            step.setting
            for step in plan_of(scenario).steps
            if isinstance(step, SetSetting) and step.topic == name and not step.approved
        }
        if model.topics[name][0] != topic.partitions:
            return False
        if any(config[s] != value for s, value in topic.config.items() if s not in withheld):
            return False
    return all(
        model.modes.get(name) == subject.mode
        and set(subject.versions) <= set(model.subjects[name].values())
        for name, subject in desired.subjects.items()
    )


@given(scenarios)
def test_an_applied_plan_reaches_the_desired_state(scenario: Scenario) -> None:
    made = mendable(scenario)
    event(f"{min(len(made.todo), 5)} steps")
    finish(made, scenario.model)
    assert agrees(scenario)
    again = plan_of(scenario)
    assert again.todo == ()
    assert [step for step in again.steps if isinstance(step, Conflict)] == []
    assert again.changes == any(isinstance(step, SetSetting) for step in again.steps)


@given(scenarios, st.integers(0, 20))
def test_after_a_kill_a_new_plan_completes_the_deployment(scenario: Scenario, last: int) -> None:
    made = mendable(scenario)
    straight, halted = deepcopy(scenario.model), deepcopy(scenario.model)
    finish(made, straight)
    halted.last = last
    try:
        finish(made, halted)
    except KilledError:
        event("killed")
    halted.last = float("inf")
    later = plan_of(replace(scenario, model=halted))
    assert made.leads_to(later)
    finish(later, halted)
    assert halted.state() == straight.state()


@given(scenarios)
def test_only_approved_deletions_are_applied(scenario: Scenario) -> None:
    model, approved = scenario.model, scenario.approved
    before = model.state()[2]
    made = mendable(scenario)
    finish(made, model)
    assert set(model.deleted) <= approved
    for subject, versions in before.items():
        for number, schema in versions.items():
            kept = model.subjects.get(subject, {}).get(number) == schema
            assert kept or {f"subject/{subject}", f"version/{subject}/{number}"} & approved
            assert kept or subject in {*scenario.desired.subjects, "old-topic-value"}
    named = {step.name for step in made.steps}
    assert {name for name in approved & named if name} == set(model.deleted)


@given(scenarios)
def test_a_plan_does_not_lead_to_the_plan_of_a_changed_state(scenario: Scenario) -> None:
    desired, model = scenario.desired, scenario.model
    made = mendable(scenario)
    states = [seen(desired, model)]
    copy = deepcopy(model)
    for _ in apply_plan(made, copy):
        states.append(seen(desired, copy))
    change_by_hand(scenario)
    if seen(desired, model) not in states:
        assert not made.leads_to(plan_of(scenario))


def seen(desired: DesiredState, model: Model) -> ActualState:
    """Return the actual state of what the contracts declare or declared.

    It ignores which declared settings are broker defaults.
    """
    actual = model.actual_state(desired)
    topics = {
        name: replace(topic, own=topic.own - desired.topics[name].config.keys())
        for name, topic in actual.topics.items()
    }
    return replace(actual, topics=topics)


def change_by_hand(scenario: Scenario) -> None:
    """Make one change to a topic or subject of the contracts."""
    chance, model = scenario.chance, scenario.model
    subject = chance.choice(sorted(scenario.desired.subjects))
    topic = chance.choice(sorted(scenario.desired.topics))
    setting = chance.choice(sorted(VALUES))
    match chance.choice(["mode", "version", "subject", "setting", "topic"]):
        case "mode":
            model.modes[subject] = chance.choice(["NONE", *MODES])
        case "version":
            there = model.subjects.setdefault(subject, {})
            new = text(chance)
            if new not in there.values():
                there[max(there, default=0) + 1] = new
        case "subject":
            model.subjects["old-topic-value"] = {1: text(chance)}
        case "setting" if topic in model.topics:
            model.topics[topic][1][setting] = chance.choice(VALUES[setting])
        case _:
            model.topics.pop(topic, None)


@given(scenarios)
def test_the_registry_refuses_exactly_the_versions_that_the_plan_predicts(
    scenario: Scenario,
) -> None:
    made = plan_of(scenario)
    refusals = [c for c in made.conflicts if "(409)" in c.why]
    event(f"{len(refusals)} refusals")
    refused = set()
    for step in made.todo:
        try:
            apply_step(step, scenario.model)
        except UserError:
            assert isinstance(step, Register)
            refused.add(f"subject {step.subject}")
    assert refused == {conflict.what for conflict in refusals}


@given(scenarios)
def test_a_plan_with_a_conflict_changes_nothing(scenario: Scenario) -> None:
    model, made = scenario.model, plan_of(scenario)
    assume(made.conflicts)
    before = model.state()
    with pytest.raises(UserError, match="Nothing was changed"):
        finish(made, model)
    assert model.state() == before


@given(scenarios)
def test_a_plan_survives_a_round_trip_through_json(scenario: Scenario) -> None:
    made = plan_of(scenario)
    assert plan_file.from_json(plan_file.to_json(made)) == made


@given(scenarios)
def test_every_difference_from_the_contracts_has_a_step(scenario: Scenario) -> None:
    desired, model = scenario.desired, scenario.model
    steps = plan_of(scenario).steps
    about = {getattr(s, "topic", None) or getattr(s, "subject", None) for s in steps}
    about |= {step.what.partition(" ")[2] for step in steps if isinstance(step, Conflict)}
    for name, topic in desired.topics.items():
        there = model.topics.get(name)
        same = there == (topic.partitions, topic.config)
        defaults = there is not None and topic.config.keys() - there[1].keys()
        assert (name in about) != same or (defaults and name not in about)
    for name, subject in desired.subjects.items():
        same = model.modes.get(name) == subject.mode and sorted(subject.versions) == sorted(
            model.subjects.get(name, {}).values()
        )
        assert (name in about) != same
    assert model.subjects.keys() & {"old-topic-value"} <= about
    assert not {"other-value", "sales-value-old", "payments"} & about
    assert model.topics.keys() & {"old-topic"} <= about
    if "stock-counts" in desired.topics:
        assert model.topics.keys() & {"stock_counts"} <= about


SALES = DesiredState(
    topics={
        "sales": DesiredTopic(
            file="sale.avsc",
            partitions=1,
            config={"retention.ms": "1000"},
            declared_values={"retention.ms": {"1000", "5000"}},
        )
    },
    subjects={},
)


def sales(partitions: int = 1, **own: str) -> ActualState:
    topics = {"sales": (partitions, {name.replace("_", "."): v for name, v in own.items()})}
    return Model(topics=topics).actual_state(SALES)


def test_a_changed_contract_is_a_change_and_a_manual_change_is_drift() -> None:
    step_kinds = {
        value: plan(SALES, sales(retention_ms=value)).steps[0].kind for value in ("5000", "1")
    }
    assert step_kinds == {"5000": "change", "1": "drift"}


def test_a_shorter_retention_needs_approval() -> None:
    made = plan(SALES, sales(retention_ms="5000"))
    assert made.todo == ()
    assert made.changes
    assert len(plan(SALES, sales(retention_ms="5000"), frozenset({"records/sales"})).todo) == 1
    assert len(plan(SALES, sales(retention_ms="1")).todo) == 1


def test_another_number_of_partitions_is_a_conflict() -> None:
    (conflict,) = plan(SALES, sales(2, retention_ms="1000")).conflicts
    assert "has 2 partitions and sale.avsc declares 1" in conflict.why


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("setting/sales/retention.ms", "belongs to a contract"),
        ("topic/sales", "expected a name from the plan"),
        ("sales", "expected a name from the plan"),
    ],
)
def test_a_deletion_must_name_drift(name: str, wrong: str) -> None:
    actual = sales(retention_ms="1000")
    with pytest.raises(UserError, match=wrong):
        absent_deletions(plan(SALES, actual, frozenset({name})), SALES, actual)


def test_a_completed_deletion_may_be_approved_again() -> None:
    actual = sales(retention_ms="1000")
    desired = replace(SALES, withdrawn_subjects=frozenset({"old-value"}))
    names = ["setting/sales/segment.ms", "subject/old-value", "version/old-value/1"]
    assert absent_deletions(plan(desired, actual, frozenset(names)), desired, actual) == names
