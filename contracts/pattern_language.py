"""Languages of regular patterns, to find a text that one pattern matches and another does not.

Python's own parser reads the patterns, so that they mean what re.fullmatch makes of them. A pattern
becomes a sequence of parts. The states of its automaton are the rests that are still to match
(Antimirov's partial derivatives).
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

MOST_VALUES = 100
"""The largest number of words that are listed one by one."""
MOST_PARTS = 200
"""The longest sequence that is compared: each step costs as much as the rest is long."""
MOST_WORK = 50_000
"""Parts of all rests after which a comparison ends undecided: a few tenths of a second."""
CATEGORIES = {
    _constants.CATEGORY_DIGIT: (str.isdecimal, True),
    _constants.CATEGORY_NOT_DIGIT: (str.isdecimal, False),
    _constants.CATEGORY_SPACE: (str.isspace, True),
    _constants.CATEGORY_NOT_SPACE: (str.isspace, False),
    _constants.CATEGORY_WORD: (lambda character: character.isalnum() or character == "_", True),
    _constants.CATEGORY_NOT_WORD: (
        lambda character: character.isalnum() or character == "_",
        False,
    ),
}
ANCHORS = (
    (_constants.AT_BEGINNING, _constants.AT_BEGINNING_STRING),
    (_constants.AT_END, _constants.AT_END_STRING),
)
"""^ and \\A, $ and \\Z: without effect at the ends of a pattern that the whole text must match."""
UNCOMPARED = {
    "ASSERT": "lookaround",
    "ASSERT_NOT": "lookaround",
    "AT": "an anchor inside",
    "GROUPREF": "a back reference",
    "SUBPATTERN": "flags",
}
"""Codes of Python's parser for parts that are not compared."""


class UndecidedError(ValueError):
    """Patterns that cannot be compared; the message gives the reason."""


@dataclass(frozen=True, slots=True)
class Characters:
    """A part that matches one character."""

    ranges: tuple[tuple[int, int], ...]
    """First and last code points."""
    categories: tuple[Any, ...] = ()
    """Keys of CATEGORIES."""
    negated: bool = False
    """True: it matches all others."""

    def match(self, character: str) -> bool:
        code = ord(character)
        inside = any(first <= code <= last for first, last in self.ranges) or any(
            CATEGORIES[each][0](character) is CATEGORIES[each][1] for each in self.categories
        )
        return inside is not self.negated


@dataclass(frozen=True, slots=True)
class Choice:
    """A part that matches one of several sequences."""

    options: tuple["Sequence", ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """A part that matches a sequence several times."""

    sequence: "Sequence"
    lowest: int
    highest: int | None
    """None: without limit."""

    def fewer(self) -> "Sequence":
        """Return the rest of the repetition after one more time."""
        if self.highest == 1:
            return ()
        highest = None if self.highest is None else self.highest - 1
        return (Repeat(self.sequence, max(self.lowest - 1, 0), highest),)


Part = Characters | Choice | Repeat
Sequence = tuple[Part, ...]
ANY_TEXT: Sequence = (Repeat((Characters((), negated=True),), 0, None),)


Other = Callable[[str, Any], Sequence]
"""Returns the parts for a code of Python's parser that is not compared, or raises an error."""


def parse(pattern: str) -> Sequence:
    """Return the parts of a valid pattern. Raises UndecidedError."""
    try:
        parsed = _parser.parse(pattern)
        if parsed.state.flags & ~re.UNICODE:
            raise UndecidedError("it uses flags")
        items = list(parsed)
        if items and items[0][0] is _constants.AT and items[0][1] in ANCHORS[0]:
            items = items[1:]
        if items and items[-1][0] is _constants.AT and items[-1][1] in ANCHORS[1]:
            items = items[:-1]
        return _sequence(items, _uncompared)
    except RecursionError:
        raise UndecidedError("it is nested too deeply") from None


def parse_loosely(pattern: str) -> Sequence:
    """Return the parts of a valid pattern, for the ways in which it can be matched.

    A lookaround counts as its pattern, a back reference as any text; anchors and flags are ignored.
    """
    return _sequence(_parser.parse(pattern), _loose)


def _uncompared(code: str, _: Any) -> Sequence:
    raise UndecidedError(f"it uses {UNCOMPARED.get(code, code.lower().replace('_', ' '))}")


def _loose(code: str, value: Any) -> Sequence:
    match code:
        case "SUBPATTERN" | "ATOMIC_GROUP":
            return _sequence(value[3] if code == "SUBPATTERN" else value, _loose)
        case "ASSERT" | "ASSERT_NOT":
            return (Choice((_sequence(value[1], _loose), ())),)
        case "POSSESSIVE_REPEAT":
            return _parts("MAX_REPEAT", value, _loose)
        case "GROUPREF_EXISTS":
            return (Choice(tuple(_sequence(each or (), _loose) for each in value[1:])),)
        case "GROUPREF":
            return ANY_TEXT
    return ()


def _sequence(items: Any, other: Other) -> Sequence:
    parts = tuple(part for code, value in items for part in _parts(code, value, other))
    if other is _uncompared and len(parts) > MOST_PARTS:
        raise UndecidedError(f"it has more than {MOST_PARTS} parts in a row")
    return parts


def _parts(code: Any, value: Any, other: Other) -> Sequence:
    match str(code):
        case "LITERAL" | "NOT_LITERAL" | "ANY":
            point = 10 if value is None else value
            return (Characters(((point, point),), negated=code is not _constants.LITERAL),)
        case "IN":
            return (_characters(value),)
        case "BRANCH":
            return (Choice(tuple(_sequence(each, other) for each in value[1])),)
        case "SUBPATTERN" if not value[1] and not value[2]:
            return _sequence(value[3], other)
        case "MAX_REPEAT" | "MIN_REPEAT":
            lowest, highest, inner = value
            endless = highest == _constants.MAXREPEAT
            repeated = Repeat(_sequence(inner, other), lowest, None if endless else int(highest))
            return (repeated,) if highest else ()
    return other(str(code), value)


def _characters(items: list[tuple[Any, Any]]) -> Characters:
    ranges, categories, negated = [], [], False
    for code, value in items:
        match str(code):
            case "NEGATE":
                negated = True
            case "LITERAL":
                ranges.append((value, value))
            case "RANGE":
                ranges.append(value)
            case _:
                categories.append(value)
    return Characters(tuple(ranges), tuple(categories), negated)


def is_optional(sequence: Sequence) -> bool:
    """Return True if the sequence matches the empty text."""
    return all(map(_is_optional, sequence))


def _is_optional(part: Part) -> bool:
    match part:
        case Choice(options):
            return any(map(is_optional, options))
        case Repeat(inner, lowest):
            return lowest == 0 or is_optional(inner)
    return False


def leaves(sequence: Sequence) -> set[Characters]:
    """Return every part of a sequence that matches one character."""
    within: set[Characters] = set()
    for part in sequence:
        match part:
            case Characters():
                within.add(part)
            case Choice(options):
                within |= {leaf for option in options for leaf in leaves(option)}
            case Repeat(inner):
                within |= leaves(inner)
    return within


class Automaton:
    """The numbered rests of a sequence, made when they are needed."""

    def __init__(self, sequence: Sequence) -> None:
        self._rests = [sequence]
        self._numbers = {sequence: 0}
        self._steps: dict[Sequence, tuple[tuple[Characters, Sequence], ...]] = {}
        self._after: dict[tuple[int, str], frozenset[int]] = {}
        self._work = 0

    def after(self, states: frozenset[int], character: str) -> frozenset[int]:
        """Return the states after one more character. Raises UndecidedError."""
        return frozenset[int]().union(*(self._following(each, character) for each in states))

    def accepts(self, states: frozenset[int]) -> bool:
        """Return True if the text may end here."""
        return any(is_optional(self._rests[each]) for each in states)

    def _following(self, state: int, character: str) -> frozenset[int]:
        if (state, character) not in self._after:
            steps = self._steps_of(self._rests[state])
            rests = [rest for part, rest in steps if part.match(character)]
            for rest in rests:
                if rest not in self._numbers:
                    self._numbers[rest] = len(self._rests)
                    self._rests.append(rest)
            self._after[state, character] = frozenset(self._numbers[rest] for rest in rests)
        return self._after[state, character]

    def _steps_of(self, sequence: Sequence) -> tuple[tuple[Characters, Sequence], ...]:
        """Return each (first character, rest) of the words that a sequence matches."""
        if sequence not in self._steps:
            steps = tuple(dict.fromkeys(self._new_steps(sequence)))
            self._steps[sequence] = steps
            self._work += 1 + sum(len(rest) for _, rest in steps)
            if self._work > MOST_WORK:
                raise UndecidedError("it has too many ways to match")
        return self._steps[sequence]

    def _new_steps(self, sequence: Sequence) -> Iterator[tuple[Characters, Sequence]]:
        if not sequence:
            return
        part, rest = sequence[0], sequence[1:]
        match part:
            case Characters():
                yield part, rest
            case Choice(options):
                for option in options:
                    yield from self._steps_of(option + rest)
            case Repeat(inner):
                again = part.fewer() + rest
                for characters, after in self._steps_of(inner):
                    yield characters, after + again
                if _is_optional(part):
                    yield from self._steps_of(rest)


def values(pattern: str) -> frozenset[str]:
    """Return the words that a pattern lists, such as a|b; none if it does not list them."""
    return frozenset(words(pattern))


def words(pattern: str) -> tuple[str, ...]:
    """Return the words that a pattern lists, in their order there; none if it lists none."""
    try:
        return tuple(dict.fromkeys(_words(parse(pattern)) or ()))
    except UndecidedError:
        return ()


def _words(sequence: Sequence) -> list[str] | None:
    words = [""]
    for part in sequence:
        ends: list[str] | None = None
        match part:
            case Characters(ranges, (), False) if all(first == last for first, last in ranges):
                ends = [chr(first) for first, _ in ranges]
            case Choice(options):
                each = [_words(option) for option in options]
                ends = [text for some in each if some for text in some] if all(each) else None
            case Repeat(inner, 0, 1) if (some := _words(inner)) is not None:
                ends = ["", *some]
        if ends is None or len(words) * len(ends) > MOST_VALUES:
            return None
        words = [begin + end for begin, end in product(words, ends)]
    return words
