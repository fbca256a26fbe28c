"""Settings of topics that Kafka allows, beyond what a date can hold."""

from datetime import timedelta

import pytest

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
