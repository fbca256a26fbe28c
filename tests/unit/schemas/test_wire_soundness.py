"""Schemas judged safe are decoded as their writer meant; breaking ones have an example that the
decoder refuses.
"""

import json
import random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.compatibility.example import Chosen, NoFiniteValueError, example, printed
from contracts.compatibility.finding import Severity
from contracts.compatibility.schema_check import is_safe, value_findings
from schemas.avro.parse import parse
from schemas.wire import DecodeError, Decoder
from tests.support.avro_meaning import NoMeaningError
from tests.support.contract_pairs import Pair, pair
from tests.support.meant_records import meant
from tests.support.schema_values import NoValueError, encoded, value

HEADER = b"\0\0\0\0\7"
NOT_OF_PYTHON = ("flink-lacks-type", "flink-cannot-write-enum")


def plain(datum: Any) -> Any:
    """Convert an example to the values of the tests' encoder."""
    match datum:
        case Chosen():
            return datum.branch, plain(datum.value)
        case dict():
            return {name: plain(inner) for name, inner in datum.items()}
        case list():
            return [plain(inner) for inner in datum]
    return datum


def judged(both: Pair) -> list[Any]:
    return value_findings(json.dumps(both.reader), json.dumps(both.writer))


def decoded(both: Pair, data: bytes) -> dict[str, Any]:
    text = json.dumps(both.writer)
    decoder: Decoder[Any] = Decoder(both.record_type, lambda _: text)
    record: dict[str, Any] = decoder.value(HEADER + data).to_dict()
    return record


@given(st.integers())
def test_what_is_judged_safe_is_decoded_to_what_was_meant(seed: int) -> None:
    chance = random.Random(seed)
    both = pair(chance)
    while not is_safe(judged(both)):
        both = pair(chance)
    for _ in range(3):
        try:
            data = encoded(both.writer, value(both.writer, chance))
        except NoValueError:
            return
        try:
            expected = meant(both, data)
        except NoMeaningError:  # a time beyond Python's years
            continue
        record = decoded(both, data)
        assert record == expected
        assert [type(each) for each in record.values()] == [type(expected[name]) for name in record]


@given(st.integers())
def test_what_is_judged_breaking_has_an_example_that_breaks(seed: int) -> None:
    chance = random.Random(seed)
    both = pair(chance)
    breaking = [f for f in judged(both) if f.severity is Severity.BREAKING]
    for finding in breaking:
        try:
            datum = example(parse(json.dumps(both.writer)), finding)
        except NoFiniteValueError:
            try:
                value(both.writer, chance)
            except NoValueError:
                continue
            raise
        assert printed(datum)
        data = encoded(both.writer, plain(datum))
        if finding.rule.id in NOT_OF_PYTHON:
            continue
        try:
            record = decoded(both, data)
        except DecodeError:
            continue
        raise AssertionError(f"{finding.rule.id}: {printed(datum)} is read as {record}")
