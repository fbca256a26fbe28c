"""Time that a regular pattern takes on the worst text: some patterns would hang a reader.

Python tries the ways in which a text can be matched one after the other. Their number is counted
for the worst text of up to STEPS characters: it may grow exponentially, as for (a+)+b, or with a
power of the length, as for .*.*b.
"""

import math
import string
from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import lru_cache

from contracts.pattern_language import (
    Characters,
    Choice,
    Repeat,
    Sequence,
    is_optional,
    leaves,
    parse_loosely,
)

MOST_WAYS = 100_000_000
"""The largest number of ways: Python tries them in about a second."""
LARGEST = 1_000_000
"""The longest text, characters, of a record in a topic with Kafka's usual max.message.bytes."""
STEPS = 64
"""Characters of a tried text."""
BEAM = 6
"""The number of candidates of each length that are followed."""
MOST_WORK = 100_000
"""Steps after which the count ends; they take a few tenths of a second."""
CANDIDATES = string.ascii_letters + string.digits + string.punctuation + " \n\u00e9\u0663\u20ac"

Vector = Mapping[int, int]
"""Rest of the pattern -> number of ways to it."""


@lru_cache(maxsize=256)
def expected_of(pattern: str, longest: int | None) -> str | None:
    """Return the expected form of a pattern whose worst text takes too long; else None.

    longest: the largest number of characters of the text; None: no limit.
    """
    try:
        sequence = parse_loosely(pattern)
        length = min(_longest(sequence), LARGEST if longest is None else longest)
        tried, ways, text = _worst(sequence, int(min(length, STEPS)))
    except (RecursionError, _TooLargeError):
        return "a smaller regular expression: it is too large to tell how long a match takes"
    shown = f"{text[:20]!r}{'…' if len(text) > 20 else ''}"
    if tried > MOST_WAYS:
        return (
            f"a regular expression without nested repetitions: a text such as {shown} has "
            f"{len(text)} characters, and more than {MOST_WAYS:,} ways to match"
        )
    power = round(math.log2(ways[STEPS] / ways[STEPS // 2])) + 1 if len(ways) > STEPS else 1
    if power > 1 and tried * (length / STEPS) ** power > MOST_WAYS:
        fits = int(STEPS * (MOST_WAYS / tried) ** (1 / power))
        return (
            f"a maxLength of at most {_rounded(fits):,}, or a regular expression with fewer "
            f"repetitions: the time to match a text such as {shown} grows with the power {power} "
            "of its length"
        )
    return None


class _TooLargeError(Exception):
    pass


def _longest(sequence: Sequence) -> float:
    """Return the length of the longest text that a sequence matches; infinity if there is none."""
    total = 0.0
    for part in sequence:
        match part:
            case Characters():
                total += 1
            case Choice(options):
                total += max(map(_longest, options))
            case Repeat(inner, _, highest):
                size = _longest(inner)
                total += size * (math.inf if highest is None else highest) if size else 0
    return total


def _worst(sequence: Sequence, length: int) -> tuple[int, list[int], str]:
    """Return (ways to all beginnings, ways by length, text) of a text with the most ways."""
    paths = _Paths(sequence)
    beam: list[tuple[Vector, str]] = [({0: 1}, "")]
    tried, ways, longest_text = 1, [1], ""
    for _ in range(length):
        following: dict[frozenset[tuple[int, int]], tuple[Vector, str]] = {}
        for vector, text in beam:
            for character, after in paths.after(vector).items():
                following.setdefault(frozenset(after.items()), (after, text + character))
        beam = sorted(following.values(), key=lambda each: -sum(each[0].values()))[:BEAM]
        if not beam:
            break
        ways.append(sum(beam[0][0].values()))
        tried, longest_text = tried + ways[-1], beam[0][1]
        if tried > MOST_WAYS:
            break
    return tried, ways, longest_text


class _Paths:
    """The rests of a sequence after each text, with the number of ways to each."""

    def __init__(self, sequence: Sequence) -> None:
        self._rests = [sequence]
        self._numbers = {sequence: 0}
        self._steps: dict[int, list[tuple[Characters, Counter[int]]]] = {}
        self._matched = _matched(leaves(sequence))
        self._work = 0

    def after(self, vector: Vector) -> dict[str, Counter[int]]:
        """Return the ways after each further character."""
        following: defaultdict[str, Counter[int]] = defaultdict(Counter)
        for state, count in vector.items():
            for characters, rests in self._step(state):
                for character in self._matched[characters]:
                    for rest, ways in rests.items():
                        following[character][rest] += count * ways
                        self._spend(1)
        return following

    def _step(self, state: int) -> list[tuple[Characters, Counter[int]]]:
        if state not in self._steps:
            steps: defaultdict[Characters, Counter[int]] = defaultdict(Counter)
            for characters, rest in self._ways(self._rests[state]):
                if rest not in self._numbers:
                    self._numbers[rest] = len(self._rests)
                    self._rests.append(rest)
                steps[characters][self._numbers[rest]] += 1
            self._steps[state] = list(steps.items())
        return self._steps[state]

    def _ways(self, sequence: Sequence) -> list[tuple[Characters, Sequence]]:
        """Return each (first character, rest), as often as Python can come to it."""
        self._spend(1 + len(sequence) // 16)  # a slice is cheap
        if not sequence:
            return []
        part, rest = sequence[0], sequence[1:]
        match part:
            case Characters():
                return [(part, rest)]
            case Choice(options):
                return [way for option in options for way in self._ways(option + rest)]
        again = part.fewer() + rest
        ways = [(characters, after + again) for characters, after in self._ways(part.sequence)]
        if part.lowest == 0:
            ways += self._ways(rest)
        elif is_optional(part.sequence):
            # One time may match the empty text, and a later one the character.
            ways += self._ways(again)
        return ways

    def _spend(self, steps: int) -> None:
        self._work += steps
        if self._work > MOST_WORK:
            raise _TooLargeError


def _matched(parts: set[Characters]) -> dict[Characters, list[str]]:
    """Return the characters that each part matches, one of all that no part tells apart."""
    ordered = list(parts)
    ends = {chr(code) for part in ordered for pair in part.ranges for code in pair}
    alike: dict[tuple[bool, ...], str] = {}
    for one in [*CANDIDATES, *sorted(ends)]:
        alike.setdefault(tuple(part.match(one) for part in ordered), one)
    return {part: [one for one in alike.values() if part.match(one)] for part in ordered}


def _rounded(number: int) -> int:
    """Return a number with its first digit only."""
    unit = int("1".ljust(len(str(number)), "0"))
    return number // unit * unit
