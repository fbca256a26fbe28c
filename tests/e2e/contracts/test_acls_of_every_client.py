"""With exactly the generated ACLs the pipeline works; each that is missing is one sentence.

A real broker with Kafka's own authorizer, which allows nothing else, a registry, gate, job, read
model and producers.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from time import sleep

import pytest
from confluent_kafka import Producer

from audit.audit_report import Outcome
from connect import kafka, registry
from connect.errors import UserError
from connect.kafka import GATE_GROUP, JOB_GROUP
from contracts.deployment.acls import grouped
from contracts.deployment.steps import CreateAcl
from contracts.publisher import Publisher
from dashboard.pipeline.topic_positions import readings
from flink import prerequisites
from schemas.generated import EVENTS, GATED, Shipment, StockCount
from schemas.wire import Encoder
from stack.health import group_works, job_runs, read_model_works
from tests.support.closed_kafka import PREFIX, ClosedKafka, closed_kafka, every_entry
from tests.support.patience import until
from tests.support.poisons import good

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SUPPLIED_SECONDS = 8
SERVICES = {"gate": "gate", "job": "flink.job", "views": "views"}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClosedKafka]:
    with closed_kafka(tmp_path_factory.mktemp("closed"), ["job"]) as there:
        there.allow(there.entries)
        applied = there.run("apply", "contracts", "apply")
        assert applied.returncode == 0, applied.stdout + applied.stderr
        yield there


def test_with_exactly_its_acls_each_client_does_its_work(
    closed: ClosedKafka, tmp_path: Path
) -> None:
    with ExitStack() as services:
        for client in ("gate", "job", "views"):
            services.enter_context(closed.running(client, SERVICES[client]))
        until(lambda: group_works(closed.settings("gate"), GATE_GROUP))
        job = closed.settings("job")
        until(lambda: job_runs(job))
        simulate = ("producers", "simulate", "--events=300", "--rate=200", "--stores=2", "--skus=9")
        _well(closed, "simulator", *simulate)
        until(lambda: read_model_works(closed.settings("views")))
        with closed.running("replenisher", "producers", "replenish"):
            sleep(SUPPLIED_SECONDS)
        _redrive(closed, tmp_path)
        _book(closed)
        _well(closed, "audit", "audit")
    assert "nothing to do" in closed.run("apply", "contracts", "plan").stdout


def _well(closed: ClosedKafka, client: str, *command: str) -> str:
    ended = closed.run(client, *command)
    assert ended.returncode == 0, f"{client}: {ended.stdout[-2000:]}{ended.stderr[-2000:]}"
    return ended.stdout


def _redrive(closed: ClosedKafka, folder: Path) -> None:
    """Send a bad record as a till does, list and show it, and send it again, repaired."""
    schemas = registry.client(closed.stack.settings)
    encoder = Encoder(lambda subject, text: registry.schema_id(schemas, PREFIX + subject, text))
    now = datetime.now(UTC)
    record = good(Shipment, now, "again")
    till = Producer(kafka.client_config(closed.settings("tills")))
    till.produce(PREFIX + Shipment.TOPIC, encoder.value(record)[:-1], encoder.key(record))
    assert till.flush(30) == 0
    listed = ("gate", "quarantine", "list", "--topic", PREFIX + Shipment.TOPIC)
    until(lambda: f"{PREFIX}shipments/" in closed.run("quarantine", *listed).stdout)
    line = next(
        word
        for word in closed.run("quarantine", *listed).stdout.split()
        if word.startswith(f"{PREFIX}shipments/")
    )
    fields = json.loads(_well(closed, "quarantine", "gate", "quarantine", "show", "--json", line))
    at = now.isoformat(timespec="milliseconds")
    repaired = folder / "repaired.json"
    repaired.write_text(json.dumps(fields | {"occurred_at": at, "recorded_at": at}))
    redrive = ("gate", "quarantine", "redrive", line, "--value", str(repaired))
    assert "was redriven as" in _well(closed, "redrive", *redrive)


def _book(closed: ClosedKafka) -> None:
    """Look at offsets and book a count as the dashboard does."""
    settings = closed.settings("dashboard")
    groups = {
        settings.prefixed(JOB_GROUP): [settings.topic_prefix + each.TOPIC for each in EVENTS],
        settings.prefixed(GATE_GROUP): [settings.prefixed(each.TOPIC) for each in GATED],
    }
    assert readings(kafka.admin(settings), groups)
    with Publisher(settings, [StockCount]) as publisher:
        publisher.send(good(StockCount, datetime.now(UTC), "booked"))


def rights(client: str) -> list[CreateAcl]:
    """Return one ACL of each group of equal ones of a client."""
    entries = [each for each in every_entry() if each.principal == f"User:{client}"]
    chosen = []
    for (_, kind, _, operations), names in grouped(entries):
        chosen += [
            each
            for each in entries
            if (each.resource_type, each.resource) == (kind, names[0])
            and each.operation in operations
        ]
    return chosen


COMMANDS = {
    "gate": ("gate",),
    "audit": ("audit", "--settle=1"),
    "quarantine": ("gate", "quarantine", "list"),
    "simulator": ("producers", "simulate", "--events=20", "--rate=100", "--stores=2", "--skus=3"),
    "apply": ("contracts", "apply"),
}
UNNOTICED = {
    ("apply", "Create", "topic"),
    ("apply", "Describe", "group"),
}
"""Rights that are needed for topics that are missing only."""
AUDIT_SEES = ("audit", "Describe", "topic")


@pytest.mark.parametrize(
    ("client", "entry"),
    [
        (client, entry)
        for client in COMMANDS
        for entry in rights(client)
        if (client, entry.operation, entry.resource_type) not in UNNOTICED
    ],
    ids=lambda each: each if isinstance(each, str) else f"{each.operation}-{each.resource}",
)
def test_a_missing_right_of_a_command_is_one_sentence_with_the_name(
    closed: ClosedKafka, client: str, entry: CreateAcl, tmp_path: Path
) -> None:
    with closed.without([entry]):
        ended = closed.run(client, *COMMANDS[client], state=tmp_path)
    output = ended.stdout + ended.stderr
    if (client, entry.operation, entry.resource_type) == AUDIT_SEES:
        # The audit checks all else.
        assert ended.returncode in (Outcome.DIFFERS, Outcome.NOT_RECOUNTED), output
        assert f"Not checked: whether {entry.resource} lost records" in output
    else:
        assert ended.returncode in (1, 2), output
        assert entry.resource in ended.stderr, output
    assert "Traceback" not in output


@pytest.mark.parametrize(
    "entry", rights("job"), ids=lambda each: f"{each.operation}-{each.resource}"
)
def test_a_missing_right_of_the_job_is_known_before_it_is_submitted(
    closed: ClosedKafka, entry: CreateAcl
) -> None:
    settings = closed.settings("job")
    prerequisites.require(settings, kafka.admin(settings))
    with closed.without([entry]), pytest.raises(UserError) as refused:
        prerequisites.require(settings, kafka.admin(settings))
    (sentence,) = refused.value.message.splitlines()
    assert f"Kafka does not allow this client {entry.operation} on" in sentence
    assert entry.resource in sentence
