"""Services, checkpoints, versions and refused messages in words, from answers made by hand."""

from datetime import UTC, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka.schema_registry.error import SchemaRegistryError
from sqlalchemy import create_engine, insert

from dashboard.pipeline.checkpoint_state import checkpoint_state
from dashboard.pipeline.contract_versions import contract_versions
from dashboard.pipeline.service_state import service_states
from dashboard.text.pipeline_words import (
    checkpoint_sentence,
    memory_sentence,
    service_row,
    version_row,
)
from dashboard.text.quantity import duration, rate, share, size
from dashboard.text.quarantine_example import example_sentences
from dashboard.text.quarantine_words import REASONS, reason_words
from gate.reasons import NOT_COUNTED, Reason
from schemas.generated import Redrive, Shipment, Transaction
from schemas.record import Record
from tests.support.pipeline_answers import AT, SECONDS, checkpoints, refused
from views.database.quarantine_rows import by_reason, newest
from views.database.tables import METADATA, TABLES


def service(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "pid": 0, "start": 0, "stop": 0, "statename": "STOPPED"} | more


def test_a_service_is_up_or_down_since_a_time_and_one_that_never_ran_is_not_shown() -> None:
    answer = [
        service("gate", pid=7, start=SECONDS, statename="RUNNING"),
        service("job", start=SECONDS - 60, stop=SECONDS, statename="EXITED"),
        service("jobmanager"),
    ]
    states = service_states(answer, {7: 310_000_000}.__getitem__)
    assert [service_row(state, UTC) for state in states] == [
        ("gate", "up", "2026-01-31 09:00", "310 MB"),
        ("job", "DOWN", "2026-01-31 09:00", "\u2013"),
    ]


def test_a_checkpoint_has_an_age_a_duration_and_a_size() -> None:
    state = checkpoint_state(checkpoints())
    sentence = checkpoint_sentence(state, AT + timedelta(seconds=12), UTC)
    assert sentence == "The newest was complete 12 s ago, took 0.4 s and has 1.2 GB."


@pytest.mark.parametrize(("after", "named"), [(5, True), (-5, False)])
def test_a_failed_checkpoint_is_named_until_the_next_complete_one(after: int, named: bool) -> None:
    failed = {"trigger_timestamp": (SECONDS + after) * 1000}
    state = checkpoint_state(checkpoints(failed=failed))
    assert ("has failed" in checkpoint_sentence(state, AT, UTC)) is named


def test_before_the_first_checkpoint_there_is_a_reason_and_no_zero() -> None:
    assert checkpoint_state({"latest": {"completed": None}}) is None
    assert checkpoint_sentence(None, AT, UTC) == "\u2013 No checkpoint is complete yet."


def test_little_memory_is_a_warning_before_it_runs_out() -> None:
    assert memory_sentence(4 * 10**9, 16 * 10**9) == "The machine has 4.0 GB of 16.0 GB left."
    assert "a service may be ended soon" in memory_sentence(10**9, 16 * 10**9)


class Registry:
    """Version 2 of shipments is used and 3 the newest; transactions are not registered."""

    def get_latest_version(self, subject: str) -> Any:
        if subject != "test.shipments-value":
            raise SchemaRegistryError(404, 40401, "no such subject")
        return SimpleNamespace(version=3)

    def lookup_schema(self, _: str, schema: Any) -> Any:
        assert schema.schema_str == Shipment.SCHEMA
        return SimpleNamespace(version=2)


def test_versions_in_use_are_compared_with_the_newest() -> None:
    registry: Any = Registry()
    versions = contract_versions(registry, (Shipment, Transaction), "test.")
    assert [version_row(each) for each in versions] == [
        ("shipments", "2", "the registry has version 3"),
        ("transactions", "\u2013", "this version is not registered: run `make schemas`"),
    ]


def test_refused_messages_are_counted_by_reason_without_those_that_were_sent_again() -> None:
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    records = [refused(n, "contract", n) for n in range(3)] + [refused(9, "magic", 9)]
    redriven = Redrive(
        source_topic="transactions",
        source_partition=2,
        source_offset=9,
        redriven_at=AT,
        redriven_by="x",
        repaired=False,
        sent_partition=0,
        sent_offset=1,
    )
    with engine.begin() as connection:
        everything: list[Record] = [*records, redriven]
        for record in everything:
            values = {field.name: getattr(record, field.name) for field in record.FIELDS}
            connection.execute(insert(TABLES[type(record)]).values(values))
        (count,) = by_reason(connection, AT + timedelta(seconds=1))
        assert (count.reason, count.count) == ("contract", 2)
        assert count.since == AT + timedelta(minutes=1)
        assert newest(connection, AT) == records[2]
        assert newest(connection, AT + timedelta(hours=1)) is None


def test_one_refused_message_is_described_in_full() -> None:
    fields = {"store_id": "S1", "quantity": 0, "occurred_at": AT, "reference": None}
    sentences = example_sentences(refused(7, "contract", 1), fields, UTC)
    assert sentences == [
        "The newest: a message of transactions, sent 2026-01-31 09:00, has a value that its "
        "contract does not allow. It was refused at 09:01:00 (UTC).",
        "In the contract's terms: quantity: expected at least 1, got 0.",
        "It says: store_id S1, quantity 0, occurred_at 2026-01-31 09:00, reference none.",
        "Look at it with `.venv/bin/python -m gate quarantine show transactions/2/7`; repaired, it "
        "is sent again with `redrive` in place of `show`.",
    ]


def test_every_reason_has_words_of_its_own() -> None:
    assert REASONS.keys() == {*Reason, *NOT_COUNTED}
    assert len(set(REASONS.values())) == len(REASONS)
    assert reason_words("new_one") == "new one"


def test_amounts_have_a_fitting_unit() -> None:
    assert [size(number) for number in (85_000, 310_000_000, 1_200_000_000, None)] == [
        "85 kB",
        "310 MB",
        "1.2 GB",
        "\u2013",
    ]
    assert [duration(timedelta(seconds=n)) for n in (0.0, 0.31, 45, 240, 10_800, 200_000)] == [
        "less than 0.1 s",
        "0.3 s",
        "45 s",
        "4 min",
        "3 h",
        "2 days",
    ]
    assert [rate(each) for each in (0.5, 1_234.4, 0, None)] == [
        "0.5/s",
        "1,234/s",
        "0/s",
        "\u2013",
    ]
    assert share(0.4) == "40 %"
