"""python -m tests.support.donation.checks STATE_FOLDER: run in a tree that has the new event."""

import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import strategies as st

from audit.levels import ExpectedLevels
from connect.settings import Settings
from gate.verdict import Limits, RecordValidator
from schemas import generated
from schemas.generated import EVENTS, InventoryLevel, LedgerEntry
from schemas.wire import HEADER, MAGIC, Encoder
from tests.support import examples, oracle
from tests.support.audit_examples import audit, placed
from tests.support.compare_with_oracle import LEVELS, differences, wrong_ledger
from tests.support.minicluster import MiniCluster

HISTORIES = 200
Donation: Any = generated.__dict__.get("Donation")


def donations() -> st.SearchStrategy[Any]:
    return st.builds(
        Donation,
        **examples.EVENT,
        store_id=examples.stores,
        sku=examples.skus,
        quantity=st.integers(1, 9),
        charity=st.none() | st.just("food bank"),
        donated_at=examples.times,
    )


def histories() -> list[list[oracle.Event]]:
    """Return random histories of donations, shipments and counts, with repeats."""
    events = st.lists(st.one_of(donations(), examples.shipments, examples.counts), min_size=1)

    @st.composite
    def history(draw: st.DrawFn) -> list[oracle.Event]:
        named = [replace(event, event_id=f"e{n}") for n, event in enumerate(draw(events)[:8])]
        return draw(st.permutations(named + draw(st.lists(st.sampled_from(named), max_size=3))))

    return examples.side_by_side(examples.examples_of(history())[:HISTORIES])


def check_job(random_histories: list[list[oracle.Event]], state: Path, folder: Path) -> None:
    """Levels and ledger of the job equal the oracle."""
    cluster = MiniCluster(Settings(state=state))
    try:
        assert not differences(cluster, folder / "levels", random_histories, LEVELS)[:1]
        assert not wrong_ledger(cluster, folder / "ledger", random_histories)[:1]
    finally:
        cluster.close()


def check_gate() -> None:
    """The gate accepts a valid donation and refuses one that breaks its contract."""
    schemas = [Donation.KEY_SCHEMA, Donation.SCHEMA]
    sent = datetime(2026, 3, 1, 12, tzinfo=UTC)
    hour = timedelta(hours=1)
    limits = Limits(horizon=timedelta(days=7), ahead=hour, count_ahead=hour, count_age=hour)
    validator = RecordValidator(Donation, 0, lambda schema_id: schemas[schema_id], limits)
    encoder = Encoder(lambda _, schema: schemas.index(schema))
    valid = Donation(
        event_id="e1",
        store_id="north",
        sku="milk",
        quantity=1,
        donated_at=sent,
        recorded_at=sent,
    )
    milliseconds = int(sent.timestamp() * 1000)
    future = sent + timedelta(days=1)
    for record, reason in (
        (valid, None),
        (replace(valid, quantity=0), "contract"),
        (replace(valid, donated_at=future), "time"),
    ):
        value = HEADER.pack(MAGIC, schemas.index(Donation.SCHEMA)) + record.to_avro()
        refusal = validator.refusal(encoder.key(record), value, milliseconds)
        assert (refusal and refusal.reason.value) == reason, refusal


def check_audit(history: list[oracle.Event]) -> None:
    """The audit expects the oracle's levels and ledger."""
    deliveries = placed([(event, 0) for event in history])
    expected = ExpectedLevels()
    for event in oracle.accepted(history):
        expected.add(event)
    levels = [
        InventoryLevel(store_id=store, sku=sku, **asdict(level))
        for (store, sku), level in sorted(oracle.levels(history).items())
    ]
    assert list(expected.levels()) == levels
    first = {delivery.event.event_id: delivery for delivery in reversed(deliveries)}
    ledger = [
        LedgerEntry(
            event_id=event_id,
            **asdict(entry),
            source_topic=first[event_id].event.TOPIC,
            source_partition=0,
            source_offset=first[event_id].offset,
        )
        for event_id, entry in oracle.ledger(history).items()
    ]
    report = audit(deliveries, [*levels, *ledger])
    assert {topic for topic, tally in report.tallies.items() if tally.wrong} <= {"open-orders"}
    assert report.accounts[Donation.TOPIC].balances
    assert audit(deliveries, [*levels[:-1], *ledger]).tallies[InventoryLevel.TOPIC].wrong == 1


def main() -> None:
    assert Donation in EVENTS
    random_histories = histories()
    check_gate()
    for history in random_histories:
        check_audit(history)
    with TemporaryDirectory() as folder:
        check_job(random_histories, Path(sys.argv[1]), Path(folder))


if __name__ == "__main__":
    main()
