"""The accepted topics are planned with the public ones, and never begun empty a second time."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from click.testing import CliRunner
from confluent_kafka import KafkaError, KafkaException

from connect import group_coordinator
from connect.kafka import Partition
from connect.settings import Settings
from contracts.__main__ import main
from contracts.contract_file import load_all
from contracts.deployment import command, topic_admin
from contracts.deployment.backend import LiveBackend
from contracts.deployment.desired import desired_state
from contracts.deployment.plan import plan
from contracts.deployment.steps import Conflict, CreateTopic
from contracts.evolution import live_progress
from gate.accepted_topics import accepted_topic
from schemas.generated import GATED
from tests.support.deployment_model import Model

PREFIX = "blue."
DESIRED = desired_state(load_all(), prefix=PREFIX, has_gate=True)
ACCEPTED = {accepted_topic(PREFIX + each.TOPIC, PREFIX): PREFIX + each.TOPIC for each in GATED}


def test_each_gated_topic_has_an_accepted_one_with_its_partitions_and_log_time() -> None:
    planned = {step.topic: step for step in plan(DESIRED, Model().actual_state(DESIRED)).steps
               if isinstance(step, CreateTopic)}  # fmt: skip
    copies = {name: topic.copy_of for name, topic in DESIRED.topics.items() if topic.copy_of}
    assert copies == ACCEPTED
    for accepted, public in ACCEPTED.items():
        assert planned[accepted].partitions == planned[public].partitions
        assert planned[accepted].config["message.timestamp.type"] == "LogAppendTime"


@pytest.mark.parametrize(("gate", "count"), [("on", len(GATED)), ("off", 0)])
def test_apply_creates_them_where_the_gate_runs(
    monkeypatch: pytest.MonkeyPatch, gate: str, count: int
) -> None:
    model = Model()
    monkeypatch.setattr(command, "_live", lambda: model)
    monkeypatch.setenv("INVENTORY_GATE", gate)
    applied = CliRunner().invoke(main, ["apply"])
    assert applied.exit_code == 0, applied.output
    assert sum(name.startswith("accepted-") for name in model.topics) == count


class Offsets:
    """A Kafka with public topics only, and a gate that has read some of them."""

    def __init__(self, read: set[str], errors: list[int] | None = None) -> None:
        self._read, self._errors = read, list(errors or [])

    def committed(
        self, _client: Any, group: str, partitions: list[Partition], _seconds: float
    ) -> Mapping[Partition, int]:
        assert group == "blue.inventory-gate"
        if self._errors:
            raise KafkaException(KafkaError(self._errors.pop(0)))
        return {each: 7 if each[0] in self._read else -1001 for each in partitions}


def conflicts(monkeypatch: pytest.MonkeyPatch, offsets: Offsets) -> list[str]:
    """Return the conflicts of a plan for a Kafka whose accepted topics are gone."""
    public = {name: topic.partitions for name, topic in DESIRED.topics.items() if not topic.copy_of}
    monkeypatch.setattr(topic_admin, "committed_offsets", offsets.committed)
    monkeypatch.setattr(group_coordinator, "RETRY_SECONDS", 0)
    model = Model(topics={name: (count, {}) for name, count in public.items()})
    actual = model.actual_state(DESIRED)
    live = LiveBackend(None, None, "", "blue.inventory-gate")  # type: ignore[arg-type]
    forwarded = live._forwarded(DESIRED, public, actual.unreadable)
    steps = plan(DESIRED, replace(actual, forwarded=forwarded)).steps
    return [f"{step.what}: {step.why}" for step in steps if isinstance(step, Conflict)]


def test_one_that_is_gone_after_the_gate_has_read_is_a_conflict_and_not_created(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert conflicts(monkeypatch, Offsets(set())) == []
    (sentence,) = conflicts(monkeypatch, Offsets({"blue.shipments"}))
    assert sentence.startswith(
        "topic blue.accepted-shipments: is gone, and the gate has read blue.shipments already: "
        "restore it"
    )


def test_a_group_without_a_coordinator_yet_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Offsets({"blue.shipments"}, [KafkaError.COORDINATOR_NOT_AVAILABLE] * 3)
    assert len(conflicts(monkeypatch, late)) == 1


def test_a_group_that_may_not_be_described_is_named_with_each_topic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    closed = Offsets(set(), [KafkaError.GROUP_AUTHORIZATION_FAILED])
    sentences = conflicts(monkeypatch, closed)
    assert len(sentences) == len(GATED)
    assert all("Describe of the group" in sentence for sentence in sentences)


@pytest.mark.parametrize(("read", "unwritten"), [(True, ()), (False, ("accepted-sales-v2",))])
def test_a_successor_is_gated_once_the_gate_reads_it(
    read: bool, unwritten: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def committed(*_: Any) -> Mapping[Partition, int]:
        return {("sales-v2", 0): 0 if read else -1001}

    monkeypatch.setattr(live_progress, "committed_offsets", committed)
    partitions = {"sales-v2": 1, "accepted-sales-v2": 1}
    offsets = live_progress._Offsets(None, partitions, "")  # type: ignore[arg-type]
    sources = {"accepted-sales-v2": "sales-v2"}
    assert live_progress._unwritten(sources, offsets, Settings()) == unwritten
