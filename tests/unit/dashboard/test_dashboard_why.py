"""The lines of a level add up to it, at any moment, as the oracle says."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from dashboard.queries.movements import Movement, movements, on_hand
from schemas.generated import Adjustment, LedgerEntry, Shipment, StockCount, Transaction
from tests.support import oracle
from tests.support.filled_database import filled_database, put
from tests.support.oracle import Event

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
LATER = NOON + timedelta(days=1)
ALL = 1_000


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


def sale(
    event_id: str, minutes: int, units: int, recorded: int | None = None, sku: str = "milk"
) -> Transaction:
    return Transaction(
        event_id=event_id,
        receipt_id=f"receipt {event_id}",
        line_no=1,
        store_id="S1",
        terminal_id="till",
        sku=sku,
        quantity=units,
        line_amount=Decimal("1.00") * units,
        currency="CHF",
        occurred_at=at(minutes),
        recorded_at=at(minutes if recorded is None else recorded),
    )


def count(event_id: str, minutes: int, units: int) -> StockCount:
    return StockCount(
        event_id=event_id,
        store_id="S1",
        sku="milk",
        quantity=units,
        counted_at=at(minutes),
        recorded_at=at(minutes),
    )


def shipment(event_id: str, minutes: int, units: int) -> Shipment:
    return Shipment(
        event_id=event_id,
        store_id="S1",
        sku="milk",
        quantity=units,
        order_id="order",
        occurred_at=at(minutes),
        recorded_at=at(minutes),
    )


def ledger(arrivals: list[Event]) -> Engine:
    """Return a database with the ledger of the arrivals."""
    entries = [
        LedgerEntry(
            event_id=event_id,
            store_id=entry.store_id,
            sku=entry.sku,
            kind=entry.kind,
            quantity=entry.quantity,
            reason=entry.reason,
            reference=entry.reference,
            occurred_at=entry.occurred_at,
            recorded_at=entry.recorded_at,
            source_topic="topic",
            source_partition=0,
            source_offset=0,
        )
        for event_id, entry in oracle.ledger(arrivals).items()
    ]
    return filled_database(entries, NOON)


def shown(arrivals: list[Event], until: datetime = LATER, limit: int = ALL) -> list[Movement]:
    return movements(ledger(arrivals), "S1", "milk", until, limit)


def test_the_lines_of_a_product_add_up_to_its_level() -> None:
    sold = sale("b", 10, 2)
    arrivals: list[Event] = [
        shipment("a", -60, 20),
        count("c", 0, 12),
        sold,
        sale("d", 20, -1),
        sale("late", -5, 3, recorded=30),
        sold,
        sale("other", 5, 4, sku="bread"),
    ]
    lines = shown(arrivals)
    assert [(line.kind, line.quantity, line.balance) for line in lines] == [
        ("return", 1, 11),
        ("sale", -2, 10),
        ("count", 12, 12),
        ("sale", -3, 17),
        ("shipment", 20, 20),
    ]
    assert [line.event_id for line in lines if line.is_late] == ["late"]
    assert [line.covered_by for line in lines] == [None, None, None, NOON, NOON]
    assert on_hand(lines) == oracle.levels(arrivals)["S1", "milk"].on_hand == 11


def test_the_newest_lines_alone_begin_with_the_balance_before_them() -> None:
    lines = shown([shipment("a", 0, 20), sale("b", 1, 2), sale("c", 2, 3)], limit=2)
    assert [(line.before, line.quantity, line.balance) for line in lines] == [
        (18, -3, 15),
        (20, -2, 18),
    ]


def test_a_refused_count_is_listed_and_changes_nothing() -> None:
    engine = ledger([shipment("a", 0, 20), sale("b", 9, 1)])
    refused = LedgerEntry(
        event_id="r", store_id="S1", sku="milk", kind="refused_count", quantity=99,
        reason="recorded too late", occurred_at=at(5), recorded_at=LATER, source_topic="t",
        source_partition=0, source_offset=1,
    )  # fmt: skip
    put(engine, [refused])
    lines = movements(engine, "S1", "milk", LATER, ALL)
    assert [(line.kind, line.before, line.balance) for line in lines] == [
        ("sale", 20, 19),
        ("refused_count", 20, 20),
        ("shipment", 0, 20),
    ]


def test_nothing_in_the_ledger_is_unknown() -> None:
    assert on_hand(shown([])) is None


IDS = st.uuids().map(str)
MINUTES = st.integers(-4, 4)
EVENTS = st.lists(
    st.one_of(
        st.builds(sale, IDS, MINUTES, st.integers(-3, 5).filter(bool)),
        st.builds(shipment, IDS, MINUTES, st.integers(1, 9)),
        st.builds(count, IDS, MINUTES, st.integers(0, 9)),
        st.builds(count, IDS, MINUTES, st.integers(0, 9)),
        st.builds(
            lambda event_id, minutes, units: Adjustment(
                event_id=event_id, store_id="S1", sku="milk", quantity=units, reason="damaged",
                occurred_at=at(minutes), recorded_at=at(minutes),
            ),
            IDS, MINUTES, st.integers(-3, 3).filter(bool),
        ),
    ),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_as_of_any_moment_is_what_the_oracle_says(events: list[Event]) -> None:
    arrivals = [*events, *events[:2]]
    engine = ledger(arrivals)
    every = movements(engine, "S1", "milk", LATER, ALL)
    for minutes in range(-5, 6):
        past = [event for event in events if oracle.happened(event) <= at(minutes)]
        expected = oracle.level(past).on_hand if past else None
        assert on_hand(movements(engine, "S1", "milk", at(minutes), ALL)) == expected
        assert on_hand([line for line in every if line.occurred_at <= at(minutes)]) == expected


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.integers(1, 5), MINUTES)
def test_the_newest_lines_are_the_same_however_many_are_read(
    events: list[Event], limit: int, minutes: int
) -> None:
    engine = ledger(events)
    every = movements(engine, "S1", "milk", at(minutes), ALL)
    assert movements(engine, "S1", "milk", at(minutes), limit) == every[:limit]


@settings(max_examples=40, deadline=None)
@given(EVENTS)
def test_the_newest_lines_alone_are_those_of_the_whole_book(events: list[Event]) -> None:
    engine = ledger(events)
    every = movements(engine, "S1", "milk", LATER, ALL)
    for limit in range(1, len(every) + 1):
        assert movements(engine, "S1", "milk", LATER, limit) == every[:limit]


def test_what_is_before_the_newest_lines_is_read_from_an_index_alone() -> None:
    engine = ledger([shipment("a", 0, 20), sale("b", 1, 2), sale("c", 2, 3)])
    plans: list[str] = []

    def explain(*arguments: Any) -> None:
        connection, _cursor, statement, parameters, *_ = arguments
        if "last_count" in statement:
            rows = connection.connection.execute(f"explain query plan {statement}", parameters)
            plans.extend(row[3] for row in rows)

    event.listen(engine, "before_cursor_execute", explain)
    movements(engine, "S1", "milk", LATER, 2)
    before_the_moment = [
        line for line in plans if line.endswith("occurred_at>? AND occurred_at<?)")
    ]
    assert len(before_the_moment) == 1
    assert "COVERING INDEX" in before_the_moment[0]
