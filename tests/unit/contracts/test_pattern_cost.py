"""A pattern that a text can hold up is refused, and nothing that handles patterns hangs."""

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings

from contracts.__main__ import main
from contracts.compatibility.counterexample import counterexample
from contracts.limits import TextLimits
from contracts.pattern_cost import expected_of
from contracts.pattern_language import UndecidedError
from tests.support.contract_sandbox import ContractSandbox
from tests.support.limited_contract import contract, patterns, validator

SECONDS = 5
"""Far more than a match or comparison takes, also on a machine that is busy."""

EXPONENTIAL = [
    "(a+)+b", "(a*)*b", "(a|a)*b", "(a|ab|b)*c", r"(\w+ ?)+", "((a+)|(b+))+c", "(ab|a(b))*c",
    "a?" * 30 + "a" * 30, "(a?){50}a{50}", "((a?){10}){10}", "(a{0,50}){0,50}b",
    "(((a{1,9}){1,9}){1,9}){1,9}", "(((((a*)*)*)*)*)*", "(?=(a+)+b).*", "(?:x|(?!(a+)+b))*",
    "[ab]?" * 400, "(?i:(a+)+b)", r"(a+)+\1", "(a?){1000}a",
]  # fmt: skip


@pytest.mark.parametrize("pattern", EXPONENTIAL, ids=lambda pattern: pattern[:20])
def test_a_pattern_with_exponential_cost_is_refused(pattern: str) -> None:
    started = time.process_time()
    assert expected_of(pattern, None) is not None
    assert time.process_time() - started < SECONDS


POWER = [(".*.*b", 9_000), (".*foo.*", 10_000), ("(.*)(.*)(.*)(.*)(.*)x", 70)]


@pytest.mark.parametrize(("pattern", "longest"), POWER)
def test_a_pattern_whose_cost_is_a_power_of_the_length_needs_a_greatest_length(
    pattern: str, longest: int
) -> None:
    assert "maxLength of at most" in (expected_of(pattern, None) or "")
    assert "maxLength of at most" in (expected_of(pattern, 10 * longest) or "")
    assert expected_of(pattern, longest) is None


USUAL = [
    "[A-Z]{3}", "card|cash|cheque", "^[A-Z]+$", r"[^@ ]+@[^@ ]+", r".{1,64}@.{1,255}",
    r"(\d{1,3}\.){3}\d{1,3}", "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", r"(\w+ )*\w+",
    r"\s*\S+(\s+\S+)*\s*", "[A-Z0-9]([A-Z0-9-]*[A-Z0-9])?", "(?=E)[A-Z]{3}", "(?i)abc",
    "a{1000000}", "[a-z]{1,40}[a-z]{1,40}", "(a{1,3}){1,3}",
    "|".join(f"word{each}" for each in range(5_000)),
]  # fmt: skip


@pytest.mark.parametrize("pattern", USUAL, ids=lambda pattern: pattern[:20])
def test_a_usual_pattern_is_accepted(pattern: str) -> None:
    assert expected_of(pattern, None) is None


@pytest.mark.parametrize("pattern", ["(a+)+b", "a?" * 30 + "a" * 30])
def test_a_short_text_has_few_ways_to_match(pattern: str) -> None:
    assert expected_of(pattern, 10) is None
    assert expected_of(pattern, 40) is not None


@settings(max_examples=300)
@given(patterns.map(lambda pattern: f"(?:{pattern})+"))
def test_no_text_holds_up_a_pattern_that_is_accepted(pattern: str) -> None:
    if expected_of(pattern, 300) is None:
        compiled = re.compile(pattern)
        started = time.process_time()
        for character in "ab1 ":
            compiled.fullmatch(character * 299 + "\n")
        assert time.process_time() - started < SECONDS


def with_pattern(folder: Path, pattern: str, **more: Any) -> ContractSandbox:
    sandbox = ContractSandbox(folder)
    extra = {"name": "note", "type": ["null", "string"], "default": None, "doc": "A note."}
    sandbox.edit(lambda document: document["fields"].append(extra | {"pattern": pattern} | more))
    return sandbox


def test_check_names_field_line_and_text(tmp_path: Path) -> None:
    sandbox = ContractSandbox(tmp_path)
    sandbox.release()
    with_pattern(tmp_path, "(a+)+b")
    result = CliRunner().invoke(main, ["check", "--schemas", str(tmp_path)])
    assert result.exit_code == 2
    assert "transaction.avsc: field note: pattern: expected a regular expression" in result.stderr
    assert "'aaaaaaaaaaaaaaaaaaaa'" in result.stderr


def test_a_default_is_not_matched_with_a_pattern_that_it_holds_up(tmp_path: Path) -> None:
    extra = {"type": "string", "default": "a" * 60}
    with_pattern(tmp_path, "(a+)+b", **extra)
    result = CliRunner().invoke(main, ["check", "--schemas", str(tmp_path)])
    assert result.exit_code == 2
    assert "field note: pattern" in result.stderr


def test_a_text_that_is_too_long_is_not_matched() -> None:
    accepts = validator(contract("string", {"pattern": "(a+)+b", "maxLength": 10}))
    assert accepts("aab")
    started = time.process_time()
    assert not accepts("a" * 28)
    assert time.process_time() - started < 1


COMPARED = [
    "[a-z]?" * 180, "".join(f"[{each}-z]?" for each in "abcdefghijklmnop" * 10),
    "(" * 30 + "a" + "?b?)*" * 30, "(?:" * 80 + "a" + ")*" * 80, "((a?){50}){50}",
    "(([a-m]*[c-z]*){0,30}){0,30}", "[ab]*a[ab]{14}", "(a+)+b",
]  # fmt: skip


@pytest.mark.parametrize("pattern", COMPARED, ids=lambda pattern: pattern[:20])
def test_a_comparison_ends_in_time(pattern: str) -> None:
    started = time.process_time()
    for pair in ((pattern, "a*b?"), (f"{pattern}c", pattern)):
        with suppress(UndecidedError):
            counterexample(TextLimits(pair[0], shortest=40), TextLimits(pair[1]))
    assert time.process_time() - started < SECONDS


def test_a_released_pattern_that_would_hang_is_compared() -> None:
    old, new = TextLimits("(a+)+b", shortest=40), TextLimits("a+b")
    assert counterexample(old, new) is None
    assert counterexample(old, TextLimits("a+b", longest=39)) == "a" * 39 + "b"
