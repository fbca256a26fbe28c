"""Bytes that are no record, and schemas that do not fit the contract, raise one type of error."""

import json
import time
from typing import Any

import pytest

from connect.errors import UserError
from schemas.violations import ContractViolationError
from schemas.wire import DecodeError, Decoder
from tests.support.avro_meaning import Document
from tests.support.contract_pairs import MILLIS, dataclass_of, decimal

ID = {"name": "event_id", "type": "string", "doc": "Identity."}
TYPES = {
    "whole": "int",
    "big": "long",
    "truth": "boolean",
    "words": "string",
    "money": decimal(10, 2),
    "moment": MILLIS,
    "maybe": ["null", "int"],
}


def contract(name: str, **more: Any) -> tuple[Any, Document]:
    """Return the dataclass and schema of a contract with a field of TYPES after its event_id."""
    null = {"default": None} if name == "maybe" else {}
    field = {"name": name, "type": TYPES[name], "doc": "A field.", **null, **more}
    return dataclass_of([ID, field])


def written(field: Document, name: str = "removed") -> str:
    """Return a writer's schema with a field of a type after the event_id."""
    fields = [ID, {"name": name, "type": field}]
    return json.dumps({"type": "record", "name": "Event", "namespace": "test", "fields": fields})


ONLY_ID = dataclass_of([ID])[0]


def refused(kind: Any, text: str, data: bytes) -> str:
    with pytest.raises(DecodeError) as error:
        Decoder(kind, lambda _: text).value(b"\0\0\0\0\7" + b"\2x" + data)
    return str(error.value)


MALFORMED = {
    "int of 32 bits and one": ("whole", b"\x80\x80\x80\x80\x10"),
    "int of 33 bits, negative": ("whole", b"\x81\x80\x80\x80\x10"),
    "int of six bytes, which Java does not read": ("whole", b"\x82\x80\x80\x80\x80\x00"),
    "branch in six bytes": ("maybe", b"\x80\x80\x80\x80\x80\x00"),
    "decimal of no bytes, which Java does not read": ("money", b"\0"),
    "int of eleven bytes": ("whole", b"\x80" * 10 + b"\0"),
    "long of eleven bytes": ("big", b"\x80" * 10 + b"\0"),
    "long of 65 bits": ("big", b"\xff" * 9 + b"\2"),
    "long without an end": ("big", b"\xff" * 30),
    "boolean of 2": ("truth", b"\2"),
    "boolean of 255": ("truth", b"\xff"),
    "text of a negative length": ("words", b"\1"),
    "text of the least length": ("words", b"\xff" * 9 + b"\1"),
    "text of 2^62 bytes": ("words", b"\x80" * 8 + b"\x80\1ab"),
    "text of one byte too many": ("words", b"\6ab"),
    "text that is no UTF-8": ("words", b"\4\xc3\x28"),
    "text that is a surrogate": ("words", b"\6\xed\xa0\x80"),
    "decimal of a negative length": ("money", b"\3"),
    "decimal of 2^62 bytes": ("money", b"\x80" * 8 + b"\x80\1ab"),
    "decimal of 39 digits": ("money", b"\x20" + (10**38).to_bytes(16, "big")),
    "decimal of 120 digits": ("money", b"\x68" + b"\x11" * 52),
    "time after the year 9999": ("moment", b"\x80\xb0\x8e\xd2\xdc\xba\xfb\x0e"),
    "greatest time": ("moment", b"\xfe" + b"\xff" * 8 + b"\1"),
    "least time": ("moment", b"\xff" * 9 + b"\1"),
    "branch 2": ("maybe", b"\4\0"),
    "branch -1": ("maybe", b"\1\0"),
    "nothing": ("whole", b""),
    "a byte too many": ("whole", b"\0\0"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_malformed_bytes_are_refused(what: str) -> None:
    name, data = MALFORMED[what]
    kind, schema = contract(name)
    assert refused(kind, json.dumps(schema), data)


def test_a_length_never_leads_back() -> None:
    fields = [ID, *({"name": n, "type": TYPES[n], "doc": "A field."} for n in ("money", "truth"))]
    kind, schema = dataclass_of(fields)
    assert "money: a length of -1" in refused(kind, json.dumps(schema), b"\1")


def test_a_decimal_that_names_no_scale_has_none() -> None:
    kind, schema = contract("money", type=decimal(10, 0))
    text = json.dumps(schema).replace(', "scale": 0', "")
    assert "scale" not in text
    record = Decoder(kind, lambda _: text).value(b"\0\0\0\0\7\2x\2\7")
    assert record.money == 7


@pytest.mark.parametrize(
    ("name", "data", "value"),
    [
        ("big", b"\x80\x00", 0),
        ("whole", b"\x82\x80\x80\x80\x00", 1),
        ("big", b"\x82\x80\x80\x80\x80\x80\x80\x80\x80\x00", 1),
        ("words", b"\x84\x00ab", "ab"),
        ("money", b"\x80\x02" + b"\xff" * 128, -1),
    ],
)
def test_what_is_longer_than_need_be_is_read_all_the_same(
    name: str, data: bytes, value: Any
) -> None:
    kind, schema = contract(name)
    record = Decoder(kind, lambda _: json.dumps(schema)).value(b"\0\0\0\0\7\2x" + data)
    assert getattr(record, name) * (100 if name == "money" else 1) == value


NODE = {"type": "record", "name": "Node", "fields": [{"name": "next", "type": ["null", "Node"]}]}
LOOP = {"type": "record", "name": "Loop", "fields": [{"name": "next", "type": "Loop"}]}
SYMBOLS = {"type": "enum", "name": "Symbols", "symbols": ["A", "B"]}
MANY = b"\x80" * 8 + b"\x20"  # 2^60
BAD_SKIPPED: dict[str, tuple[Document, bytes]] = {
    "array of 2^60 nulls": ({"type": "array", "items": "null"}, MANY + b"\0"),
    "array of 2^60 doubles": ({"type": "array", "items": "double"}, MANY),
    "array of 2^31 - 1 doubles": (
        {"type": "array", "items": "double"},
        b"\xfe\xff\xff\xff\x0f" + b"\0" * 8,
    ),
    "array of 2^31 - 1 doubles in a record": (
        {"type": "array", "items": {**NODE, "fields": [{"name": "d", "type": "double"}]}},
        b"\xfe\xff\xff\xff\x0f" + b"\0" * 8,
    ),
    "block of another size": ({"type": "array", "items": "int"}, b"\1\6\2\0"),
    "block of a negative size": ({"type": "array", "items": "int"}, b"\1\1\2\0"),
    "array without an end": ({"type": "array", "items": "int"}, b"\2\2"),
    "map with a key that is no UTF-8": ({"type": "map", "values": "int"}, b"\2\2\xff\2\0"),
    "symbol 2": (SYMBOLS, b"\4"),
    "symbol -1": (SYMBOLS, b"\1"),
    "branch -1": (["null", "int"], b"\1\2"),
    "fixed cut short": ({"type": "fixed", "name": "Two", "size": 2}, b"\0"),
    "fixed of 2^40": ({"type": "fixed", "name": "Huge", "size": 2**40}, b"\0"),
    "double cut short": ("double", b"\0" * 7),
    "float cut short": ("float", b"\0" * 3),
    "bytes cut short": ("bytes", b"\4\0"),
    "text that is no UTF-8": ("string", b"\2\xff"),
    "boolean of 2": ("boolean", b"\2"),
    "int of 33 bits": ("int", b"\x80\x80\x80\x80\x10"),
    "record in a record without an end": (NODE, b"\2" * 5000),
    "record that always holds itself": (LOOP, b"\0" * 50),
    "union without branches": ([], b"\0"),
}


@pytest.mark.parametrize("what", BAD_SKIPPED)
def test_what_the_contract_does_not_have_is_checked_too(what: str) -> None:
    kind, data = BAD_SKIPPED[what]
    start = time.perf_counter()
    assert refused(ONLY_ID, written(kind), data)
    assert time.perf_counter() - start < 1


GOOD_SKIPPED: dict[str, tuple[Document, bytes]] = {
    "2^31 - 1 nulls": ({"type": "array", "items": "null"}, b"\xfe\xff\xff\xff\x0f\0"),
    "nulls": ({"type": "array", "items": "null"}, b"\6\0"),
    "doubles, one of them no number": ("double", b"\0" * 6 + b"\xf8\x7f"),
    "blocks with and without a size": ({"type": "array", "items": "int"}, b"\1\2\2\2\4\0"),
    "map": ({"type": "map", "values": ["null", "long"]}, b"\4\2a\0\2b\2\4\0"),
    "list of records": (NODE, b"\2\2\0"),
    "symbol": (SYMBOLS, b"\2"),
    "fixed": ({"type": "fixed", "name": "Two", "size": 2}, b"ab"),
    "record of its own kind": (["null", "Event"], b"\2\2x\0"),
    "type in a type": ({"type": {"type": "long"}}, b"\2"),
}


@pytest.mark.parametrize("what", GOOD_SKIPPED)
def test_what_the_contract_does_not_have_is_skipped(what: str) -> None:
    kind, data = GOOD_SKIPPED[what]
    decoder: Decoder[Any] = Decoder(ONLY_ID, lambda _: written(kind))
    start = time.perf_counter()
    assert decoder.value(b"\0\0\0\0\7\2x" + data).event_id == "x"
    assert time.perf_counter() - start < 1


def test_a_schema_of_records_in_records_takes_no_more_time_than_there_are_bytes() -> None:
    nested: Document = "null"
    for depth in range(40):
        twice = [{"name": "a", "type": nested}, {"name": "b", "type": f"R{depth - 1}"}]
        fields = twice if depth else twice[:1]
        nested = {"type": "record", "name": f"R{depth}", "fields": fields}
    decoder: Decoder[Any] = Decoder(ONLY_ID, lambda _: written(nested))
    start = time.perf_counter()
    assert decoder.value(b"\0\0\0\0\7\2x").event_id == "x"
    assert time.perf_counter() - start < 1


def event(**more: Any) -> str:
    return json.dumps({"type": "record", "name": "Event", "namespace": "test", **more})


NO_SCHEMAS = {
    "nothing": "",
    "no JSON": "{",
    "Protobuf": 'syntax = "proto3"; message Event { string event_id = 1; }',
    "JSON Schema": '{"type": "object", "properties": {"event_id": {"type": "string"}}}',
    "a text": '"string"',
    "a number": "7",
    "a list": '["null", "string"]',
    "null": "null",
    "deep": "[" * 100_000,
    "deep in a record": written("int").replace('"int"', '{"type":' * 3000 + '"int"' + "}" * 3000),
    "an enum of the record's name": event(type="enum", symbols=["A"]),
    "a fixed of the record's name": event(type="fixed", size=1),
    "an array": '{"type": "array", "items": "string"}',
    "no fields": event(),
    "fields that are none": event(fields=[7]),
    "a field without a name": event(fields=[{"type": "string"}]),
    "a field without a type": event(fields=[{"name": "event_id"}]),
    "a field twice": event(fields=[ID, ID]),
    "no name": '{"type": "record", "fields": []}',
    "a name that is none": event(name=7, fields=[ID]),
    "another name": event(name="Other", fields=[ID]),
    "another namespace": event(namespace="other", fields=[ID]),
    "a reference to another schema": written("other.Money"),
    "a reference to a later type": written(["later", {**SYMBOLS, "name": "later"}]),
    "an unknown type": written({"type": "unheard-of"}),
    "an enum without symbols": written({"type": "enum", "name": "E"}),
    "an enum inside of the record's name": written({**SYMBOLS, "name": "Event"}),
    "a fixed of a negative size": written({"type": "fixed", "name": "F", "size": -1}),
    "a type that is a number": written(7),
    "a schema that says it was parsed": event(fields=[7], __fastavro_parsed__=True),
    "without what the contract needs": event(fields=[]),
    "another type": written("int").replace("string", "int"),
    "another meaning": event(
        fields=[{"name": "event_id", "type": {"type": "string", "logicalType": "uuid"}}]
    ),
}


@pytest.mark.parametrize("what", NO_SCHEMAS)
def test_a_schema_that_cannot_become_the_contract_is_refused_by_its_id(what: str) -> None:
    requested_ids = []

    def text_of(schema_id: int) -> str:
        requested_ids.append(schema_id)
        return NO_SCHEMAS[what]

    decoder: Decoder[Any] = Decoder(ONLY_ID, text_of)
    for _ in range(2):
        with pytest.raises(DecodeError, match="schema 7 "):
            decoder.value(b"\0\0\0\0\7\2x")
    assert requested_ids == [7]


@pytest.mark.parametrize(
    ("name", "default"),
    [("money", "\u0100"), ("money", "\u007f" * 20), ("moment", 2**62), ("moment", -(2**63))],
)
def test_a_default_that_is_no_value_is_refused_where_it_is_needed(name: str, default: Any) -> None:
    kind, schema = contract(name, default=default)
    assert "default" in refused(kind, json.dumps({**schema, "fields": [ID]}), b"")


def test_no_answer_of_the_registry_is_no_fault_of_the_bytes() -> None:
    answers: list[str | UserError] = [UserError("No answer."), written("int")]

    def text_of(_: int) -> str:
        answer = answers.pop(0)
        if isinstance(answer, UserError):
            raise answer
        return answer

    decoder: Decoder[Any] = Decoder(ONLY_ID, text_of)
    with pytest.raises(UserError):
        decoder.value(b"\0\0\0\0\7\2x\2")
    assert decoder.value(b"\0\0\0\0\7\2x\2").event_id == "x"
    assert not issubclass(DecodeError, (UserError, ContractViolationError))


ALPHA = {"name": "alpha", "type": "int", "doc": "A field."}
BETA = {"name": "beta", "type": "int", "doc": "A field.", "aliases": ["alpha"]}


def test_a_field_is_found_by_its_alias() -> None:
    kind, _ = dataclass_of([ID, BETA])
    decoder: Decoder[Any] = Decoder(kind, lambda _: written("int", "alpha"))
    assert decoder.value(b"\0\0\0\0\7\2x\6").beta == 3


def test_a_field_for_several_and_several_for_a_field_are_refused() -> None:
    kind, schema = dataclass_of([ID, BETA])
    both = json.dumps({**schema, "fields": [ID, ALPHA, {**ALPHA, "name": "beta"}]})
    assert "several fields for beta" in refused(kind, both, b"\2\2")
    kind, _ = dataclass_of([ID, ALPHA, BETA])
    assert "one field, alpha, for several" in refused(kind, written("int", "alpha"), b"\2")


def test_an_int_that_is_read_as_a_long_is_of_32_bits_all_the_same() -> None:
    kind, _ = contract("big")
    assert "32 bits" in refused(kind, written("int", "big"), b"\x80\x80\x80\x80\x10")
    decoder: Decoder[Any] = Decoder(kind, lambda _: written("int", "big"))
    assert decoder.value(b"\0\0\0\0\7\2x\1").big == -1
