"""A producer is ready while Kafka stores what it sends; its metrics are the publisher's counts."""

from types import SimpleNamespace
from typing import Any

import pytest

from connect import metrics
from connect.kafka_probe import KafkaProbe
from connect.settings import Settings
from producers import producer_report
from producers.producer_report import ProducerReport


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(KafkaProbe, "silence", lambda _: "")
    return SimpleNamespace(sent=0, acknowledged=0, failed=0)


def test_a_producer_whose_records_are_not_acknowledged_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, publisher: Any
) -> None:
    now = 0.0
    monkeypatch.setattr(producer_report, "monotonic", lambda: now)
    report = ProducerReport(Settings(), publisher)
    publisher.sent, publisher.failed = 5, 1
    assert report.obstacle() == ""
    now = 11
    assert report.obstacle() == "Kafka has acknowledged none of 4 records for 11 s."
    publisher.acknowledged = 1
    assert report.obstacle() == ""
    publisher.acknowledged, now = 4, 60
    assert report.obstacle() == ""
    now = 120
    assert report.obstacle() == ""
    report.waits_for = "It reads its topics."
    assert report.obstacle() == "It reads its topics."
    monkeypatch.setattr(KafkaProbe, "silence", lambda _: "No Kafka broker answers.")
    assert report.obstacle() == "No Kafka broker answers."


def test_the_publishers_counts_are_its_metrics(publisher: Any) -> None:
    publisher.sent, publisher.acknowledged, publisher.failed = 5, 3, 1
    report = ProducerReport(Settings(), publisher, lambda: 7)
    assert {each.metric: each.value for each in report.samples()} == {
        metrics.SENT: 5,
        metrics.ACKNOWLEDGED: 3,
        metrics.FAILED: 1,
        metrics.OPEN_ORDERS: 7,
    }
    of_simulator = {each.metric for each in ProducerReport(Settings(), publisher).samples()}
    assert metrics.OPEN_ORDERS not in of_simulator
