"""A message key is decoded as it was encoded, and bytes that are no key are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from schemas.generated import Product, QuarantinedRecord, SalesPerMinute
from schemas.record import Record
from schemas.wire import DecodeError, Decoder, Encoder
from tests.support.store_records import AT, level, order, product, sales, sold, transfer

RECORDS: list[Record] = [
    product("a"),
    level("a", 4),
    order("x", 1),
    transfer("t", 1),
    sales(AT.date(), 1),
    sold(0, 1),
    product("Gr\u00fc\u00dfe" * 30),
]
ENCODER = Encoder(lambda _subject, _schema: 7)


def decoder(record_type: type[Record]) -> Decoder[Record]:
    def no_schema(schema_id: int) -> str:
        raise AssertionError(schema_id)

    return Decoder(record_type, no_schema)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_every_key_is_decoded_as_it_was_encoded(record: Record) -> None:
    assert decoder(type(record)).key(ENCODER.key(record)) == record.key()


@given(some.binary(max_size=20))
def test_other_bytes_are_no_key(data: bytes) -> None:
    for record_type in (Product, SalesPerMinute, QuarantinedRecord):
        try:
            key = decoder(record_type).key(data)
        except DecodeError:
            continue
        assert len(key) == len(record_type.KEY)


def test_a_key_is_read_to_its_last_byte() -> None:
    key = b"\x00\x00\x00\x00\x07\x02a"
    assert decoder(Product).key(key) == ("a",)
    for wrong in (key[:-1], key + b"\x00", b"\x01" + key[1:], b""):
        with pytest.raises(DecodeError):
            decoder(Product).key(wrong)
