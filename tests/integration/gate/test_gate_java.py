"""Python and Flink read and write records alike, whatever was done to the bytes of one.

Flink reads and writes by the job's format and by its own.
"""

import json
import random
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from connect.registry import UnknownSchemaError
from contracts.contract_file import load_all
from schemas import generated
from schemas.generated import EVENTS
from schemas.record import Record
from schemas.wire import DecodeError, Decoder, Encoder
from stack.runtime import Stack
from tests.support.flink_table import FORMATS, FlinkTable, FlinkTables
from tests.support.gate_judges import NOW, SENT, FakeRegistry, judges
from tests.support.poisons import good, poisons
from tests.support.random_records import records

pytestmark = pytest.mark.slow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TABLES = [contract for contract in load_all() if contract.flink]
EDITS = min(100_000, 30 * settings().max_examples)


class RealRegistry(FakeRegistry):
    """Schemas as a real registry numbers them."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    def id_of(self, subject: str, text: str) -> int:
        if text not in self._ids:
            url = f"{self._url}/subjects/{subject or 'any'}/versions"
            answer = requests.post(url, json={"schema": text}, timeout=30)
            if answer.status_code == 422:
                return 1_000_000  # no schema of Java's: no schema has its id
            answer.raise_for_status()
            self._ids[text] = answer.json()["id"]
            self.schemas[self._ids[text]] = text
        return self._ids[text]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack.on_free_ports(["registry"]) as stack:
        url = f"{stack.settings.registry_url}/config"
        requests.put(url, json={"compatibility": "NONE"}, timeout=10)
        yield stack


@pytest.fixture(scope="module")
def tables(stack: Stack) -> dict[str, FlinkTable]:
    flink, made = FlinkTables(stack.settings.registry_url), {}
    for contract in TABLES:
        record_type = getattr(generated, contract.name)
        with flink.table(json.loads(record_type.SCHEMA), str(contract.flink)) as table:
            made[record_type.TOPIC] = table
    return made


def edited(value: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The bytes after some flips, cuts, insertions and splices."""
    data = bytearray(value)
    for _ in range(chance.choice([1, 1, 2, 3])):
        at = chance.randint(5 if chance.random() < 0.9 else 0, len(data)) if len(data) > 5 else 0
        match chance.choice(["flip", "set", "cut", "insert", "splice", "longer"]):
            case "flip" if at < len(data):
                data[at] ^= 1 << chance.randrange(8)
            case "set" if at < len(data):
                data[at] = chance.choice([0, 1, 2, 127, 128, 255])
            case "cut":
                del data[at : at + chance.randint(1, 8)]
            case "insert":
                data[at:at] = chance.randbytes(chance.randint(1, 8))
            case "splice":
                other = chance.choice(others)
                data[at:] = other[chance.randint(0, len(other)) :]
            case "longer" if at < len(data):
                data[at : at + 1] = bytes([data[at] | 128]) + b"\x80" * chance.randint(0, 9) + b"\0"
    return bytes(data)


def as_flink_has_it(record: Any) -> dict[str, Any]:
    """A record's fields, times in milliseconds since 1970."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {
        name: (each - EPOCH) // timedelta(milliseconds=1) if isinstance(each, datetime) else each
        for name, each in values.items()
    }


def test_flink_reads_an_accepted_record_as_the_gate_does(
    stack: Stack, tables: dict[str, FlinkTable]
) -> None:
    registry = RealRegistry(stack.settings.registry_url)
    encoder, gate = Encoder(registry.id_of), judges(registry=registry)
    decoders: dict[str, Any] = {event.TOPIC: Decoder(event, registry.text_of) for event in EVENTS}
    others = [p.value for p in poisons(registry.id_of, NOW) if p.value and len(p.value) < 1000]
    starts = [(event.TOPIC, encoder.value(good(event, NOW))) for event in EVENTS]
    others += [value for _, value in starts]
    chance, accepted = random.Random(6), 0
    for _ in range(EDITS):
        topic, start = chance.choice(starts)
        value = edited(start, others, chance)
        try:
            key = encoder.key(decoders[topic].value(value))
        except (DecodeError, UnknownSchemaError):
            key = b""
        if gate[topic].refusal(key, value, SENT) is None:
            accepted += 1
            expected = as_flink_has_it(decoders[topic].value(value))
            for name in FORMATS:
                assert tables[topic].row(value, name) == expected, (name, value)
    assert accepted > EDITS // 20


@given(record=st.one_of([records(contract) for contract in TABLES]))
def test_flink_writes_a_record_as_python_does(
    stack: Stack, tables: dict[str, FlinkTable], record: Record
) -> None:
    registry = RealRegistry(stack.settings.registry_url)
    value = Encoder(registry.id_of).value(record)
    table = tables[record.TOPIC]
    messages = [table.encoded(value, name) for name in FORMATS]
    assert messages[0] == messages[1]
    assert messages[0][5:] == value[5:]
    assert table.row(messages[0]) == as_flink_has_it(record)
