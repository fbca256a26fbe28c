"""The generated reader of a contract's own schema reads what the steps for any schema read."""

import json
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.contract_file import load_all
from schemas.generated import Transaction
from schemas.record import Record
from schemas.wire import HEADER, DecodeError, Decoder
from tests.support.random_records import ENCODER, SALE, records


def outcome(schema: str, record_type: type[Record], data: bytes) -> object:
    decoder = Decoder(record_type, lambda _: schema)
    with suppress(DecodeError):
        decoder.value(data)  # The first message of a schema is always read by steps.
    try:
        return decoder.value(data)
    except DecodeError as error:
        return type(error), str(error)


def written_otherwise(schema: str) -> str:
    """Return a schema of the same meaning that is another text: types stand in objects."""
    document: dict[str, Any] = json.loads(schema)
    for field in document["fields"]:
        if isinstance(field["type"], str):
            field["type"] = {"type": field["type"]}
    return json.dumps(document)


@given(st.data())
def test_bytes_that_were_changed_are_read_alike(data: st.DataObject) -> None:
    record = data.draw(st.one_of([records(contract) for contract in load_all()]))
    value = bytearray(ENCODER.value(record))
    places = st.integers(HEADER.size, len(value) - 1)
    for at in data.draw(st.lists(places, max_size=3)):
        value[at] = data.draw(st.integers(0, 255))
    changed = bytes(value[: data.draw(st.integers(HEADER.size, len(value)))])
    schema, record_type = type(record).SCHEMA, type(record)
    by_steps = outcome(written_otherwise(schema), record_type, changed)
    assert outcome(schema, record_type, changed) == by_steps


def test_branch_of_a_union_in_two_bytes_is_read_as_avro_defines_it() -> None:
    price = b"\x02\x02x"
    value = ENCODER.value(SALE)
    assert value.count(price) == 1
    assert outcome(SALE.SCHEMA, type(SALE), value.replace(price, b"\x82\x00" + price[1:])) == SALE


def test_the_contract_s_own_schema_is_read_by_the_generated_reader(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decoder, value = Decoder(Transaction, lambda _: Transaction.SCHEMA), ENCODER.value(SALE)
    assert decoder.value(value) == SALE
    other = replace(SALE, sku="bread")
    monkeypatch.setattr(Transaction, "from_avro", lambda data, _: (other, len(data)))
    assert decoder.value(value) == other
