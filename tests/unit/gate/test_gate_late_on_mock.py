"""A gate with a read model accepts a late event once, also in a batch of many."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from audit.stock_events import StockEvent, stock_event
from connect.settings import Settings
from schemas.clock import utc_now
from schemas.generated import LedgerEntry, Shipment
from schemas.wire import Encoder
from tests.support import record_batches
from tests.support.gate_judges import FakeRegistry
from tests.support.gate_on_mock import MockBroker, RunningGate, running_gate
from tests.support.page_database import filled, say_read
from tests.support.poisons import good
from tests.support.record_batches import NONE, RawRecord
from views.database.engine import open_database, writing
from views.database.tables import TABLES

LATE = datetime.now(UTC).replace(microsecond=0) - timedelta(days=30)
ACCEPTED = f"accepted-{Shipment.TOPIC}"


class Shipments:
    """Shipments to send to one partition, and the read model that has them as counted."""

    def __init__(self, broker: MockBroker, registry: FakeRegistry, state: Path) -> None:
        self._broker, self._encoder, self._state = broker, Encoder(registry.id_of), state

    def send(self, *shipments: Shipment) -> list[bytes]:
        """Send shipments in one batch; return their values."""
        raws = [RawRecord(self._encoder.value(one), self._encoder.key(one)) for one in shipments]
        data = record_batches.records(raws)
        sealed = record_batches.batch(data, len(raws), int(time.time() * 1000), NONE)
        record_batches.send(self._broker.servers, Shipment.TOPIC, 0, sealed)
        return [raw.value or b"" for raw in raws]

    def count(self, *shipments: Shipment) -> None:
        """Write the entries of shipments into the ledger's rows."""
        events = [stock_event(one) for one in shipments]
        engine = open_database(Settings(state=self._state))
        with writing(engine) as connection:
            for event in events:
                assert isinstance(event, StockEvent)
                row = LedgerEntry(
                    **event._asdict(),
                    recorded_at=LATE,
                    source_topic=ACCEPTED,
                    source_partition=0,
                    source_offset=0,
                )
                connection.execute(insert(TABLES[LedgerEntry]), row.to_dict())
            say_read(connection, 1, utc_now())
        engine.dispose()

    def accepted(self) -> list[bytes | None]:
        return [message.value() for message in self._broker.everything(ACCEPTED)]


@pytest.fixture
def registry() -> FakeRegistry:
    return FakeRegistry()


@pytest.fixture
def broker() -> MockBroker:
    return MockBroker()


@pytest.fixture
def gate(
    broker: MockBroker, registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RunningGate]:
    filled(tmp_path, []).dispose()
    settings = Settings(state=tmp_path)
    with running_gate(monkeypatch, broker, registry, settings=settings) as running:
        yield running


def late(number: int) -> Any:
    shipment: Any = good(Shipment, LATE)
    return replace(shipment, event_id=f"late-{number}")


def test_late_events_are_accepted_in_order_and_their_repeats_are_dropped(
    broker: MockBroker, registry: FakeRegistry, gate: RunningGate, tmp_path: Path
) -> None:
    shipments = Shipments(broker, registry, tmp_path)
    on_time: Any = good(Shipment, datetime.now(UTC), "on time")
    first = shipments.send(*(late(number) for number in range(600)), on_time)
    gate.until(lambda: len(shipments.accepted()) == len(first))
    assert shipments.accepted() == first
    shipments.count(late(803), late(804))
    again = shipments.send(late(803), late(700), late(804), replace(late(804), quantity=1), on_time)
    gate.until(lambda: len(shipments.accepted()) == len(first) + 2)
    assert shipments.accepted()[len(first) :] == [again[1], again[4]]
    gate.until(lambda: gate.gate.repeats == 2)
    (refused,) = gate.quarantined().values()
    assert refused.reason == "too_late"
    assert refused.sentence.endswith("; its event_id is counted with other content")


def test_events_that_the_job_counted_from_topics_that_are_gone_are_accepted_again(
    broker: MockBroker, registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The accepted topics were deleted, the group's offsets, too, and the ledger was not."""
    shipments = Shipments(broker, registry, tmp_path)
    filled(tmp_path, []).dispose()
    before = shipments.send(late(1), late(2), late(1))
    shipments.count(late(1), late(2), late(3))
    with running_gate(monkeypatch, broker, registry, settings=Settings(state=tmp_path)) as running:
        running.until(lambda: len(shipments.accepted()) == len(before))
        shipments.send(late(3))
        running.until(lambda: running.gate.repeats == 1)
        assert not running.quarantined()
    assert shipments.accepted() == before


@pytest.mark.nightly
def test_accepted_records_that_are_read_again_after_the_horizon_are_no_refusals(
    broker: MockBroker, registry: FakeRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A gate was killed before it committed their offset, and was down for longer than that."""
    shipments = Shipments(broker, registry, tmp_path)
    on_time: Any = good(Shipment, datetime.now(UTC), "on time")
    filled(tmp_path, []).dispose()
    longer, horizon = (Settings(state=tmp_path, dedup_seconds=days * 24 * 3600) for days in (60, 7))
    with (
        pytest.MonkeyPatch.context() as killed,
        running_gate(monkeypatch, broker, registry, settings=longer) as running,
    ):
        first = shipments.send(on_time)
        running.until(lambda: len(shipments.accepted()) == 1)
        killed.setattr(running.gate._consumer, "commit", lambda **_: None)
        first += shipments.send(late(1), late(2))
        running.until(lambda: len(shipments.accepted()) == 3)
    shipments.count(late(1), late(2))
    with running_gate(monkeypatch, broker, registry, settings=horizon) as running:
        running.until(lambda: running.gate.repeats == 2)
        assert not running.quarantined()
    assert shipments.accepted() == first
