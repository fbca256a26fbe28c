"""The declared data flow agrees with the imports and calls of each room."""

import ast
from pathlib import Path

import pytest

from codegen.data_flow import EVENTS, GATED, ROOMS, Participant
from codegen.generate import ROOT
from contracts.contract_file import load_all
from schemas import generated

WRITER = "contracts.publisher"
READERS = (
    "views.reader",
    "views.database.tables",  # the read model reads the topics for those that query it
    "audit.topic_records",
    "connect.record_consumer.RecordConsumer",
)
OWN_CLIENTS = ("gate",)
"""Rooms that forward raw bytes, which no Publisher does."""
CHOOSING = ("dashboard",)
"""Rooms that choose at run time what they read, and write other contracts."""


def modules(room: Participant) -> dict[Path, ast.Module]:
    paths = sorted((ROOT / room.folder).rglob("*.py"))
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def imports(module: ast.Module) -> set[tuple[str, str]]:
    """Return (module, name) of every import from a module."""
    return {
        (node.module or "", alias.name)
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def named(room: Participant) -> set[str]:
    """Return the contracts whose dataclasses a room imports, one by one, as EVENTS or GATED."""
    pairs = set().union(*map(imports, modules(room).values()))
    return every({name for module, name in pairs if module.startswith("schemas.generated")})


def every(names: set[str] | frozenset[str]) -> set[str]:
    """Replace EVENTS and GATED by the names of their contracts."""
    lists = {EVENTS: generated.EVENTS, GATED: generated.GATED}
    meant = {each.__name__ for name in lists if name in names for each in lists[name]}
    return set(names) - {*lists, "AnyEvent", "SUCCESSIONS"} | meant


def uses(room: Participant, client: str) -> bool:
    return any(
        f"{module}.{name}".startswith(client)
        for tree in modules(room).values()
        for module, name in imports(tree)
    )


def given(room: Participant, client: str) -> set[str]:
    """Return the contracts in the lists that a room passes to its Publishers or TopicReaders."""
    names = set()
    for path, tree in modules(room).items():
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


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_imports_the_contracts_that_it_is_declared_to_use(
    room: Participant,
) -> None:
    assert named(room) == every(room.writes | room.reads)


@pytest.mark.parametrize(
    "room", [room for room in ROOMS if room.name not in OWN_CLIENTS], ids=lambda room: room.name
)
def test_a_room_writes_and_reads_what_it_is_declared_to(room: Participant) -> None:
    writes, reads = uses(room, WRITER), any(uses(room, reader) for reader in READERS)
    assert (bool(room.writes), bool(room.reads)) == (writes, reads)
    if writes and reads:
        # The imports do not show the direction; the arguments of the calls do.
        assert given(room, "Publisher") == every(room.writes)
        if room.name in CHOOSING:
            assert named(room) - given(room, "Publisher") == every(room.reads)
            return
        assert given(room, "TopicReader") | given(room, "earlier_events") == every(room.reads)


@pytest.mark.parametrize("name", OWN_CLIENTS)
def test_a_room_with_its_own_clients_writes_and_reads(name: str) -> None:
    (room,) = (room for room in ROOMS if room.name == name)
    assert uses(room, "connect.kafka_producer.KafkaProducer") is bool(room.writes) is True
    assert uses(room, "confluent_kafka.Consumer") is bool(room.reads) is True


def test_every_room_that_writes_or_reads_topics_is_declared() -> None:
    # views/ reads for the rooms that import it.
    outside = {"benchmarks", "tests", ".venv", "codegen", "contracts", "connect", "views"}
    for path in ROOT.rglob("*.py"):
        place = path.relative_to(ROOT)
        if place.parts[0] in outside:
            continue
        pairs = imports(ast.parse(path.read_text("utf-8")))
        clients = {f"{module}.{name}" for module, name in pairs}
        talks = any(client.startswith((WRITER, *READERS)) for client in clients)
        if talks and place.as_posix() not in ("producers/pacing.py",):
            assert any(place.is_relative_to(room.folder) for room in ROOMS), place


def test_only_the_contracts_of_this_tree_are_written_or_read() -> None:
    contracts = {contract.name for contract in load_all()}
    assert contracts == every(frozenset().union(*(room.writes | room.reads for room in ROOMS)))
