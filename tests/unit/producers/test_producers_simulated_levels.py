"""The levels that a simulation writes, recomputed from the definitions over its events."""

import csv
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.levels import ExpectedLevels
from connect.settings import Settings
from producers.__main__ import main
from producers.simulator import batch
from producers.simulator.batch import bounded, simulate_fast
from producers.simulator.simulation import Simulation
from producers.simulator.timeline import Event
from schemas.generated import (
    Adjustment,
    Product,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Store,
    Transaction,
    Transfer,
)
from schemas.record import Record
from tests.support.simulated import CHAIN, FAULTY, first_deliveries, of, simulation, steps, when


class Sent:
    """A publisher that collects its records, in place of Kafka."""

    def __init__(self, _settings: Settings, record_types: list[type[Record]]) -> None:
        self.record_types = record_types
        self.records: list[Any] = []
        publishers.append(self)

    def send(self, record: Any) -> None:
        record.validate()
        assert type(record) in self.record_types
        self.records.append(record)

    @property
    def sent(self) -> int:
        return len(self.records)

    @property
    def account(self) -> str:
        return f"sent {self.sent:,}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _error_type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        pass


publishers: list[Sent] = []


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[Any, Any]]:
    def started(
        chosen: Simulation, stop: Callable[[], bool] = lambda: False
    ) -> tuple[list[Any], list[dict[str, str]]]:
        monkeypatch.setattr(batch, "Publisher", Sent)
        file = tmp_path / "levels.csv"
        simulate_fast(Settings(), chosen, file, stop)
        with file.open(newline="") as lines:
            return publishers.pop().records, list(csv.DictReader(lines))

    return started


def expected(records: Iterable[Any]) -> list[dict[str, str]]:
    """Compute the levels by the definitions, from all events of each key."""
    counts: defaultdict[tuple[str, str], list[StockCount]] = defaultdict(list)
    moves: defaultdict[tuple[str, str], list[tuple[Event, int]]] = defaultdict(list)
    for event in first_deliveries(
        r for r in records if type(r) not in (Product, Store, ReplenishmentOrder)
    ):
        if isinstance(event, StockCount):
            counts[event.store_id, event.sku].append(event)
        for key, units in steps(event):
            moves[key].append((event, units))
    rows = []
    for key in sorted(counts.keys() | moves.keys()):
        anchor = max(counts[key], key=lambda c: (c.counted_at, c.event_id), default=None)
        since = anchor.counted_at if anchor else datetime.min.replace(tzinfo=UTC)

        def total(record_type: type[Record], key: tuple[str, str] = key, sign: int = 0) -> int:
            return sum(
                units
                for event, units in moves[key]
                if type(event) is record_type and (sign == 0 or units * sign > 0)
            )

        row = {
            "store_id": key[0],
            "sku": key[1],
            "on_hand": (anchor.quantity if anchor else 0)
            + sum(units for event, units in moves[key] if when(event) > since),
            "sold": -total(Transaction, sign=-1),
            "returned": total(Transaction, sign=1),
            "received": total(Shipment),
            "version": len(counts[key]) + len(moves[key]),
            "last_movement_at": stamp(
                max(when(event) for event in [*counts[key], *(event for event, _ in moves[key])])
            ),
            "adjusted": total(Adjustment),
            "transferred_in": total(Transfer, sign=1),
            "transferred_out": -total(Transfer, sign=-1),
            "counted_at": stamp(anchor.counted_at) if anchor else "",
        }
        rows.append({name: str(value) for name, value in row.items()})
    return rows


def stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"


@pytest.mark.parametrize("seed", range(4))
def test_the_oracle_follows_the_definitions(run: Callable[..., tuple[Any, Any]], seed: int) -> None:
    behaviour = replace(FAULTY, counts=0.08, late=0.2, duplicates=0.2, clock_skew=30)
    records, rows = run(simulation(behaviour, seed, events=5_000))
    assert rows == expected(records)
    events = first_deliveries(records[len(list(CHAIN.facts)) :])
    lost = [leg for leg in of(Transfer, events) if leg.phase == "lost"]
    without_stock = len(of(ReplenishmentOrder, events)) + len(lost)
    assert sum(int(row["version"]) for row in rows) == len(events) - without_stock
    # Not vacuous: counts tie with counts and with movements, and late events lie before a count.
    counts = of(StockCount, events)
    moments = Counter((*count.key(), count.counted_at) for count in counts)
    assert max(moments.values()) == 2
    at = {(key, when(event)) for event in events for key, _ in steps(event)}
    assert any((count.key(), count.counted_at) in at for count in counts)
    assert any(row["counted_at"] for row in rows)


def test_a_history_that_is_stopped_writes_the_levels_of_the_sent_events(
    run: Callable[..., tuple[Any, Any]],
) -> None:
    records, rows = run(simulation(), stop=lambda: True)
    assert len(records) == batch.CHECK_EVERY
    assert rows == expected(records)


@settings(max_examples=30)
@given(st.randoms(use_true_random=False))
def test_the_oracle_does_not_depend_on_the_order(shuffle: Any) -> None:
    events = first_deliveries(s.event for s in bounded(simulation(seed=3, events=600)))
    kept, shuffled = ExpectedLevels(), ExpectedLevels()
    for event in events:
        kept.add(event)
    shuffle.shuffle(events)
    for event in events:
        shuffled.add(event)
    assert list(kept.levels()) == list(shuffled.levels())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--speed", "max"], "--speed max needs an end: add --events"),
        (["--oracle", "levels.csv"], "add --speed max"),
        (
            ["--speed", "max", "--events", "9", "--oracle", "no/such/folder/x.csv"],
            "cannot be written",
        ),
    ],
)
def test_options_that_do_not_fit_are_named(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["simulate", *arguments])
    assert result.exit_code == 1
    assert message in result.output


def test_a_history_of_half_a_million_takes_about_a_day_from_yesterday(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chosen: list[Simulation] = []
    monkeypatch.setattr(
        "producers.simulator.command.simulate_fast",
        lambda _s, simulation, *_: chosen.append(simulation),
    )
    result = CliRunner().invoke(main, ["simulate", "--speed", "max", "--events", "50000"])
    assert result.exit_code == 0, result.output
    (simulation,) = chosen
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert simulation.start == midnight - timedelta(days=1)
    assert simulation.behaviour.late_seconds == timedelta(days=1).total_seconds()
    last = max(sending.seconds for sending in bounded(simulation))
    assert 0.8 < last / timedelta(days=1).total_seconds() < 1.05


@pytest.mark.parametrize(("days", "warned"), [(6, False), (8, True)])
def test_a_history_beyond_the_dedup_horizon_is_warned_of(
    run: Callable[..., tuple[Any, Any]],
    capsys: pytest.CaptureFixture[str],
    days: int,
    warned: bool,
) -> None:
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    run(replace(simulation(events=10), start=midnight - timedelta(days=days)))
    assert ("is before the dedup horizon of 7 days" in capsys.readouterr().err) is warned
