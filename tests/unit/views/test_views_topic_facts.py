"""Settings of topics beyond what a date can hold, and answers of Kafka that are errors."""

from concurrent.futures import Future
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from connect.errors import UserError
from schemas.avro.encode import EPOCH
from views import topic_facts
from views.topic_facts import TopicFacts

FOR_EVER = str(2**63 - 1)
"""A number of operators for topics that keep all; Kafka has -1 for it, too."""


def facts(monkeypatch: pytest.MonkeyPatch, **config: str) -> TopicFacts:
    class Described:
        topic_id = "one"
        partitions = ()

    settings = {name.replace("_", "."): value for name, value in config.items()}
    of_topic = topic_facts.DEFAULT_CONFIG | settings
    monkeypatch.setattr(topic_facts, "_described", lambda *_: {"sales": Described})
    monkeypatch.setattr(topic_facts, "_configs", lambda *_: {"sales": of_topic})
    return topic_facts.topic_facts(None, ["sales"])["sales"]  # type: ignore[arg-type]


@pytest.mark.parametrize("retention", [FOR_EVER, str(10**14)], ids=["largest", "3,000 years"])
def test_the_longest_retention_that_kafka_takes_is_followed(
    monkeypatch: pytest.MonkeyPatch, retention: str
) -> None:
    kept = facts(monkeypatch, retention_ms=retention).retention
    assert kept is not None
    # Rows from before this time are deleted, see views.follower: it has to be one.
    assert EPOCH - kept < EPOCH - timedelta(days=300_000)


def test_tombstones_that_are_kept_for_ever_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = facts(monkeypatch, delete_retention_ms=FOR_EVER).tombstones
    assert kept > timedelta(days=300_000)


def test_a_retention_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert facts(monkeypatch, retention_ms="604800000").retention == timedelta(days=7)
    assert facts(monkeypatch, retention_ms="-1").retention is None


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (KafkaError.FENCED_LEADER_EPOCH, "Kafka does not answer this client: .*Leader epoch"),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, "Kafka refuses to answer this client: .*"),
    ],
    ids=["a leader that changes", "no permission"],
)
def test_only_a_missing_permission_is_called_a_refusal(code: int, sentence: str) -> None:
    answer: Future[Any] = Future()
    answer.set_exception(KafkaException(KafkaError(code)))
    client = SimpleNamespace(list_offsets=lambda *_, **__: {TopicPartition("sales", 0): answer})
    with pytest.raises(UserError, match=sentence):
        topic_facts.offsets_of(client, [("sales", 0)], topic_facts.LATEST)  # type: ignore[arg-type]
