"""The gate creates its topics on a broker that learns of them later than the controller."""

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from connect import kafka
from connect.errors import UserError
from connect.settings import Settings
from contracts.accepted_topic import CONFIG
from contracts.deployment import topic_admin
from gate import accepted_topics
from schemas.generated import Shipment

ACCEPTED = f"accepted-{Shipment.TOPIC}"
LOOKS = 3
"""Looks at the broker's topics before it knows the new one."""


class Admin:
    """An admin client of a slow broker."""

    def __init__(self) -> None:
        self._looks = LOOKS
        self.partitions: dict[str, int] = {}
        """Those of the accepted topic at first, if it is there."""
        self.refuses_partitions = False
        self.config: dict[str, str] = {**CONFIG}

    def create_topics(self, topics: list[Any]) -> dict[str, Future[None]]:
        done: Future[None] = Future()
        done.set_result(None)
        return {topic.topic: done for topic in topics}

    def counts(self) -> dict[str, int]:
        self._looks -= 1
        return {Shipment.TOPIC: 4} | ({ACCEPTED: 4} if self._looks < 0 else self.partitions)

    def create_partitions(self, topics: list[Any]) -> dict[str, Future[None]]:
        (topic,) = topics
        done: Future[None] = Future()
        if self.refuses_partitions:
            error = KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED)
            done.set_exception(KafkaException(error))
        else:
            self.partitions[topic.topic] = topic.new_total_count
            done.set_result(None)
        return {topic.topic: done}

    def described(self, names: dict[str, int]) -> dict[str, Any]:
        if self._looks >= 0 and not self.partitions:
            raise UserError("Broker: Unknown topic or partition.")
        return {name: SimpleNamespace(config=self.config) for name in names}


def test_a_topic_that_was_just_created_is_awaited(monkeypatch: pytest.MonkeyPatch) -> None:
    assert created_on(Admin(), monkeypatch) == [ACCEPTED]


def test_an_accepted_topic_that_would_lose_records_is_configured_anew(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A broker's own limit of bytes, or a topic of another origin."""
    admin = Admin()
    admin.config |= {"retention.bytes": "1073741824", "cleanup.policy": "compact"}
    changed: dict[str, str] = {}
    monkeypatch.setattr(
        topic_admin, "set_setting", lambda _, __, name, value: changed.update({name: value})
    )
    created_on(admin, monkeypatch)
    assert changed == {"retention.bytes": "-1", "cleanup.policy": "delete"}
    sentence = f"{ACCEPTED}: retention.bytes is now -1, and was 1073741824."
    assert sentence in capsys.readouterr().out.splitlines()


def test_an_accepted_topic_gets_the_partitions_that_its_public_one_has_got(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    admin = Admin()
    admin.partitions = {ACCEPTED: 2}
    assert created_on(admin, monkeypatch) == []
    assert admin.partitions == {ACCEPTED: 4}
    assert f"{ACCEPTED} has 4 partitions now" in capsys.readouterr().out
    admin = Admin()
    admin.partitions, admin.refuses_partitions = {ACCEPTED: 2}, True
    with pytest.raises(UserError, match="fewer than the 4 partitions of its public topic"):
        created_on(admin, monkeypatch)


def test_an_accepted_topic_with_more_partitions_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its public topic was made anew with fewer."""
    admin = Admin()
    admin.partitions = {ACCEPTED: 8}
    with pytest.raises(UserError, match="has 8 partitions and shipments has 4"):
        created_on(admin, monkeypatch)


def created_on(admin: Admin, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Create what is missing, and return it."""
    monkeypatch.setattr(kafka, "admin", lambda _: admin)
    monkeypatch.setattr(accepted_topics, "RETRY_SECONDS", 0)
    monkeypatch.setattr(accepted_topics, "require_topics", lambda *_: {Shipment.TOPIC: 4})
    monkeypatch.setattr(accepted_topics, "partition_counts", lambda _: admin.counts())
    monkeypatch.setattr(accepted_topics, "_require_unread", lambda *_: None)
    monkeypatch.setattr(topic_admin, "described", lambda _, names: admin.described(names))
    return accepted_topics.create_missing(Settings(), [Shipment])
