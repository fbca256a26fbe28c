"""The gate's readiness and metrics are those of the records that it has handled."""

from collections import Counter
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any

import pytest

from connect import kafka_probe, metrics
from connect.kafka_probe import KafkaProbe
from connect.metrics import Sample
from connect.settings import Settings
from gate.gate_report import NO_PARTITIONS, GateReport
from gate.reasons import Reason
from schemas.generated import Shipment
from schemas.wire import Encoder
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import PARTITIONS, MockBroker, append, running_gate, sent
from tests.support.record_batches import RawRecord


def by_labels(samples: Iterable[Sample]) -> dict[Any, float]:
    """Value by (metric, label, …)."""
    return {(each.metric, *each.labels): each.value for each in samples}


def test_counts_of_the_gate_are_its_metrics_and_no_counter_goes_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, registry = MockBroker(), FakeRegistry()
    with running_gate(monkeypatch, broker, registry) as running:
        gate, poll = running.gate, running.gate._forwarder.poll
        report = GateReport(running.settings, gate, dict)

        def turn() -> None:
            poll()
            gate.observations(running.settings)

        monkeypatch.setattr(gate._forwarder, "poll", turn)
        before = by_labels(report.samples())
        assert before[metrics.ACCEPTED,] == 0
        assert before[metrics.FLUSHES,] == 1, "of the limits"
        assert {before[metrics.QUARANTINED, reason] for reason in Reason} == {0}
        sent(broker, Encoder(registry.id_of), "first", Shipment, 0)
        append(broker, Shipment.TOPIC, 1, [RawRecord(b"\1bad")])
        running.until(lambda: report.obstacle() == "")
        running.until(lambda: gate.accepted == gate.quarantined[Reason.TOO_SHORT] == 1)
        running.until(lambda: not by_labels(report.samples())[metrics.GATE_LAG, Shipment.TOPIC])
        running.until(lambda: by_labels(report.samples())[metrics.FLUSHES,] > 1)
        (message, _) = broker.everything(Shipment.TOPIC)
        gate._refused(message, "too large")
        after = by_labels(report.samples())
    assert gate.accepted == 0
    assert after[metrics.ACCEPTED,] == 1
    assert after[metrics.QUARANTINED, Reason.UNFORWARDABLE] == 1
    assert after[metrics.QUARANTINED, Reason.TOO_SHORT] == 1
    assert after[metrics.WAITING,] == after[metrics.REPEATED,] == 0
    assert after[metrics.GATE_PARTITIONS,] == 6 * PARTITIONS


class Standing(SimpleNamespace):
    """A gate that does nothing."""

    def __init__(self) -> None:
        names = ("valid", "repeats", "completed_keys", "waiting", "unsent", "flushes")
        super().__init__(
            **dict.fromkeys(names, 0), quarantined=Counter(), positions={("sales", 0): (5, 9)}
        )


def test_the_lag_is_that_of_all_partitions_of_a_topic() -> None:
    gate: Any = Standing()
    gate.positions |= {("sales", 1): (2, 3), ("counts", 0): (4, -1001)}  # the end is not known yet
    values = by_labels(GateReport(Settings(), gate, dict).samples())
    assert values[metrics.GATE_LAG, "sales"] == 5
    assert values[metrics.GATE_LAG, "counts"] == 0
    assert values[metrics.GATE_PARTITIONS,] == 3


def test_the_gate_is_ready_with_partitions_that_move_and_a_kafka_that_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gate: Any = Standing()
    monkeypatch.setattr(kafka_probe, "ANSWER_SECONDS", 0.1)
    silence = GateReport(Settings(kafka="127.0.0.1:1"), gate, dict).obstacle()
    assert silence.startswith("No Kafka broker answers at 127.0.0.1:1 (")
    monkeypatch.setattr(KafkaProbe, "silence", lambda _: "")
    standing = {"sales, partition 1,": 9.0, "sales, partition 2,": 12.0}
    report = GateReport(Settings(), gate, lambda: standing)
    assert report.obstacle() == "sales, partition 2, has not moved for 12 s."
    standing.clear()
    assert report.obstacle() == ""
    gate.positions = {}
    assert report.obstacle() == NO_PARTITIONS
