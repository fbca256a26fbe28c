"""Languages of patterns: what is compared, what is not, and in which time."""

import re
import time

import pytest

from contracts.compatibility.counterexample import counterexample
from contracts.limits import TextLimits
from contracts.pattern_language import UndecidedError, parse, values


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("[A-Z]{3}", "[A-Z]{2,4}"),
        ("a|b", "a|b|c"),
        ("[0-9]{4}", r"\d{4}"),
        ("[A-Za-z0-9_]+", r"\w+"),
        ("[^\n]*", "[^x]*|.*"),
        ("(ab)*", "[ab]*"),
        ("[A-Z]{2}[0-9]{1,64}", "[A-Z]{2}[0-9]{1,65}"),
        ("", "a*"),
        ("\u00e9+", "[\u00e0-\u00ff]+"),
        (r"[a-z]+\.[a-z]+", "[a-z.]+"),
    ],
)
def test_a_text_shows_which_pattern_is_wider(narrow: str, wide: str) -> None:
    assert counterexample(TextLimits(narrow), TextLimits(wide)) is None
    text = counterexample(TextLimits(wide), TextLimits(narrow))
    assert isinstance(text, str)
    assert re.fullmatch(wide, text)
    assert not re.fullmatch(narrow, text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("^[A-Z]{3}$", "[A-Z][A-Z][A-Z]"),
        ("a|b|c", "[a-c]"),
        ("(a*)*", "(a|aa)*"),
        ("(a?)*b", "a*b"),
        (r"\d+?", r"\d+"),
        (".*", "[^\n]*"),
        ("sale|sales", "sales?"),
        (r"(?P<name>x)y", "xy"),
    ],
)
def test_patterns_of_one_language_have_no_difference(one: str, other: str) -> None:
    for each in ((one, other), (other, one)):
        assert counterexample(TextLimits(each[0]), TextLimits(each[1])) is None


@pytest.mark.parametrize(
    "pattern",
    ["(?=a).*", "(?!a).*", r"(a)\1", "(?i)a", "(?s).", "a^b", r"\bab", "(?>a*)b", "a*+b",
     "(?i:a)b", "(a|b)*a(a|b){20}", "[a-z]{1,1000000}", "((a|b){1,30}){1,30}",
     r"[\u00e9\w]", "(" * 200 + "a" + ")" * 200],
)  # fmt: skip
def test_a_pattern_beyond_comparison_is_undecided_in_bounded_time(pattern: str) -> None:
    started = time.process_time()
    try:
        text = counterexample(TextLimits(pattern), TextLimits(f"(?:{pattern})|zz9{{3}}"))
    except UndecidedError:
        text = None
    assert text is None
    assert time.process_time() - started < 2


@pytest.mark.parametrize("pattern", ["(?=a).*", r"(a)\1", "a*+b", "(a|b)*a(a|b){20}"])
def test_an_undecided_pattern_is_never_equal_to_another(pattern: str) -> None:
    with pytest.raises(UndecidedError):
        counterexample(TextLimits(pattern), TextLimits(f"(?:{pattern})|"))


@pytest.mark.parametrize(
    ("pattern", "listed"),
    [
        ("damage|theft", {"damage", "theft"}),
        ("transfer_(in|out)", {"transfer_in", "transfer_out"}),
        ("[AB]", {"A", "B"}),
        ("EUR", {"EUR"}),
        ("sales?", {"sale", "sales"}),
        ("[A-Z]", set()),
        ("[A-Z]{3}", set()),
        ("a*", set()),
        ("(?=a)a", set()),
    ],
)
def test_a_pattern_that_lists_values_is_known(pattern: str, listed: set[str]) -> None:
    assert values(pattern) == listed


def test_lengths_and_patterns_are_compared_together() -> None:
    assert counterexample(TextLimits("[A-Z]*", 0, 3), TextLimits("[A-Z]{0,3}")) is None
    assert counterexample(TextLimits("[A-Z]{0,3}"), TextLimits(None, 0, 3)) is None
    assert counterexample(TextLimits("[A-Z]{0,4}"), TextLimits(None, 0, 3)) == "AAAA"
    assert counterexample(TextLimits(None, 1, 200), TextLimits(None, 1, 100)) == "A" * 101


def test_an_identifier_refuses_only_where_the_pattern_does_not() -> None:
    assert counterexample(TextLimits("[a-z]+"), TextLimits("[a-z]+", identifier=True)) is None
    for pattern in (None, "[a-z ]+", ".+", r"\w+"):
        text = counterexample(TextLimits(pattern), TextLimits(pattern, identifier=True))
        assert isinstance(text, str)
        assert TextLimits(pattern).allows(text)
        assert not TextLimits(identifier=True).allows(text)


def test_a_very_long_pattern_is_undecided_at_once() -> None:
    with pytest.raises(UndecidedError, match="more than 200 parts in a row"):
        parse("a" * 100_000)
