"""Who writes and reads what is declared as the rooms' own code has it."""

import ast
from pathlib import Path

import pytest

from codegen.data_flow import ROOMS, Participant
from codegen.generate import ROOT
from contracts.contract import load_all

WRITER, READERS = "producers.publisher", ("views.reader", "audit.topic_records")
OWN_CLIENTS = ("gate",)
"""Rooms that hand on whatever bytes come, which no Publisher does."""


def modules(room: Participant) -> dict[Path, ast.Module]:
    paths = sorted((ROOT / room.folder).rglob("*.py"))
    return {path: ast.parse(path.read_text("utf-8")) for path in paths}


def imports(module: ast.Module) -> set[tuple[str, str]]:
    """(module, name) of every name that is imported from one."""
    return {
        (node.module or "", alias.name)
        for node in ast.walk(module)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def named(room: Participant) -> set[str]:
    """The contracts whose dataclasses a room imports."""
    found = set().union(*map(imports, modules(room).values()))
    return {name for module, name in found if module.startswith("schemas.generated")}


def uses(room: Participant, client: str) -> bool:
    return any(
        f"{module}.{name}".startswith(client)
        for tree in modules(room).values()
        for module, name in imports(tree)
    )


def given(room: Participant, client: str) -> set[str]:
    """The contracts that are given to a room's Publishers or TopicReaders, as lists of names."""
    found = set()
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
                kinds = call.args[1]
                kinds = lists[kinds.id] if isinstance(kinds, ast.Name) else kinds
                assert isinstance(kinds, ast.List), (path, ast.unparse(call))
                found |= {ast.unparse(kind) for kind in kinds.elts}
    return found


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_a_room_names_the_contracts_that_it_is_said_to_write_or_read(room: Participant) -> None:
    assert named(room) == room.writes | room.reads


@pytest.mark.parametrize(
    "room", [room for room in ROOMS if room.name not in OWN_CLIENTS], ids=lambda room: room.name
)
def test_a_room_writes_and_reads_what_it_is_said_to(room: Participant) -> None:
    writes, reads = uses(room, WRITER), any(uses(room, reader) for reader in READERS)
    assert (bool(room.writes), bool(room.reads)) == (writes, reads)
    if writes and reads:
        # Which of the contracts that it names go which way: its own calls say it.
        assert given(room, "Publisher") == room.writes
        assert given(room, "TopicReader") == room.reads


@pytest.mark.parametrize("name", OWN_CLIENTS)
def test_a_room_with_its_own_clients_writes_and_reads(name: str) -> None:
    (room,) = (room for room in ROOMS if room.name == name)
    assert uses(room, "confluent_kafka.Producer") is bool(room.writes) is True
    assert uses(room, "confluent_kafka.Consumer") is bool(room.reads) is True


def test_no_room_that_writes_or_reads_topics_is_left_out() -> None:
    outside = {"benchmarks", "tests", ".venv", "codegen", "contracts"}
    for path in ROOT.rglob("*.py"):
        place = path.relative_to(ROOT)
        if place.parts[0] in outside:
            continue
        found = imports(ast.parse(path.read_text("utf-8")))
        clients = {f"{module}.{name}" for module, name in found}
        talks = any(client.startswith((WRITER, *READERS)) for client in clients)
        if talks and place.as_posix() not in ("producers/pacing.py",):
            assert any(place.is_relative_to(room.folder) for room in ROOMS), place


def test_only_the_contracts_of_this_tree_are_written_or_read() -> None:
    contracts = {contract.name for contract in load_all()}
    assert contracts == set().union(*(room.writes | room.reads for room in ROOMS))
