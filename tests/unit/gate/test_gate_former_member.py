"""A gate that comes back with other topics joins as a new member, any other one at once."""

from concurrent.futures import Future
from time import monotonic
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from gate import former_member

GROUP = "inventory-gate"


class Group:
    """An admin client of which the group's members are those of the next description."""

    def __init__(self, *descriptions: dict[str, list[str]] | KafkaException) -> None:
        self.descriptions = list(descriptions)

    def describe_consumer_groups(self, groups: list[str], **_: Any) -> dict[str, Future[Any]]:
        assert groups == [GROUP]
        described = self.descriptions.pop(0) if self.descriptions[1:] else self.descriptions[0]
        answer: Future[Any] = Future()
        if isinstance(described, KafkaException):
            answer.set_exception(described)
            return {GROUP: answer}
        members = [
            SimpleNamespace(
                group_instance_id=name,
                assignment=SimpleNamespace(
                    topic_partitions=[SimpleNamespace(topic=topic, partition=0) for topic in topics]
                ),
            )
            for name, topics in described.items()
        ]
        answer.set_result(SimpleNamespace(members=members))
        return {GROUP: answer}


def waited(group: Group, topics: list[str], seconds: float = 5.0, count: int = 1) -> float:
    begun, every = monotonic(), {(topic, number) for topic in topics for number in range(count)}
    former_member.wait_for_end(group, GROUP, "gate-1", every, seconds)  # type: ignore[arg-type]
    return monotonic() - begun


@pytest.mark.parametrize(
    "description",
    [
        {},
        {"gate-1": ["sales", "counts"]},
        {"gate-1": ["sales"], "gate-2": ["counts"]},
        {"gate-2": ["sales"]},
        KafkaException(KafkaError(KafkaError.GROUP_AUTHORIZATION_FAILED)),
    ],
    ids=["no member", "same topics", "topics of two", "another name", "no permission"],
)
def test_it_joins_at_once(description: Any) -> None:
    assert waited(Group(description), ["sales", "counts"]) < former_member.POLL_SECONDS


def test_with_a_further_topic_it_waits_until_its_former_member_is_gone() -> None:
    group = Group({"gate-1": ["sales"]}, {"gate-1": ["sales"]}, {})
    assert waited(group, ["sales", "counts"]) >= 2 * former_member.POLL_SECONDS
    assert group.descriptions == [{}]


def test_with_a_further_partition_it_waits_until_its_former_member_is_gone() -> None:
    group = Group({"gate-1": ["sales"]}, {"gate-1": ["sales"]}, {})
    assert waited(group, ["sales"], count=2) >= 2 * former_member.POLL_SECONDS
    assert group.descriptions == [{}]


def test_without_a_topic_that_it_had_it_waits_until_its_former_member_is_gone() -> None:
    group = Group({"gate-1": ["sales", "counts"]}, {"gate-2": ["sales"]})
    assert waited(group, ["sales"]) >= former_member.POLL_SECONDS
    assert group.descriptions == [{"gate-2": ["sales"]}]


def test_it_waits_no_longer_than_the_session_lasts() -> None:
    assert 0.5 <= waited(Group({"gate-1": ["sales"]}), ["sales", "counts"], 0.5) < 2
