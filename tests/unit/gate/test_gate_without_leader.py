"""A gate whose group is assigned partitions while a broker is lost waits for their leaders."""

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from connect.errors import UserError
from gate import consumer
from gate.consumer import GateConsumer

PARTITIONS = [TopicPartition("shipments", 0)]


class Assigned(GateConsumer):
    """A consumer of which the first attempts to begin have an error."""

    def __init__(self, *codes: int) -> None:
        self._accepted, self._group = {"shipments": "accepted-shipments"}, "inventory-gate"
        self.codes = list(codes)
        self.begun = 0

    def _begin(self, partitions: list[TopicPartition]) -> None:
        assert partitions == PARTITIONS
        if self.codes:
            raise KafkaException(KafkaError(self.codes.pop(0)))
        self.begun += 1


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consumer, "LEADER_POLL_SECONDS", 0.01)
    monkeypatch.setattr(consumer, "LEADER_SECONDS", 0.3)


def assign(assigned: Assigned) -> None:
    assigned._assigned(Consumer({"group.id": "none"}), PARTITIONS)


def test_it_begins_once_another_broker_leads() -> None:
    assigned = Assigned(*consumer.WITHOUT_LEADER)
    assign(assigned)
    assert assigned.begun == 1


@pytest.mark.parametrize("code", [KafkaError._TIMED_OUT, KafkaError.NOT_COORDINATOR])
def test_a_broker_that_hangs_and_a_group_that_moves_are_waited_for(code: int) -> None:
    assigned = Assigned(code)
    assign(assigned)
    assert assigned.begun == 1


def test_it_ends_with_the_cause_when_none_leads() -> None:
    with pytest.raises(UserError, match=r"Not leader for partition.*may read shipments"):
        assign(Assigned(*[KafkaError.NOT_LEADER_FOR_PARTITION] * 100))


def test_a_refusal_is_named_at_once() -> None:
    assigned = Assigned(KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError._TRANSPORT)
    with pytest.raises(UserError, match="may read shipments"):
        assign(assigned)
    assert assigned.codes == [KafkaError._TRANSPORT]
