"""Counterexamples of limits: a value that one field allows and another refuses."""

import string
from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from contracts.limits import Limits, NumberLimits, TextLimits
from contracts.pattern_language import (
    ANY_TEXT,
    Automaton,
    Characters,
    UndecidedError,
    leaves,
    parse,
)
from schemas.identifier import is_identifier

MOST_STEPS = 20_000
"""Steps after which a comparison ends undecided; they take a few tenths of a second."""
PLAIN = string.ascii_uppercase + string.ascii_lowercase + string.digits
ASCII = PLAIN + "".join(chr(code) for code in range(128) if chr(code) not in PLAIN)
OTHERS = "\u00e9\u0663\u20ac\u00a0\u200b\u212b\u037e\u2028"
"""Characters beyond ASCII: a letter, a digit, a sign, white space, and those of no identifier."""

SURROGATES = range(0xD800, 0xE000)


def counterexample(allowing: Limits, refusing: Limits) -> int | str | None:
    """Return a value that the first limits allow and the second refuse; None if there is none.

    Raises UndecidedError if the patterns cannot be compared.
    """
    match allowing, refusing:
        case TextLimits(), TextLimits():
            if allowing.pattern is None and refusing.pattern is None:
                return _plain_text(allowing, refusing)
            return _matching_text(allowing, refusing)
        case NumberLimits(lowest, highest), NumberLimits():
            if lowest < refusing.lowest:
                return min(highest, refusing.lowest - 1)
            if highest > refusing.highest:
                return max(lowest, refusing.highest + 1)
    return None


def _plain_text(allowing: TextLimits, refusing: TextLimits) -> str | None:
    sizes = [refusing.shortest - 1, allowing.shortest, max(allowing.shortest, 1)]
    sizes += [size + 1 for size in (refusing.longest,) if size is not None]
    words = (character * size for size in sizes if size >= 0 for character in "A ")
    return next((text for text in words if _is_counterexample(text, allowing, refusing)), None)


def _is_counterexample(text: str, allowing: TextLimits, refusing: TextLimits) -> bool:
    return allowing.allows(text) and not refusing.allows(text)


class State(NamedTuple):
    """The words that begin in ways that no pattern, length or identifier tells apart."""

    allowing: frozenset[int]
    """The rests that are allowed."""
    refusing: frozenset[int]
    """The rests that are not refused."""
    size: int
    """The number of characters, up to one more than any limit."""
    identity: str
    """"": an identifier so far; "space": one with white space at its end; "none": no identifier."""


def _matching_text(allowing: TextLimits, refusing: TextLimits) -> str | None:
    sequences = [ANY_TEXT if each.pattern is None else parse(each.pattern)
                 for each in (allowing, refusing)]  # fmt: skip
    identifies = allowing.identifier or refusing.identifier
    alphabet = _alphabet(leaves(sequences[0]) | leaves(sequences[1]), identifies)
    bounds = [each.longest if each.longest is not None else each.shortest
              for each in (allowing, refusing)]  # fmt: skip
    ours, theirs = map(Automaton, sequences)
    first = State(frozenset([0]), frozenset([0]), 0, "")
    queue, known, left = deque([(first, "")]), {first}, MOST_STEPS
    while queue:
        state, text = queue.popleft()
        if _allows(ours, state.allowing, state, allowing) and not _allows(
            theirs, state.refusing, state, refusing
        ):
            if not _is_counterexample(text, allowing, refusing):
                raise UndecidedError(f"Python disagrees about {text!r}")
            return text
        for character in alphabet:
            rests = ours.after(state.allowing, character)
            others = theirs.after(state.refusing, character)
            left -= 1 + len(rests) + len(others)
            identity = _identity(state, character) if identifies else ""
            following = State(rests, others, min(state.size + 1, max(bounds) + 1), identity)
            if rests and following not in known:
                known.add(following)
                queue.append((following, text + character))
            if left < 0:
                raise UndecidedError("it has too many ways to match")
    return None


def _allows(automaton: Automaton, states: frozenset[int], state: State, limits: TextLimits) -> bool:
    return (
        limits.fits_length(state.size)
        and automaton.accepts(states)
        and not (limits.identifier and state.identity)
    )


def _identity(state: State, character: str) -> str:
    if state.identity == "none" or not is_identifier(f"a{character}a"):
        return "none"
    if is_identifier(character):
        return ""
    return "space" if state.size else "none"


def _alphabet(characters: Iterable[Characters], identifies: bool) -> list[str]:
    """Return one character for all that neither the parts nor an identifier tell apart."""
    parts = list(characters)
    bounds = {code for part in parts for pair in part.ranges for code in pair if code > 127}
    if bounds and (identifies or any(part.categories for part in parts)):
        raise UndecidedError("it has letters beyond ASCII beside a class or an identifier")
    near = sorted(chr(each) for code in bounds for each in (code - 1, code, code + 1)
                  if each < 0x110000 and each not in SURROGATES)  # fmt: skip
    alphabet: dict[tuple[bool, ...], str] = {}
    for one in [*ASCII, *OTHERS, *near]:
        signs = [part.match(one) for part in parts]
        if identifies:
            signs += [is_identifier(one), is_identifier(f"a{one}a")]
        alphabet.setdefault(tuple(signs), one)
    return list(alphabet.values())
