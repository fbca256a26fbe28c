"""Records of every writer's schema are decoded as the specification defines.

The oracle (tests/support/avro_meaning.py) reads the same bytes by the specification alone.
"""

import json
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import compatibility
from contracts.contract import Contract, Field
from contracts.contract_file import load_all
from schemas import generated
from schemas.record import Record
from schemas.wire import DecodeError, Decoder
from tests.support.avro_meaning import Document, NoMeaningError, as_record, tree
from tests.support.contract_pairs import MILLIS, dataclass_of, decimal, pair
from tests.support.random_records import values
from tests.support.schema_values import NoValueError, encoded, value

HEADER = b"\0\0\0\0\7"
VERSIONS = [
    (contract, version) for contract in load_all() for version in compatibility.released(contract)
]


def decoder(record_type: type[Record], writer: Document) -> Decoder[Any]:
    text = json.dumps(writer)
    return Decoder(record_type, lambda _: text)


def outcome(record_type: type[Record], writer: Document, data: bytes) -> dict[str, Any] | None:
    """Return the decoder's fields of a record; None after DecodeError."""
    try:
        record: Record = decoder(record_type, writer).value(HEADER + data)
    except DecodeError:
        return None
    return record.to_dict()


def expected(reader: Document, writer: Document, data: bytes) -> dict[str, Any] | None:
    """Return the fields by the specification; None for bytes without a meaning."""
    try:
        return as_record(reader, writer, tree(data, writer))
    except NoMeaningError:
        return None


def typed(record: dict[str, Any] | None) -> Any:
    """Pair values with their types, as True equals 1, and times with their zone."""
    if record is None:
        return None
    return {
        name: (type(value), value, value.tzinfo if isinstance(value, datetime) else None)
        for name, value in record.items()
    }


def stored(field: Field, value: Any) -> Any:
    """Convert a value for the tests' encoder."""
    inner = value
    if isinstance(value, Decimal):
        unscaled = int(value * 10**field.type.scale)
        inner = unscaled.to_bytes(17, "big", signed=True)
    elif isinstance(value, datetime):
        inner = (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return (int(value is not None), inner) if field.nullable else inner


def damaged(data: bytes, chance: random.Random) -> bytes:
    """Change, cut, insert or move a few of the bytes."""
    made = bytearray(data)
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        at = chance.randint(0, len(made))
        match chance.randrange(5):
            case 0 if at < len(made):
                made[at] ^= 1 << chance.randrange(8)
            case 1:
                del made[at : at + chance.randint(1, 3)]
            case 2:
                made[at:at] = chance.choice(
                    [chance.randbytes(2), b"\x80" * chance.randint(1, 11), b"\xff" * 9 + b"\1"]
                )
            case 3:
                other = chance.randint(0, len(made))
                made[at:at] = made[other : other + chance.randint(1, 9)]
            case _:
                del made[at:]
    return bytes(made)


@given(st.sampled_from(VERSIONS), st.data())
def test_every_released_version_is_decoded_exactly_whole_or_damaged(
    versions: tuple[Contract, Contract], data: st.DataObject
) -> None:
    contract, version = versions
    record_type = getattr(generated, contract.name)
    reader, writer = json.loads(contract.schema), json.loads(version.schema)
    record = {field.name: data.draw(values(field)) for field in version.fields}
    given = {field.name: stored(field, record[field.name]) for field in version.fields}
    whole = encoded(writer, given)
    fields = outcome(record_type, writer, whole)
    assert fields is not None
    assert typed({name: fields[name] for name in record}) == typed(record)
    assert typed(fields) == typed(expected(reader, writer, whole))
    bad = damaged(whole, random.Random(data.draw(st.integers())))
    assert typed(outcome(record_type, writer, bad)) == typed(expected(reader, writer, bad))


@given(st.integers())
def test_every_writer_s_schema_is_resolved_as_the_specification_says(seed: int) -> None:
    chance = random.Random(seed)
    both = pair(chance)
    try:
        whole = encoded(both.writer, value(both.writer, chance))
    except NoValueError:
        return
    for data in (whole, damaged(whole, chance), damaged(whole, chance)):
        fields = outcome(both.record_type, both.writer, data)
        assert typed(fields) == typed(expected(both.reader, both.writer, data))


ADDED: list[tuple[Document, Any, Any]] = [
    (decimal(10, 2), "\u0000", Decimal("0.00")),
    (decimal(10, 2), "\u00ff\u0085", Decimal("-1.23")),
    (decimal(38, 38), "\u0001", Decimal("1e-38")),
    (MILLIS, 0, datetime(1970, 1, 1, tzinfo=UTC)),
    (MILLIS, 1_700_000_000_123, datetime(2023, 11, 14, 22, 13, 20, 123_000, tzinfo=UTC)),
    ("boolean", True, True),
    ("int", -7, -7),
    ("long", 2**40, 2**40),
    ("string", "é", "é"),
    (["null", decimal(10, 2)], None, None),
    (["null", MILLIS], None, None),
]


@pytest.mark.parametrize(("kind", "default", "value"), ADDED, ids=repr)
def test_a_field_that_the_writer_lacks_is_the_contract_s_default(
    kind: Document, default: Any, value: Any
) -> None:
    identity = {"name": "event_id", "type": "string", "doc": "Identity."}
    added = {"name": "added", "type": kind, "default": default, "doc": "Added."}
    made, reader = dataclass_of([added, identity])
    writer = {**reader, "fields": [identity]}
    assert typed(outcome(made, writer, b"\2x")) == typed({"added": value, "event_id": "x"})
