"""Languages of regular patterns, to find a text that one pattern matches and another does not.

Python's own parser reads the patterns, so that they mean what re.fullmatch makes of them. A pattern
becomes a sequence of parts. The states of its automaton are the rests that are still to match
(Antimirov's partial derivatives).
"""

import re
from dataclasses import dataclass
from itertools import product
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

MOST_VALUES = 100
"""The largest number of words that are listed one by one."""
MOST_PARTS = 200
"""The longest sequence that is compared: each step costs as much as the rest is long."""
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
        return _sequence(items)
    except RecursionError:
        raise UndecidedError("it is nested too deeply") from None


def _sequence(items: Any) -> Sequence:
    parts = tuple(part for code, value in items for part in _parts(code, value))
    if len(parts) > MOST_PARTS:
        raise UndecidedError(f"it has more than {MOST_PARTS} parts in a row")
    return parts


def _parts(code: Any, value: Any) -> Sequence:
    match str(code):
        case "LITERAL" | "NOT_LITERAL":
            return (Characters(((value, value),), negated=code is not _constants.LITERAL),)
        case "ANY":
            return (Characters(((10, 10),), negated=True),)
        case "IN":
            return (_characters(value),)
        case "BRANCH":
            return (Choice(tuple(map(_sequence, value[1]))),)
        case "SUBPATTERN" if not value[1] and not value[2]:
            return _sequence(value[3])
        case "MAX_REPEAT" | "MIN_REPEAT":
            lowest, highest, inner = value
            endless = highest == _constants.MAXREPEAT
            repeated = Repeat(_sequence(inner), lowest, None if endless else int(highest))
            return (repeated,) if highest else ()
    name = str(code)
    raise UndecidedError(f"it uses {UNCOMPARED.get(name, name.lower().replace('_', ' '))}")


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


def steps(sequence: Sequence) -> tuple[tuple[Characters, Sequence], ...]:
    """Return each (first character, rest) of the words that the sequence matches."""
    if not sequence:
        return ()
    part, rest = sequence[0], sequence[1:]
    match part:
        case Choice(options):
            return tuple(dict.fromkeys(each for option in options for each in steps(option + rest)))
        case Repeat(inner, _, _):
            again = part.fewer() + rest
            first = [(characters, after + again) for characters, after in steps(inner)]
            return tuple(dict.fromkeys([*first, *(steps(rest) if _is_optional(part) else ())]))
        case Characters():
            return ((part, rest),)


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
        self._after: dict[tuple[int, str], frozenset[int]] = {}

    def after(self, states: frozenset[int], character: str) -> frozenset[int]:
        """Return the states after one more character."""
        return frozenset[int]().union(*(self._following(each, character) for each in states))

    def accepts(self, states: frozenset[int]) -> bool:
        """Return True if the text may end here."""
        return any(is_optional(self._rests[each]) for each in states)

    def _following(self, state: int, character: str) -> frozenset[int]:
        if (state, character) not in self._after:
            rests = [rest for part, rest in steps(self._rests[state]) if part.match(character)]
            for rest in rests:
                if rest not in self._numbers:
                    self._numbers[rest] = len(self._rests)
                    self._rests.append(rest)
            self._after[state, character] = frozenset(self._numbers[rest] for rest in rests)
        return self._after[state, character]


def values(pattern: str) -> frozenset[str]:
    """Return the words that a pattern lists, such as a|b; none if it does not list them."""
    try:
        return frozenset(_words(parse(pattern)) or ())
    except UndecidedError:
        return frozenset()


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
