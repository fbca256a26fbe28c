"""A record later than the dedup horizon is settled by the ledger; without one it is refused."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from connect.errors import UserError
from connect.kafka import Partition
from gate import late_records
from gate.late_records import AHEAD, LateRecords
from gate.reasons import ReadModelBehindError, Reason, Refusal
from gate.verdict import Forward, TooLate
from schemas.generated import ReplenishmentOrder, Shipment, StockCount, Transfer
from tests.support.late_ledger import FORWARD, Ledger, late, opened
from tests.support.patience import until
from tests.support.poisons import good
from views.counted_events import patiently

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)


SHIPMENT = late(good(Shipment, NOW))


class Clock:
    """Time of the gate, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(late_records, "monotonic", clock)
    return clock


def answer(
    records: LateRecords, one: TooLate, former: Partition | None = None
) -> Forward | Refusal | None:
    """Try until there is an answer, as the gate does."""

    def tried() -> Forward | Refusal | None:
        try:
            return records(one, former)
        except ReadModelBehindError as error:
            raise UserError("not yet") from error

    return patiently(tried, 10)


def test_what_the_ledger_does_not_have_is_forwarded(monkeypatch: pytest.MonkeyPatch) -> None:
    records = opened(monkeypatch, Ledger())
    with pytest.raises(ReadModelBehindError):
        records(SHIPMENT)
    assert answer(records, SHIPMENT) == FORWARD
    assert records.settle(SHIPMENT) == FORWARD


@pytest.mark.parametrize("record_type", [Shipment, StockCount])
def test_what_the_ledger_has_is_a_repeat(
    monkeypatch: pytest.MonkeyPatch, record_type: type[Any]
) -> None:
    one = late(good(record_type, NOW))
    records = opened(monkeypatch, Ledger(one))
    assert answer(records, one) is None
    assert records.settle(one) is None


def test_what_the_job_counted_from_a_topic_that_is_gone_is_forwarded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = Ledger(SHIPMENT)
    records = opened(monkeypatch, ledger)
    assert answer(records, SHIPMENT, former=ledger.source) == FORWARD
    assert answer(records, SHIPMENT, former=("accepted-shipments", 2)) is None
    ledger.source = ("shipments", 1)  # counted while there was no gate
    records = opened(monkeypatch, ledger)
    assert answer(records, SHIPMENT) == records.settle(SHIPMENT) == FORWARD


def test_what_was_counted_with_other_content_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    records = opened(monkeypatch, Ledger(late(SHIPMENT.event, quantity=777)))
    refusal = answer(records, SHIPMENT)
    assert isinstance(refusal, Refusal)
    assert refusal.reason == Reason.TOO_LATE
    assert refusal.sentence == "late; its event_id is counted with other content"


def test_a_count_that_is_not_counted_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    count = late(good(StockCount, NOW))
    assert answer(opened(monkeypatch, Ledger()), count) == count


@pytest.mark.parametrize(
    "event",
    [good(ReplenishmentOrder, NOW), replace(good(Transfer, NOW), phase="lost")],  # type: ignore[type-var]
)
def test_what_has_no_entry_is_refused_without_a_look(
    monkeypatch: pytest.MonkeyPatch, event: Any
) -> None:
    ledger = Ledger()
    records, one = opened(monkeypatch, ledger), late(event)
    assert records(one) == records.settle(one) == one
    assert not ledger.queries


def test_without_a_read_model_a_late_record_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    records = opened(monkeypatch, None)
    assert records(SHIPMENT) == records.settle(SHIPMENT) == SHIPMENT


def test_a_record_waits_for_a_read_model_that_is_behind_but_not_for_ever(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    ledger = Ledger()
    ledger.is_behind = True
    records = opened(monkeypatch, ledger)
    end = clock.now + late_records.PATIENCE_SECONDS
    while clock.now <= end:
        with pytest.raises(ReadModelBehindError):
            records(SHIPMENT)
        until(lambda: ledger.queries)
        ledger.queries.clear()
        clock.now += 1
    # Those behind it do not wait again, one after the other.
    others = [late(SHIPMENT.event, event_id=f"e{number}") for number in range(5)]
    assert [records(one) for one in others] == others
    ledger.is_behind = False
    clock.now += 1
    until(lambda: answer(records, others[0]) == FORWARD)
    # Another time it is behind.
    ledger.is_behind = True
    clock.now += late_records.ANSWER_SECONDS
    for _ in range(2):
        ledger.queries.clear()
        with pytest.raises(ReadModelBehindError):
            records(SHIPMENT)
        until(lambda: ledger.queries)
        clock.now += 1


def test_after_a_quiet_time_a_record_waits_for_one_look(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    ledger = Ledger()
    ledger.is_behind = True
    records = opened(monkeypatch, ledger)
    for _ in range(2):
        with pytest.raises(ReadModelBehindError):
            records(SHIPMENT)
        until(lambda: ledger.queries)
        ledger.queries.clear()
        clock.now += timedelta(days=1).total_seconds()
    with pytest.raises(ReadModelBehindError):
        records(SHIPMENT)
    until(lambda: ledger.queries)
    assert answer(records, SHIPMENT) == SHIPMENT


def test_a_read_model_that_does_not_answer_at_all_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    ledger, silent = Ledger(), threading.Event()
    monkeypatch.setattr(ledger, "entries", lambda *_: silent.wait(10) and {})
    records = opened(monkeypatch, ledger)
    with pytest.raises(ReadModelBehindError):
        records(SHIPMENT)
    clock.now += late_records.PATIENCE_SECONDS + 1
    assert records(SHIPMENT) == SHIPMENT
    silent.set()


def test_an_answer_is_not_kept_for_long(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    ledger = Ledger()
    records = opened(monkeypatch, ledger)
    assert answer(records, SHIPMENT) == FORWARD
    clock.now += late_records.ANSWER_SECONDS
    with pytest.raises(ReadModelBehindError):
        records(SHIPMENT)


def test_records_that_are_requested_ahead_are_looked_up_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ledger = Ledger()
    records = opened(monkeypatch, ledger)
    many = [late(SHIPMENT.event, event_id=f"e{number}") for number in range(AHEAD)]
    for one in many:
        with pytest.raises(ReadModelBehindError):
            records(one)
    assert [answer(records, one) for one in many] == [FORWARD] * AHEAD
    assert len(ledger.queries) < 10
