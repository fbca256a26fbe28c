"""The converter waits for its topics, and names the one that is missing."""

from collections.abc import Iterator

import pytest
from confluent_kafka.admin import AdminClient

from connect.settings import Settings
from flink import conversion_topics
from schemas.generated import Shipment, Transfer
from tests.support.logged import logged

ALL = {"shipments": 4, "transfers": 4, "accepted-shipments": 4}


def test_a_missing_topic_is_named_once_with_its_remedy_until_it_exists(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    without_accepted = {name: n for name, n in ALL.items() if name != "accepted-shipments"}
    answers: Iterator[dict[str, int]] = iter([without_accepted, without_accepted, ALL])
    monkeypatch.setattr(conversion_topics, "partition_counts", lambda _: next(answers))
    monkeypatch.setattr(conversion_topics, "sleep", lambda _: None)
    conversion_topics.wait_for_topics(Settings(), AdminClient({}), [(Shipment, Transfer)])
    (sentence,) = logged(caplog).splitlines()
    assert sentence.startswith("Waiting for topic accepted-shipments, ")
    assert "`python -m stack restart gate`" in sentence
    assert not list(answers)


def test_without_the_gate_no_accepted_topic_is_awaited(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    public = {"shipments": 4, "transfers": 4}
    monkeypatch.setattr(conversion_topics, "partition_counts", lambda _: public)
    settings = Settings(gate="off")
    conversion_topics.wait_for_topics(settings, AdminClient({}), [(Shipment, Transfer)])
    assert not logged(caplog)
