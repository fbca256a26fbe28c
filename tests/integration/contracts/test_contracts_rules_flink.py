"""A Flink table of the reader schema reads every pair that the pipeline's rules call safe."""

import json
import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contracts.compatibility.schema_check import is_safe, value_findings
from stack.runtime import Stack
from tests.support.avro_meaning import NoMeaningError
from tests.support.contract_pairs import Pair, pair
from tests.support.flink_table import FORMATS, FlinkTables
from tests.support.meant_records import meant
from tests.support.schema_values import NoValueError, encoded, value

pytestmark = pytest.mark.slow

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RECORD = {"type": "record", "name": "Event", "namespace": "test", "doc": "An event."}
DECIMAL = {"logicalType": "decimal", "precision": 10, "scale": 2}
NO_SCHEMA = 422
PATIENCE = 3
"""An example takes longer than in other tests: there are as many fewer."""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack.on_free_ports(["registry"]) as stack:
        requests.put(
            f"{stack.settings.registry_url}/config", json={"compatibility": "NONE"}, timeout=10
        )
        yield stack


@pytest.fixture(scope="module")
def flink(stack: Stack) -> FlinkTables:
    return FlinkTables(stack.settings.registry_url)


def registered(stack: Stack, writer: Any) -> bytes:
    """The header of a writer's records. Raises HTTPError for what the registry does not take."""
    url = f"{stack.settings.registry_url}/subjects/events-value/versions"
    answer = requests.post(url, json={"schema": json.dumps(writer)}, timeout=30)
    answer.raise_for_status()
    return struct.pack(">bI", 0, answer.json()["id"])


def safe_pair(chance: random.Random) -> Pair:
    while True:
        both = pair(chance)
        reader, writer = json.dumps(both.reader), json.dumps(both.writer)
        if both.reader != both.writer and is_safe(value_findings(reader, writer, "source")):
            return both


@settings(max_examples=settings().max_examples // PATIENCE)
@given(st.integers())
def test_what_is_judged_safe_is_read_by_a_flink_table_as_it_was_meant(
    stack: Stack, flink: FlinkTables, seed: int
) -> None:
    chance = random.Random(seed)
    both = safe_pair(chance)
    try:
        header = registered(stack, both.writer)
    except requests.HTTPError as error:
        assume(error.response.status_code != NO_SCHEMA)
        raise
    with flink.table(both.reader) as table:
        for _ in range(3):
            try:
                data = encoded(both.writer, value(both.writer, chance))
                expected = meant(both, data)
            except (NoValueError, NoMeaningError):
                continue
            row = {name: comparable(each) for name, each in expected.items()}
            assert [table.row(header + data, name) for name in FORMATS] == [row, row]


def test_a_value_that_no_column_takes_is_skipped_whatever_its_bytes(
    stack: Stack, flink: FlinkTables
) -> None:
    name = {"name": "event_id", "type": "string", "doc": "Identity."}
    beta = {"name": "beta", "type": {"type": "bytes", **DECIMAL}, "doc": "A field."}
    reader, writer = ({**RECORD, "fields": fields} for fields in ([name], [beta, name]))
    with flink.table(reader) as table:
        data = registered(stack, writer) + b"\0\2A"  # no bytes are no number
        assert [table.row(data, each) for each in FORMATS] == [{"event_id": "A"}] * len(FORMATS)


def comparable(meant: Any) -> Any:
    """A time as Flink's tables have it, milliseconds since 1970."""
    if isinstance(meant, datetime):
        since = meant - EPOCH
        return since.days * 86_400_000 + since.seconds * 1000 + since.microseconds // 1000
    return meant
