"""Each alert about the gate fires by a fault of a gate, and ends with it.

A Prometheus scrapes the gate, by the released rules with shorter times. The broker is the client's
own mock of one.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NamedTuple

import pytest

from connect import status_server
from connect.part_status import PartStatus
from connect.settings import Settings
from gate.gate_report import GateReport
from schemas.generated import Shipment
from schemas.wire import HEADER, MAGIC, Encoder
from stack import ports
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import MockBroker, RunningGate, append, running_gate, sent
from tests.support.patience import until
from tests.support.poisons import UNKNOWN_ID
from tests.support.prometheus_server import ABSENT, PROGRAM, Prometheus, shorter_rules
from tests.support.record_batches import RawRecord
from tests.support.slow_kafka import SlowKafka

pytestmark = [pytest.mark.nightly, pytest.mark.skipif(not PROGRAM, reason=ABSENT)]
TOPIC = Shipment.TOPIC
SECONDS = 90.0
EVERY_SECONDS = 0.2
MANY = 3_000


class Observed(NamedTuple):
    """A gate that gets a good record five times a second, and its Prometheus."""

    running: RunningGate
    broker: MockBroker
    prometheus: Prometheus
    is_open: threading.Event
    """Set while shops are open."""
    answers: threading.Event
    """Set while the registry answers."""


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    broker, registry = MockBroker(), FakeRegistry()
    is_open, answers = threading.Event(), threading.Event()
    is_open.set()
    answers.set()
    encoder = Encoder(registry.id_of)

    def text_of(schema_id: int) -> str:
        if not answers.is_set():
            raise TimeoutError
        return registry.text_of(schema_id)

    names = iter(range(1_000_000))

    def sell() -> None:
        if is_open.is_set():
            sent(broker, encoder, f"sold-{next(names)}", Shipment, 1)

    host = Settings().host
    port = ports.free(host)
    with (
        pytest.MonkeyPatch.context() as patch,
        running_gate(patch, broker, registry, text_of) as running,
    ):
        gate, poll = running.gate, running.gate._forwarder.poll

        def turn() -> None:
            poll()
            gate.observations(running.settings)

        patch.setattr(gate._forwarder, "poll", turn)
        status = PartStatus()
        status.report = GateReport(running.settings, gate, dict)
        server = status_server.opened(status, running.settings, port)
        folder = tmp_path_factory.mktemp("prometheus")
        addresses = {"gate": f"{host}:{port}"}
        with repeated(sell), Prometheus(addresses, folder, shorter_rules()) as prometheus:
            until(lambda: gate.accepted > 0)
            yield Observed(running, broker, prometheus, is_open, answers)
        server.shutdown()
        server.server_close()


@contextmanager
def repeated(send: Callable[[], None]) -> Iterator[None]:
    """Call a function again and again in a thread, within the context."""
    done = threading.Event()

    def run() -> None:
        while not done.wait(EVERY_SECONDS):
            send()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


@contextmanager
def cleared(event: threading.Event) -> Iterator[None]:
    event.clear()
    try:
        yield
    finally:
        event.set()


@contextmanager
def registry_is_silent(at: Observed) -> Iterator[None]:
    """A record whose schema the registry does not return, and more and more behind it."""
    unknown = RawRecord(HEADER.pack(MAGIC, UNKNOWN_ID) + b"fields")
    with cleared(at.answers):
        append(at.broker, TOPIC, 0, [unknown] * MANY)
        with repeated(lambda: append(at.broker, TOPIC, 0, [unknown] * 20)):
            yield


@contextmanager
def nothing_is_stored(at: Observed) -> Iterator[None]:
    """Kafka stores nothing of the gate, which still gets records."""
    forwarder: Any = at.running.gate._forwarder
    producer = forwarder._producer
    slow = forwarder._producer = SlowKafka(producer)
    try:
        yield
    finally:
        slow.is_open = True
        until(lambda: not len(slow))


@contextmanager
def one_bad_record(at: Observed) -> Iterator[None]:
    append(at.broker, TOPIC, 2, [RawRecord(b"bad")])
    yield


def many_bad_records(at: Observed) -> AbstractContextManager[None]:
    return repeated(lambda: append(at.broker, TOPIC, 2, [RawRecord(b"bad")]))


def shops_are_closed(at: Observed) -> AbstractContextManager[None]:
    return cleared(at.is_open)


FAULTS: dict[str, Callable[[Observed], AbstractContextManager[None]]] = {
    "InventoryGateOutputStuck": nothing_is_stored,
    "InventoryRecordsWait": registry_is_silent,
    "InventoryGateBehind": registry_is_silent,
    "InventoryQuarantineGrows": one_bad_record,
    "InventoryQuarantineFlood": many_bad_records,
    "InventoryNothingArrives": shops_are_closed,
}
ALSO = {
    "InventoryGateBehind": {"InventoryRecordsWait"},
    "InventoryRecordsWait": {"InventoryGateBehind"},
    "InventoryQuarantineFlood": {"InventoryQuarantineGrows"},
}
"""Alert -> those that its fault may raise, too."""


@pytest.mark.parametrize("name", FAULTS)
def test_an_alert_fires_by_its_fault_and_ends_with_it(observed: Observed, name: str) -> None:
    firing = observed.prometheus.firing
    until(lambda: not firing(), SECONDS)
    with FAULTS[name](observed):
        until(lambda: name in firing(), SECONDS)
        assert firing() <= {name} | ALSO.get(name, set())
    until(lambda: name not in firing(), SECONDS)
