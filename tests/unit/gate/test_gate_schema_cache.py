"""The registry holds up no record but those whose schema it has not given yet."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from connect.registry import UnknownSchemaError
from gate.schema_cache import LARGEST_QUEUE, RegistryUnavailableError, SchemaCache
from schemas.generated import Shipment, Transaction
from schemas.wire import Encoder
from tests.support import record_batches
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import MockBroker, append, running_gate, sent
from tests.support.record_batches import RawRecord

FLOOD = 400
SECONDS_AWAY = 0.05


def answer(cache: SchemaCache[int, str], schema_id: int) -> Any:
    """Ask until there is an answer: the schema, or None for an unknown id."""
    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            return cache(schema_id)
        except UnknownSchemaError:
            return None
        except RegistryUnavailableError:
            time.sleep(0.01)
    raise AssertionError("no answer")


def test_a_schema_is_fetched_once_and_an_unknown_id_not_again_at_once() -> None:
    requests: Counter[int] = Counter()

    def fetch(schema_id: int) -> str:
        requests[schema_id] += 1
        if schema_id == 2:
            raise UnknownSchemaError("none")
        if schema_id == 3 and requests[3] == 1:
            raise OSError("away")
        return f"text {schema_id}"

    cache = SchemaCache(fetch)
    for _ in range(3):
        assert [answer(cache, number) for number in (1, 2, 3)] == ["text 1", None, "text 3"]
    assert requests == {1: 1, 2: 1, 3: 2}
    cache.close()


def test_an_id_never_waits_and_a_failure_is_not_repeated_at_once() -> None:
    requests: Counter[int] = Counter()
    begun = time.monotonic()

    def fetch(schema_id: int) -> str:
        requests[schema_id] += 1
        raise OSError("away")

    cache = SchemaCache(fetch)
    until = begun + 0.3
    while time.monotonic() < until:
        with pytest.raises(RegistryUnavailableError):
            cache(1)
    assert requests[1] == 1
    cache.close()


def test_the_requests_without_an_answer_are_bounded() -> None:
    requested: set[int] = set()
    answers = threading.Event()

    def fetch(schema_id: int) -> str:
        requested.add(schema_id)
        answers.wait(10)
        raise UnknownSchemaError("none")

    cache = SchemaCache(fetch)
    for schema_id in range(10 * LARGEST_QUEUE):
        cache.request(schema_id)
    answers.set()
    assert answer(cache, LARGEST_QUEUE - 1) is None
    time.sleep(0.2)
    assert len(requested) == LARGEST_QUEUE
    assert answer(cache, 5 * LARGEST_QUEUE) is None
    cache.close()


def test_a_flood_of_unknown_ids_holds_up_its_own_partition_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, registry = MockBroker(), FakeRegistry()
    encoder = Encoder(registry.id_of)
    requested: list[int] = []

    def fetch(schema_id: int) -> str:
        requested.append(schema_id)
        time.sleep(SECONDS_AWAY)
        return registry.text_of(schema_id)

    def has(topic: str, value: bytes) -> Callable[[], bool]:
        return lambda: value in [m.value() for m in broker.everything(f"accepted-{topic}")]

    with running_gate(monkeypatch, broker, registry, fetch) as gate:
        for record_type in (Shipment, Transaction):
            value = sent(broker, encoder, "first", record_type, 1)
            gate.until(has(record_type.TOPIC, value))
        ids = range(10_000, 10_000 + FLOOD)
        flood = [RawRecord(b"\0" + number.to_bytes(4, "big") + b"body") for number in ids]
        append(broker, Shipment.TOPIC, 0, flood)
        gate.until(lambda: len(requested) > 20)
        for record_type in (Shipment, Transaction):
            value = sent(broker, encoder, "during", record_type, 1)
            gate.until(has(record_type.TOPIC, value), seconds=2)
        assert len(requested) < FLOOD
        value = sent(broker, encoder, "behind", Shipment, 0)
        gate.until(has(Shipment.TOPIC, value))
        gate.in_quarantine(Shipment.TOPIC, 0, FLOOD - 1)
        reasons = Counter(record.reason for record in gate.quarantined().values())
        assert reasons == {"unknown_schema": FLOOD}
        assert set(ids) <= set(requested)
        assert max(Counter(requested).values()) == 1


def test_a_batch_that_cannot_be_unpacked_keeps_its_turn_behind_records_that_wait(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broker, registry = MockBroker(), FakeRegistry()
    encoder, answers = Encoder(registry.id_of), threading.Event()
    waits = RawRecord(b"\0\0\0\x03\x09body")

    def fetch(schema_id: int) -> str:
        if schema_id == int.from_bytes(b"\x03\x09", "big"):
            answers.wait(20)
        return registry.text_of(schema_id)

    with running_gate(monkeypatch, broker, registry, fetch) as gate:
        sent(broker, encoder, "first", Shipment, 0)
        gate.until(lambda: gate.gate.accepted == 1)
        append(broker, Shipment.TOPIC, 0, [waits, waits])
        sealed = record_batches.batch(b"not packed by zstd", 3, 1, record_batches.ZSTD)
        record_batches.send(broker.servers, Shipment.TOPIC, 0, sealed)
        sent(broker, encoder, "behind", Shipment, 0)
        gate.until(lambda: gate.gate.waiting)
        time.sleep(2)
        assert (gate.gate.accepted, gate.gate.quarantined.total()) == (1, 0)
        answers.set()
        gate.until(lambda: gate.gate.accepted == 2)
        assert gate.gate.quarantined == {"unknown_schema": 2, "unreadable": 3}
