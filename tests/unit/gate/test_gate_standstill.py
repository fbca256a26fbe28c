"""The gate names the partition that waits for the registry, and no other."""

import threading

import pytest

from connect.standstill import Observation
from schemas.generated import Shipment
from schemas.wire import Encoder
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import (
    PARTITIONS,
    MockBroker,
    RunningGate,
    append,
    running_gate,
    sent,
)
from tests.support.record_batches import RawRecord

WITHOUT_ANSWER = 777


class Work:
    """The observations that have work, as the gate's thread makes them."""

    def __init__(self, gate: RunningGate) -> None:
        self.seen: dict[str, Observation] = {}
        self._gate = gate
        self._poll = gate.gate._forwarder.poll
        gate.gate._forwarder.poll = self._observe  # type: ignore[method-assign]

    def _observe(self) -> None:
        self._poll()
        self.seen = self._gate.gate.observations(self._gate.settings)

    def __call__(self) -> dict[str, Observation]:
        return {name: each for name, each in self.seen.items() if each.work}


def test_a_partition_that_waits_for_the_registry_is_named_with_its_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, registry, answers = MockBroker(), FakeRegistry(), threading.Event()
    encoder = Encoder(registry.id_of)

    def fetch(schema_id: int) -> str:
        if schema_id == WITHOUT_ANSWER:
            answers.wait(20)
        return registry.text_of(schema_id)

    with running_gate(monkeypatch, broker, registry, fetch) as gate:
        for partition in range(PARTITIONS):
            sent(broker, encoder, "first", Shipment, partition)
        gate.until(lambda: gate.gate.accepted == PARTITIONS)
        work = Work(gate)
        gate.until(lambda: len(work.seen) == 1 + 6 * PARTITIONS and not work())
        waits = RawRecord(b"\0" + WITHOUT_ANSWER.to_bytes(4, "big") + b"body")
        append(broker, Shipment.TOPIC, 2, [waits])
        sent(broker, encoder, "behind", Shipment, 2)
        sent(broker, encoder, "elsewhere", Shipment, 1)
        gate.until(lambda: gate.gate.accepted == PARTITIONS + 1)
        gate.until(lambda: gate.gate.waiting)
        gate.until(lambda: len(work()) == 1)
        ((name, (position, sentence)),) = work().items()
        assert (name, position) == ("shipments, partition 2,", 1)
        assert f"schema {WITHOUT_ANSWER}" in sentence
        assert gate.settings.registry_url in sentence
        assert "INVENTORY_REGISTRY" in sentence
        answers.set()
        gate.until(lambda: gate.gate.accepted == PARTITIONS + 2)
        assert gate.gate.quarantined == {"unknown_schema": 1}
        gate.until(lambda: not work())
