"""`gate quarantine list` and `show`: from the read model, and from Kafka when that is old."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from connect import registry
from gate import quarantine_commands
from gate.__main__ import main
from gate.redrive import Redriver
from schemas.clock import utc_now
from schemas.generated import QuarantinedRecord, Redrive
from schemas.record import Record
from tests.support.page_database import filled
from views.quarantine import Quarantine

START = datetime(2026, 5, 1, 8, tzinfo=UTC)
Run = Callable[..., Result]


def refused(offset: int, reason: str, minutes: int, topic: str = "shipments") -> QuarantinedRecord:
    return QuarantinedRecord(
        source_topic=topic,
        source_partition=0,
        source_offset=offset,
        reason=reason,
        sentence="why",
        quarantined_at=START + timedelta(minutes=minutes),
        raw_value=b"\0bytes\xff",
        complete=True,
    )


REDRIVEN = Redrive(
    source_topic="shipments",
    source_partition=0,
    source_offset=4,
    sent_partition=0,
    sent_offset=99,
    redriven_by="ann",
    redriven_at=START + timedelta(hours=2),
    repaired=False,
)
RECORDS: list[Record] = [
    refused(1, "time", 9),
    refused(2, "undecodable", 5),
    refused(3, "time", 7),
    refused(4, "time", 8),
    refused(10, "magic", 9, "transactions"),
    REDRIVEN,
]
ALL = """\
        2  time            shipments              2026-05-01 08:07:00 to 2026-05-01 08:09:00
        1  magic           transactions           2026-05-01 08:09:00 to 2026-05-01 08:09:00
        1  undecodable     shipments              2026-05-01 08:05:00 to 2026-05-01 08:05:00
2026-05-01 08:09:00  magic           transactions/0/10
2026-05-01 08:09:00  time            shipments/0/1
2026-05-01 08:07:00  time            shipments/0/3
4 records in quarantine, 1 redriven.
"""
OF_SHIPMENTS = """\
        2  time            shipments              2026-05-01 08:07:00 to 2026-05-01 08:09:00
2026-05-01 08:09:00  time            shipments/0/1
2026-05-01 08:07:00  time            shipments/0/3
2 records in quarantine, 1 redriven.
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command; the read model has read the records, Kafka has others if any."""
    monkeypatch.setenv("INVENTORY_STATE", str(tmp_path))

    def invoke(
        *arguments: str,
        read_at: datetime | None = None,
        in_kafka: Sequence[Record] | None = None,
        lost: int = 0,
    ) -> Result:
        if read_at is not None:
            filled(tmp_path, RECORDS, read_at).dispose()

        def read(_: object, complete: frozenset[object] = frozenset()) -> object:
            assert in_kafka is not None, "the quarantine was read from Kafka"
            content = Quarantine()
            for record in in_kafka:
                content.put(record)  # type: ignore[arg-type]
            refused_ones = [each for each in in_kafka if isinstance(each, QuarantinedRecord)]
            return content, {each.key(): each for each in refused_ones if each.key() in complete}

        monkeypatch.setattr(quarantine_commands, "read_quarantine", read)
        monkeypatch.setattr(quarantine_commands, "lost_entries", lambda _: lost)
        monkeypatch.setattr(registry, "client", lambda _: None)
        return CliRunner().invoke(main, ["quarantine", *arguments])

    return invoke


def test_the_read_model_is_listed_without_kafka(run: Run) -> None:
    result = run("list", "--limit", "3", read_at=utc_now())
    assert (result.exit_code, result.stdout, result.stderr) == (0, ALL, "")
    narrowed = run("list", "--reason", "time", "--topic", "shipments")
    assert narrowed.stdout == OF_SHIPMENTS


def test_one_record_is_called_a_record(run: Run) -> None:
    result = run("list", "--reason", "magic", read_at=utc_now())
    assert result.stdout.endswith("\n1 record in quarantine, 1 redriven.\n")


def test_kafka_is_listed_alike_when_the_read_model_has_stopped_and_why(run: Run) -> None:
    result = run("list", "--limit", "3", read_at=START, in_kafka=RECORDS)
    assert (result.exit_code, result.stdout) == (0, ALL)
    assert result.stderr == (
        "The read model has read nothing of quarantine since 2026-05-01 08:00:00 UTC. "
        "The quarantine is read from Kafka.\n"
    )
    narrowed = run("list", "--reason", "time", "--topic", "shipments", in_kafka=RECORDS)
    assert narrowed.stdout == OF_SHIPMENTS


def test_entries_that_the_topic_has_lost_are_named(run: Run) -> None:
    result = run("list", in_kafka=RECORDS, lost=1234)
    assert "The topic has lost its oldest entries, up to 1,234, redriven or not" in result.stderr


def test_without_a_read_model_none_is_made(run: Run, tmp_path: Path) -> None:
    result = run("list", in_kafka=RECORDS)
    assert result.stdout.endswith("4 records in quarantine, 1 redriven.\n")
    assert f"There is no read model in {tmp_path}. The quarantine is" in result.stderr
    assert not list(tmp_path.iterdir())


def test_a_record_is_shown_with_its_bytes_and_its_redrive(run: Run) -> None:
    result = run("show", "shipments/0/4", read_at=utc_now())
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("shipments/0/4: time\n")
    assert "redriven    2026-05-01 10:00:00+00:00 by ann, unchanged" in result.stdout
    assert b"\0bytes\xff".hex(" ") in result.stdout


def test_a_record_that_is_younger_than_the_read_model_is_shown_from_kafka(run: Run) -> None:
    result = run("show", "shipments/0/77", read_at=utc_now(), in_kafka=[refused(77, "key", 1)])
    assert result.stdout.startswith("shipments/0/77: key\n")
    missing = run("show", "shipments/0/78", in_kafka=[])
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert "shipments/0/78 is not in quarantine" in missing.stderr


@pytest.mark.parametrize("in_kafka", [False, True])
def test_the_redrive_of_a_former_topic_hides_no_record_of_the_one_made_anew(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, in_kafka: bool
) -> None:
    """Its offsets begin again with 0."""
    later = REDRIVEN.redriven_at + timedelta(days=1)
    anew = replace(refused(4, "key", 9), sent_at=later, quarantined_at=later)
    records = [*RECORDS, anew]
    if in_kafka:
        monkeypatch.setattr(quarantine_commands, "_say_source", lambda _: None)
        listed = run("list", "--reason", "key", in_kafka=records)
        shown = run("show", "shipments/0/4", in_kafka=records)
    else:
        filled(tmp_path, [each for each in records if each != RECORDS[3]], utc_now()).dispose()
        listed, shown = run("list", "--reason", "key"), run("show", "shipments/0/4")
    assert "  key             shipments/0/4" in listed.stdout
    assert "redriven" not in shown.stdout
    assert shown.stdout.startswith("shipments/0/4: key\n")


def test_the_records_of_a_reason_are_chosen_by_the_read_model(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen: list[str] = []

    def redrive(_: object, coordinates: Sequence[object], *__: object) -> list[Redrive]:
        chosen.extend(map(str, coordinates))
        return []

    monkeypatch.setattr(Redriver, "__init__", lambda *_: None)
    monkeypatch.setattr(Redriver, "redrive", redrive)
    assert run("redrive", "--reason", "time", read_at=utc_now()).exit_code == 0
    assert chosen == ["shipments/0/1", "shipments/0/3"]
    assert run("redrive", "--topic", "transactions").exit_code == 0
    assert chosen[2:] == ["transactions/0/10"]
