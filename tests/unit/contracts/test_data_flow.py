"""The declared data flow agrees with each participant's imports and calls, and with its ACLs."""

import ast
from pathlib import Path

import pytest

from codegen.generate import ROOT
from connect import kafka
from contracts.contract_file import load_all
from contracts.data_flow import (
    EVENTS,
    GATED,
    PARTICIPANTS,
    VIEWS,
    Participant,
    readers,
    writers,
)
from contracts.deployment import kafka_clients
from contracts.deployment.kafka_clients import READ, SERVICES, WRITE, stand_for
from gate.redrive import LOCK
from schemas import generated
from views.database.tables import TABLES

WRITER = "contracts.publisher"
READERS = (
    "views.reader",
    "audit.topic_records",
    "connect.record_consumer.RecordConsumer",
)
OWN_CLIENTS = ("gate",)
"""Participants that forward raw bytes, which no Publisher does."""
QUERYING = ("dashboard",)
"""Participants that also import the contracts of the rows that they query from the read model."""
CLIENTS = {"gate": ("gate", "quarantine", "redrive")}
"""Participants with several clients of Kafka."""


def modules(participant: Participant) -> dict[Path, ast.Module]:
    paths = sorted((ROOT / participant.folder).rglob("*.py"))
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def imports(module: ast.Module) -> set[tuple[str, str]]:
    """Return (module, name) of every import from a module."""
    return {
        (node.module or "", alias.name)
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def named(participant: Participant) -> set[str]:
    """Return the contracts whose dataclasses it imports, one by one, as EVENTS or GATED."""
    pairs = set().union(*map(imports, modules(participant).values()))
    return every({name for module, name in pairs if module.startswith("schemas.generated")})


def every(names: set[str] | frozenset[str]) -> set[str]:
    """Replace EVENTS and GATED by the names of their contracts."""
    lists = {EVENTS: generated.EVENTS, GATED: generated.GATED}
    meant = {each.__name__ for name in lists if name in names for each in lists[name]}
    return set(names) - {*lists, "AnyEvent", "SUCCESSIONS"} | meant


def uses(participant: Participant, client: str) -> bool:
    return any(
        f"{module}.{name}".startswith(client)
        for tree in modules(participant).values()
        for module, name in imports(tree)
    )


def given(participant: Participant, client: str) -> set[str]:
    """Return the contracts in the lists that it passes to its Publishers or TopicReaders."""
    names = set()
    for path, tree in modules(participant).items():
        lists = {
            target.id: node.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") == client:
                record_types = call.args[1]
                if isinstance(record_types, ast.Name):
                    record_types = lists[record_types.id]
                assert isinstance(record_types, ast.List), (path, ast.unparse(call))
                names |= {ast.unparse(each).removeprefix("*") for each in record_types.elts}
    return every(names)


@pytest.mark.parametrize(
    "participant", [each for each in PARTICIPANTS if each is not VIEWS], ids=lambda each: each.name
)
def test_a_participant_imports_the_contracts_that_it_is_declared_to_use(
    participant: Participant,
) -> None:
    rows = every(VIEWS.reads) if participant.name in QUERYING else set()
    assert named(participant) - rows == every(participant.writes | participant.reads)


def test_the_read_model_reads_the_topics_of_its_tables() -> None:
    assert every(VIEWS.reads) == {each.__name__ for each in TABLES}


@pytest.mark.parametrize(
    "participant",
    [each for each in PARTICIPANTS if each.name not in OWN_CLIENTS],
    ids=lambda each: each.name,
)
def test_a_participant_writes_and_reads_what_it_is_declared_to(participant: Participant) -> None:
    writes = uses(participant, WRITER)
    reads = any(uses(participant, reader) for reader in READERS)
    assert (bool(participant.writes), bool(participant.reads)) == (writes, reads)
    if writes and reads:
        # The imports do not show the direction; the arguments of the calls do.
        assert given(participant, "Publisher") == every(participant.writes)
        read = given(participant, "TopicReader") | given(participant, "earlier_events")
        assert read == every(participant.reads)


@pytest.mark.parametrize("name", OWN_CLIENTS)
def test_a_participant_with_its_own_clients_writes_and_reads(name: str) -> None:
    (one,) = (each for each in PARTICIPANTS if each.name == name)
    assert uses(one, "connect.kafka_producer.KafkaProducer") is bool(one.writes) is True
    assert uses(one, "confluent_kafka.Consumer") is bool(one.reads) is True


def test_everything_that_writes_or_reads_topics_is_declared() -> None:
    outside = {"benchmarks", "tests", ".venv", "codegen", "contracts", "connect"}
    for path in ROOT.rglob("*.py"):
        place = path.relative_to(ROOT)
        if place.parts[0] in outside:
            continue
        pairs = imports(ast.parse(path.read_text("utf-8")))
        clients = {f"{module}.{name}" for module, name in pairs}
        talks = any(client.startswith((WRITER, *READERS)) for client in clients)
        if talks and place.as_posix() not in ("producers/pacing.py",):
            assert any(place.is_relative_to(each.folder) for each in PARTICIPANTS), place


def test_only_the_contracts_of_this_tree_are_written_or_read() -> None:
    contracts = {contract.name for contract in load_all()}
    used = (each.writes | each.reads for each in PARTICIPANTS)
    assert contracts == every(frozenset().union(*used))


@pytest.mark.parametrize("participant", PARTICIPANTS, ids=lambda each: each.name)
def test_the_clients_of_a_participant_may_read_and_write_what_it_does(
    participant: Participant,
) -> None:
    clients = [each for each in SERVICES if each.name in CLIENTS.get(participant.name, ())]
    clients = clients or [each for each in SERVICES if each.name == participant.name]
    uses = [use for client in clients for use in client.uses]
    for contract in load_all():
        allowed = {use.operation for use in uses if stand_for(contract) & use.contracts}
        assert READ in allowed or participant not in readers(contract), contract.name
        assert WRITE in allowed or participant not in writers(contract), contract.name


def test_groups_and_transactional_id_are_those_of_the_services() -> None:
    assert kafka_clients.REDRIVE_ID == LOCK
    groups = [name for name in vars(kafka_clients) if name.endswith("_GROUP")]
    assert len(groups) == 3
    for name in groups:
        assert getattr(kafka_clients, name) == getattr(kafka, name)
