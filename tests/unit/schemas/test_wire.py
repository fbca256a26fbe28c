"""Encoding and decoding of records: exact, or refused with the field's name."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import BytesIO

import pytest
from fastavro import parse_schema, schemaless_writer
from hypothesis import given
from hypothesis import strategies as st

from contracts.contract_file import load_all
from schemas.generated import Product, Shipment, Transaction
from schemas.record import Record, records_of
from schemas.violations import ContractViolationError
from schemas.wire import DecodeError, Decoder
from tests.support.random_records import ENCODER, SALE, records


@given(st.one_of([records(contract) for contract in load_all()]))
def test_every_allowed_record_comes_back_as_it_was(record: Record) -> None:
    decoder = Decoder(type(record), lambda _: record.SCHEMA)
    assert decoder.value(ENCODER.value(record)) == record


@given(st.one_of([records(contract) for contract in load_all()]))
def test_bytes_are_those_that_fastavro_writes(record: Record) -> None:
    value, key = BytesIO(), BytesIO()
    schemaless_writer(value, parse_schema(json.loads(record.SCHEMA)), record.to_dict())
    fields = {name: record.to_dict()[name] for name in record.KEY}
    schemaless_writer(key, parse_schema(json.loads(record.KEY_SCHEMA)), fields)
    assert ENCODER.value(record)[5:] == value.getvalue()
    assert ENCODER.key(record)[5:] == key.getvalue()


@given(st.one_of([st.lists(records(contract), min_size=1) for contract in load_all()]))
def test_a_batch_has_the_bytes_of_its_records(batch: list[Record]) -> None:
    one_by_one = [(ENCODER.key(record), ENCODER.value(record)) for record in batch]
    assert list(ENCODER.batch(type(batch[0]), batch)) == one_by_one


def test_columns_fill_records_and_others_have_their_defaults() -> None:
    columns = {name: [value] * 2 for name, value in SALE.to_dict().items() if name != "unit_price"}
    assert records_of(Transaction, columns, 2) == [replace(SALE, unit_price=None)] * 2


def test_header_is_a_zero_byte_and_the_big_endian_schema_id() -> None:
    assert ENCODER.value(SALE)[:5] == b"\x00\x00\x00\x01\x02"
    assert ENCODER.key(SALE) == b"\x00\x00\x00\x01\x02" + b"\x0anorth" + b"\x08milk"


def test_another_zone_is_the_same_instant() -> None:
    zone = timezone(timedelta(hours=5, minutes=30))
    there = SALE.from_dict({**SALE.to_dict(), "occurred_at": SALE.occurred_at.astimezone(zone)})
    assert ENCODER.value(there) == ENCODER.value(SALE)


REFUSED: dict[str, list[object]] = {
    "quantity": [1_000_001, -1_000_001, 2**31, -(2**31) - 1, 1.7, True, "1", None],
    "line_no": [0, -1],
    "event_id": ["", "x" * 201, None, 7, "\ud800"],
    "store_id": [" ", " B1", "B1\t", "B\x001", "B\x1b[2J", "B\u200b1", "\ufeffB1", "a\u0308"],
    "sku": ["\xa07", "7\u3000", "4\u2028", "\u212b", "\u202e4", "4\n"],
    "currency": ["eur", "EURO", "", "EUR\n"],
    "line_amount": [
        Decimal("1.005"), Decimal("NaN"), Decimal("Infinity"), Decimal("1e10"), 1.5, 1, None,
    ],
    "unit_price": [Decimal("-0.01"), Decimal("100000000")],
    "occurred_at": [
        datetime(2026, 3, 1), datetime(2026, 3, 1, 0, 0, 0, 1, tzinfo=UTC), 0, None,
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, bad in REFUSED.items() for value in bad]
)
def test_a_value_that_breaks_the_contract_is_refused_by_name(field: str, value: object) -> None:
    bad = Transaction.from_dict({**SALE.to_dict(), field: value})
    with pytest.raises(ContractViolationError) as refused:
        ENCODER.value(bad)
    assert refused.value.field in (field, "text")


def test_every_cut_and_every_surplus_byte_is_refused() -> None:
    data = ENCODER.value(SALE)
    decoder = Decoder(Transaction, lambda _: Transaction.SCHEMA)
    for length in range(len(data)):
        with pytest.raises(DecodeError):
            decoder.value(data[:length])
    with pytest.raises(DecodeError, match="1 bytes are left over"):
        decoder.value(data + b"\x00")


def test_another_contract_s_record_is_refused() -> None:
    product = Product(
        sku="milk",
        name="Milk",
        category="Dairy",
        unit_price=Decimal("1.20"),
        reorder_point=5,
        order_up_to=20,
        lead_time=2,
    )
    decoder = Decoder(Shipment, lambda _: Product.SCHEMA)
    with pytest.raises(DecodeError, match=r"is inventory\.Product, not inventory\.Shipment"):
        decoder.value(ENCODER.value(product))


def test_decoding_goes_by_the_writer_s_schema() -> None:
    older = (
        '{"type": "record", "name": "Shipment", "namespace": "inventory", "fields": ['
        '{"name": "quantity", "type": "int"}, {"name": "event_id", "type": "string"},'
        '{"name": "store_id", "type": "string"}, {"name": "sku", "type": "string"},'
        '{"name": "occurred_at", "type": {"type": "long", "logicalType": "timestamp-millis"}},'
        '{"name": "recorded_at", "type": {"type": "long", "logicalType": "timestamp-millis"}}]}'
    )
    data = b"\x00\x00\x00\x00\x07" + b"\x06" + b"\x02e" + b"\x02s" + b"\x02k" + b"\x00" + b"\x00"
    shipment = Decoder(Shipment, {7: older}.__getitem__).value(data)
    assert (shipment.quantity, shipment.event_id, shipment.order_id) == (3, "e", None)
