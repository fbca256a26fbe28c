"""A plan, carried out on a world of dicts, ends where the contracts want it and loses nothing."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from connect.errors import UserError
from contracts.deployment import plan_file
from contracts.deployment.actual import Found
from contracts.deployment.apply import carry_out, perform
from contracts.deployment.deletions import gone
from contracts.deployment.desired import Wanted, WantedTopic
from contracts.deployment.plan import Plan, plan
from contracts.deployment.steps import Conflict, Register, SetSetting
from tests.support.deployment_model import MODES, VALUES, Killed, Model, World, text, worlds


def plan_of(world: World) -> Plan:
    return plan(world.wanted, world.model.look(world.wanted), world.told)


def finish(made: Plan, model: Model) -> None:
    for _ in carry_out(made, model):
        pass


def mendable(world: World) -> Plan:
    made = plan_of(world)
    assume(not made.conflicts)
    return made


def agrees(world: World) -> bool:
    """Whether the world is as wanted, but for what would delete records untold."""
    wanted, model = world.wanted, world.model
    for name, topic in wanted.topics.items():
        config = model.config(name)
        withheld = {
            step.setting
            for step in plan_of(world).steps
            if isinstance(step, SetSetting) and step.topic == name and not step.told
        }
        if model.topics[name][0] != topic.partitions:
            return False
        if any(config[s] != value for s, value in topic.config.items() if s not in withheld):
            return False
    return all(
        model.modes.get(name) == subject.mode
        and set(subject.versions) <= set(model.subjects[name].values())
        for name, subject in wanted.subjects.items()
    )


@given(worlds)
def test_after_a_plan_the_world_is_as_wanted_and_nothing_is_left_to_do(world: World) -> None:
    made = mendable(world)
    event(f"{min(len(made.todo), 5)} steps")
    finish(made, world.model)
    assert agrees(world)
    again = plan_of(world)
    assert again.todo == ()
    assert [step for step in again.steps if isinstance(step, Conflict)] == []
    assert again.changes == any(isinstance(step, SetSetting) for step in again.steps)


@given(worlds, st.integers(0, 20))
def test_a_plan_that_was_killed_is_finished_by_planning_anew(world: World, last: int) -> None:
    made = mendable(world)
    straight, halted = deepcopy(world.model), deepcopy(world.model)
    finish(made, straight)
    halted.last = last
    try:
        finish(made, halted)
    except Killed:
        event("killed half way")
    halted.last = float("inf")
    later = plan_of(replace(world, model=halted))
    assert made.leads_to(later)
    finish(later, halted)
    assert halted.state() == straight.state()


@given(worlds)
def test_nothing_is_deleted_but_what_is_told(world: World) -> None:
    model, told = world.model, world.told
    before = model.state()[2]
    made = mendable(world)
    finish(made, model)
    assert set(model.deleted) <= told
    for subject, versions in before.items():
        for number, schema in versions.items():
            kept = model.subjects.get(subject, {}).get(number) == schema
            assert kept or {f"subject/{subject}", f"version/{subject}/{number}"} & told
    named = {step.name for step in made.steps}
    assert {name for name in told & named if name} == set(model.deleted)


@given(worlds)
def test_a_plan_of_another_world_is_refused(world: World) -> None:
    wanted, model = world.wanted, world.model
    made = mendable(world)
    states = [seen(wanted, model)]
    copy = deepcopy(model)
    for _ in carry_out(made, copy):
        states.append(seen(wanted, copy))
    change_by_hand(world)
    if seen(wanted, model) not in states:
        assert not made.leads_to(plan_of(world))


def seen(wanted: Wanted, model: Model) -> Found:
    """What is found, whether or not a topic got a contract's setting from the brokers' default."""
    found = model.look(wanted)
    topics = {
        name: replace(topic, own=topic.own - wanted.topics[name].config.keys())
        for name, topic in found.topics.items()
    }
    return replace(found, topics=topics)


def change_by_hand(world: World) -> None:
    """One change of what the contracts are about."""
    chance, model = world.chance, world.model
    subject = chance.choice(sorted(world.wanted.subjects))
    topic = chance.choice(sorted(world.wanted.topics))
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
            model.subjects["sales-by-hand"] = {1: text(chance)}
        case "setting" if topic in model.topics:
            model.topics[topic][1][setting] = chance.choice(VALUES[setting])
        case _:
            model.topics.pop(topic, None)


@given(worlds)
def test_the_registry_takes_what_is_planned_and_refuses_what_is_in_conflict(world: World) -> None:
    made = plan_of(world)
    refusals = [c for c in made.conflicts if "(409)" in c.why]
    event(f"{len(refusals)} refusals")
    refused = set()
    for step in made.todo:
        try:
            perform(step, world.model)
        except UserError:
            assert isinstance(step, Register)
            refused.add(f"subject {step.subject}")
    assert refused == {conflict.what for conflict in refusals}


@given(worlds)
def test_nothing_is_done_where_something_is_in_conflict(world: World) -> None:
    model, made = world.model, plan_of(world)
    assume(made.conflicts)
    before = model.state()
    with pytest.raises(UserError, match="Nothing was changed"):
        finish(made, model)
    assert model.state() == before


@given(worlds)
def test_a_written_plan_is_read_as_it_was(world: World) -> None:
    made = plan_of(world)
    assert plan_file.from_json(plan_file.to_json(made)) == made


@given(worlds)
def test_whatever_differs_from_the_contracts_is_named(world: World) -> None:
    wanted, model = world.wanted, world.model
    steps = plan_of(world).steps
    about = {getattr(s, "topic", None) or getattr(s, "subject", None) for s in steps}
    about |= {step.what.partition(" ")[2] for step in steps if isinstance(step, Conflict)}
    for name, topic in wanted.topics.items():
        there = model.topics.get(name)
        same = there == (topic.partitions, topic.config)
        defaults = there is not None and topic.config.keys() - there[1].keys()
        assert (name in about) != same or (defaults and name not in about)
    for name, subject in wanted.subjects.items():
        same = model.modes.get(name) == subject.mode and sorted(subject.versions) == sorted(
            model.subjects.get(name, {}).values()
        )
        assert (name in about) != same
    assert model.subjects.keys() - wanted.subjects.keys() <= about
    assert "payments" not in about
    assert model.topics.keys() & {"old-topic"} <= about
    if "stock-counts" in wanted.topics:
        assert model.topics.keys() & {"stock_counts"} <= about


SALES = Wanted(
    topics={
        "sales": WantedTopic(
            file="sale.avsc",
            partitions=1,
            config={"retention.ms": "1000"},
            said={"retention.ms": {"1000", "5000"}},
        )
    },
    subjects={},
)


def sales(partitions: int = 1, **own: str) -> Found:
    topics = {"sales": (partitions, {name.replace("_", "."): v for name, v in own.items()})}
    return Model(topics=topics).look(SALES)


def test_a_change_of_the_contract_is_a_change_and_one_by_hand_is_drift() -> None:
    kinds = {value: plan(SALES, sales(retention_ms=value)).steps[0].kind for value in ("5000", "1")}
    assert kinds == {"5000": "change", "1": "drift"}


def test_a_shorter_retention_waits_for_being_told() -> None:
    made = plan(SALES, sales(retention_ms="5000"))
    assert made.todo == ()
    assert made.changes
    assert len(plan(SALES, sales(retention_ms="5000"), frozenset({"records/sales"})).todo) == 1
    assert len(plan(SALES, sales(retention_ms="1")).todo) == 1


def test_other_partitions_are_a_conflict() -> None:
    (conflict,) = plan(SALES, sales(2, retention_ms="1000")).conflicts
    assert "has 2 partitions and sale.avsc says 1" in conflict.why


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("setting/sales/retention.ms", "belongs to a contract"),
        ("topic/sales", "expected a name as the plan has it"),
        ("sales", "expected a name as the plan has it"),
    ],
)
def test_what_is_no_drift_cannot_be_deleted(name: str, wrong: str) -> None:
    found = sales(retention_ms="1000")
    with pytest.raises(UserError, match=wrong):
        gone(plan(SALES, found, frozenset({name})), found)


def test_what_was_deleted_before_may_be_told_again() -> None:
    found = sales(retention_ms="1000")
    names = ["setting/sales/segment.ms", "subject/other-value", "version/other-value/1"]
    assert gone(plan(SALES, found, frozenset(names)), found) == names
