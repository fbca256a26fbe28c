"""Two random limits of one field: the findings against the values that validate() accepts.

The oracle is the generated dataclass of each version, which gate and readers run. It judges every
short text of a few characters, words that match a pattern, and the numbers at each limit.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from contracts.compatibility.contract_rules import findings
from tests.support.limited_contract import contract, patterns, validator

PAIRS = min(settings().max_examples // 2, 5_000)
"""5,000 by night."""
TIGHTENED = {"limit-tightened", "value-removed"}
LOOSENED = {"limit-loosened", "value-added"}
SHORT = ["".join(each) for size in range(6) for each in product("ab1 ", repeat=size)]
ODD = [
    "\u200b",
    "a\u200b",
    "\u212b",
    "\u0663",
    "\u00e9",
    "\u20ac",
    "\n",
    "a\nb",
    "\u00a0",
    "A",
    "-",
]


@st.composite
def text_limits(draw: st.DrawFn) -> dict[str, Any]:
    limits: dict[str, Any] = {}
    if draw(st.booleans()):
        limits["pattern"] = draw(patterns)
    shortest = draw(st.none() | st.integers(0, 4))
    longest = draw(st.none() | st.integers(shortest or 0, 7))
    limits |= {} if shortest is None else {"minLength": shortest}
    limits |= {} if longest is None else {"maxLength": longest}
    return limits | ({"identifier": True} if draw(st.booleans()) else {})


@st.composite
def number_limits(draw: st.DrawFn, bits: int) -> dict[str, Any]:
    near = st.integers(-3, 3) | st.sampled_from([-(2**bits), 2**bits - 1, -(2**bits) + 1])
    lowest, highest = sorted(draw(st.tuples(near, near)))
    limits = {} if draw(st.booleans()) else {"minimum": lowest}
    return limits if draw(st.booleans()) else limits | {"maximum": highest}


DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 3, "scale": 1}
KINDS: dict[str, tuple[Any, st.SearchStrategy[dict[str, Any]]]] = {
    "text": ("string", text_limits()),
    "int": ("int", number_limits(31)),
    "long": ("long", number_limits(63)),
    "decimal": (
        DECIMAL,
        st.just({}) | st.integers(-99, 99).map(lambda lowest: {"minimum": lowest}),
    ),
}


def sampled(kind: Any, pair: list[dict[str, Any]], data: st.DataObject) -> Iterator[object]:
    if kind == "string":
        yield from (*SHORT, *ODD, *("a" * size for size in range(6, 10)))
        for limits in pair:
            if "pattern" in limits:
                matching = st.from_regex(limits["pattern"], fullmatch=True)
                yield from data.draw(st.lists(matching, max_size=5))
        return
    bounds = {limit for limits in pair for limit in limits.values()} | {0, 2**31, 2**63, 100}
    near = {sign * bound + step for bound in bounds for sign in (1, -1) for step in (-1, 0, 1)}
    if kind == DECIMAL:
        yield from (each for n in near for each in (Decimal(n), Decimal(n) + Decimal("0.1")))
    else:
        yield from near


@settings(max_examples=PAIRS)
@given(st.sampled_from(["text", "text", "text", *KINDS]), st.data())
def test_a_limit_is_tightened_exactly_when_a_valid_value_is_refused(
    name: str, data: st.DataObject
) -> None:
    kind, limits = KINDS[name]
    pair = [data.draw(limits), data.draw(limits)]
    versions = [contract(kind, each) for each in pair]
    accepts = [validator(each) for each in versions]
    reported = {each.rule.id: each for each in findings(versions[1], versions[0])}
    assert "limit-undecided" not in reported
    values = list(sampled(kind, pair, data))
    directions = ((TIGHTENED, accepts[0], accepts[1]), (LOOSENED, accepts[1], accepts[0]))
    for rules, old, new in directions:
        named = [reported[rule] for rule in rules & reported.keys()]
        event(f"{name}: {len(named)} of {min(rules)}")
        for finding in named:
            value = Decimal(finding.value) if kind == DECIMAL else finding.value
            assert old(value), finding
            assert not new(value), finding
        if not named:
            assert [value for value in values if old(value) and not new(value)] == []
    assert bool(reported) == (pair[0] != pair[1])
