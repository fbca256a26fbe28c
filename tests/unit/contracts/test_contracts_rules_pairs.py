"""Random pairs of schemas: the findings against the result of reading random values.

The oracle is fastavro's resolution of bytes that the tests encode themselves. It is not used
where it is known to differ: it reads an empty union, and goes by a type's name or alias without the
namespace, so that it takes one type for another where those agree.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from fastavro import parse_schema, schemaless_reader
from hypothesis import assume, given
from hypothesis import strategies as st

from contracts.compatibility.example import Chosen, NoFiniteValueError, example
from contracts.compatibility.resolution import Resolution
from contracts.compatibility.schema_check import avro_findings, is_safe, value_findings
from schemas.avro.parse import InvalidSchemaError, parse
from schemas.avro.schema import Schema
from tests.support.schema_pairs import Document, Pair, pair, pairs
from tests.support.schema_values import NoValueError, encoded, value

STRICT = ("default-missing", "enum-symbol-missing", "null-refused", "type-changed")


def valid(both: Pair) -> tuple[str, str]:
    """Return a pair of valid schemas as JSON."""
    schemas = json.dumps(both[0]), json.dumps(both[1])
    try:
        assert all(map(parse, schemas))
    except InvalidSchemaError:
        assume(False)
    return schemas


def bare(schema: Document) -> Document:
    """A schema without logical types, which resolution does not look at."""
    if isinstance(schema, list):
        return [bare(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        word: part if word == "default" else bare(part)
        for word, part in schema.items()
        if word != "logicalType"
    }


def types_in(schema: Schema, seen: set[Schema]) -> Iterator[Schema]:
    """The schema and every type within it, each once."""
    if schema in seen:
        return
    seen.add(schema)
    yield schema
    for inner in [*schema.parts, *(field.type for field in schema.fields)]:
        yield from types_in(inner, seen)


def known_to_differ(reader: str, writer: str) -> bool:
    """Return True if fastavro matches types by name that the specification keeps apart."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for text in (reader, writer):
        owners: dict[str, set[str]] = defaultdict(set)
        for schema in types_in(parse(text), set()):
            if schema.kind == "union" and not schema.parts:
                return True
            for name in (schema.name, *schema.aliases) if schema.name else ():
                kinds[name.rpartition(".")[2]].add(schema.kind)
                owners[name.rpartition(".")[2]].add(schema.name)
        if any(len(types) > 1 for types in owners.values()):
            return True
    return any(len(types) > 1 for types in kinds.values())


def read(data: bytes, reader: Document, writer: Document) -> Any:
    stream = BytesIO(data)
    result = schemaless_reader(stream, parse_schema(bare(writer)), parse_schema(bare(reader)))
    assert stream.tell() == len(data)
    return result


def chosen_as_pairs(datum: Any) -> Any:
    match datum:
        case Chosen():
            return datum.branch, chosen_as_pairs(datum.value)
        case dict():
            return {name: chosen_as_pairs(inner) for name, inner in datum.items()}
        case list():
            return [chosen_as_pairs(inner) for inner in datum]
    return datum


@given(pairs(), st.integers())
def test_every_value_of_the_writer_can_be_read_when_the_rules_say_so(both: Pair, seed: int) -> None:
    reader, writer = valid(both)
    assume(not known_to_differ(reader, writer))
    assume(not avro_findings(reader, writer))
    chance = random.Random(seed)
    for _ in range(5):
        try:
            datum = value(both[1], chance)
        except NoValueError:
            return
        read(encoded(both[1], datum), *both)


@given(pairs())
def test_the_example_of_a_finding_is_a_value_of_the_writer_that_cannot_be_read(both: Pair) -> None:
    reader, writer = valid(both)
    assume(not known_to_differ(reader, writer))
    findings = avro_findings(reader, writer)
    # Libraries resolve an ambiguous field in different ways: see the rule's effect.
    assume("field-ambiguous" not in {finding.rule.id for finding in findings})
    for finding in findings:
        try:
            datum = chosen_as_pairs(example(parse(writer), finding))
        except NoFiniteValueError:
            continue
        data = encoded(both[1], datum)
        schemaless_reader(BytesIO(data), parse_schema(bare(both[1])))
        if finding.rule.id in STRICT and "." not in finding.what:
            try:
                result = read(data, *both)
            except Exception:  # noqa: BLE001 - of many kinds
                continue
            raise AssertionError(f"{finding.what}: {datum} is read as {result}")


@given(pairs())
def test_there_is_a_finding_exactly_when_the_schemas_do_not_fit(both: Pair) -> None:
    reader, writer = valid(both)
    can_read = Resolution().can_read(parse(reader), parse(writer))
    assert can_read == (avro_findings(reader, writer) == [])


@given(pairs())
def test_what_the_pipeline_calls_safe_is_safe_by_avro_too(both: Pair) -> None:
    reader, writer = valid(both)
    if is_safe(value_findings(reader, writer)):
        assert avro_findings(reader, writer) == []


@given(st.integers())
def test_what_the_pipeline_calls_safe_means_the_same(seed: int) -> None:
    chance = random.Random(seed)
    both = safe_pair(chance)
    try:
        datum = value(both[1], chance)
    except NoValueError:
        return
    data = encoded(both[1], datum)
    written = schemaless_reader(BytesIO(data), parse_schema(bare(both[1])))
    assert_kept(read(data, *both), written)


def safe_pair(chance: random.Random) -> Pair:
    """The first random pair that the pipeline's rules find safe, and that is not one schema."""
    while True:
        reader, writer = pair(chance)
        try:
            if reader != writer and is_safe(value_findings(json.dumps(reader), json.dumps(writer))):
                return reader, writer
        except InvalidSchemaError:
            continue


def assert_kept(result: Any, written: Any) -> None:
    """Whatever both sides know is the same, in value and in type."""
    assert type(result) is type(written)
    if isinstance(result, dict):
        for name in result.keys() & written.keys():
            assert_kept(result[name], written[name])
    elif isinstance(result, list):
        for mine, theirs in zip(result, written, strict=True):
            assert_kept(mine, theirs)
    else:
        assert result == written
