"""The lines of a file that count, and those that take goods back, by columns of few values."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from producers.replay.column_names import GOODS, column_of, some, vocabulary
from producers.replay.expressions import literal, quoted

NAMING = f"{GOODS}|category"
"""Meanings of columns in which Return or Training may be the name of goods."""
STATE = re.compile("status|state|estado|statut|stato", re.IGNORECASE)
"""Names of columns that say what became of a sale."""
TYPE = re.compile("typ|区分", re.IGNORECASE)
ELSEWHERE = re.compile(
    r"^(state|estado)$|\bstate\b.*(code|ship|bill|addr)|(ship|bill|addr|customer).*\bstate\b"
    r"|(produ|item|arti|pay|card|tender|custom|kunde|zahl|ship|deliver|versand|tax|device).*typ",
    re.IGNORECASE,
)
"""Names of columns that may hold the state of an address, or types of something else than lines."""
NEGATIVE = re.compile(r"[-\u2212]\d")
AMOUNT = re.compile("qty|quant|menge|anzahl|cantid|qt[ée]|units|amount|betrag", re.IGNORECASE)
"""Names of columns of numbers, of which 0 and 1 are no answers."""
SENTENCES = {
    "cancelled": "are no events; if they take others back, let them count by negative amounts",
    "undone": "are no events, as sales that were taken back; if returns have lines of their own, "
    "let them count",
    "returned": "take goods back",
    "charge": "are no events, as they are no goods",
}
"""Assumptions on lines, by the meaning of a value."""
SHOWN = 5
"""Values of a column in a sentence."""


@dataclass(slots=True)
class Choice:
    """The meanings of a column's values, which are in lower case."""

    column: str
    counts: dict[str, int]
    """Lines of each value; empty for a column of many values."""
    meanings: dict[str, list[str]]
    """Values by their meaning, those of SENTENCES."""
    is_flag: bool

    @property
    def is_return(self) -> str:
        """SQL that is true for a line that takes goods back; "" if none does."""
        returned = self.meanings["returned"]
        return f"word({quoted(self.column)}) IN ({listed(returned)})" if returned else ""

    @property
    def condition(self) -> str:
        """SQL that is true for lines that count, and not for a value that it does not list.

        "" for a column by which no line is chosen.
        """
        is_named = STATE.search(self.column) or TYPE.search(self.column)
        chooses = self.is_flag or (is_named and not ELSEWHERE.search(self.column))
        if not (any(self.meanings.values()) or (self.counts and chooses)):
            return ""
        excluded = {*chain.from_iterable(self.meanings.values())} - {*self.meanings["returned"]}
        values = {"", *self.counts, *self.meanings["returned"], *excluded}
        cases = " ".join(
            f"WHEN {literal(value)} THEN {'false' if value in excluded else 'true'}"
            for value in sorted(values)
        )
        return f"CASE word({quoted(self.column)}) {cases} END"

    def sentences(self) -> Iterator[str]:
        """Yield assumptions on the values."""
        others = self.counts.copy()
        for meaning, values in self.meanings.items():
            if values:
                words = some(values, SHOWN, " or ")
                lines = sum(others.pop(value, 0) for value in values)
                what = f"{SENTENCES[meaning]} ({lines:,} here)"
                yield f"lines whose {self.column!r} is {words} {what}"
        if others and len(others) < len(self.counts):
            yield f"lines with another {self.column!r} count ({shown(others, len(others))})"
        elif others:
            later = "; one that only a later file has is no event" if self.condition else ""
            if AMOUNT.search(self.column):
                verb = "add" if any(map(NEGATIVE.match, others)) else "subtract"
                later += f"; {verb} it where an amount is to be without it"
            held = shown(others, len(others) if self.condition else SHOWN)
            yield f"every line counts, whatever its {self.column!r} ({held}){later}"


def may_choose(column: str) -> bool:
    """Return True if a column may say which lines count."""
    return _is_named_so(column) or column_of(NAMING, [column]) is None


def choice(column: str, counts: dict[str, int]) -> Choice | None:
    """Return the meanings of a column's values; None if they say nothing of a line.

    A column that is named for a meaning has it where it says yes, also if only a later file does.
    """
    words = vocabulary()["values"]
    is_flag = bool(counts) and set(counts) <= {*words["true"], *words["false"]}
    is_flag = is_flag and not AMOUNT.search(column)
    meanings = {
        meaning: [value for value in counts if value in words[meaning]] for meaning in SENTENCES
    }
    if is_flag:
        yes = [value for value in counts if value in words["true"]] or list(words["true"])
        meanings = {meaning: yes if _is_named(meaning, column) else [] for meaning in SENTENCES}
    elif not STATE.search(column):
        meanings["undone"] = []
    is_other = not TYPE.search(column) or ELSEWHERE.search(column)
    if is_other or not set(counts).difference(chain.from_iterable(meanings.values())):
        meanings["charge"] = []  # a till may write Payment and Refund of lines of goods
    meanings["returned"] = [each for each in meanings["returned"] if each not in meanings["undone"]]
    if not (any(meanings.values()) or (counts and _is_named_so(column))):
        return None
    return Choice(column, counts, meanings, is_flag)


def shown(counts: dict[str, int], limit: int = SHOWN) -> str:
    """Return the first values with their lines."""
    some = [f"{value} {count:,}" for value, count in counts.items()]
    return ", ".join(some[:limit]) + (", …" if len(some) > limit else "")


def listed(values: Iterable[str]) -> str:
    """Return values as a list of SQL."""
    return ", ".join(map(literal, sorted(values)))


def _is_named_so(column: str) -> bool:
    is_flag = any(_is_named(meaning, column) for meaning in SENTENCES)
    return is_flag or bool(STATE.search(column) or TYPE.search(column))


def _is_named(meaning: str, column: str) -> bool:
    name, words = column.casefold(), vocabulary()
    parts = words["flags"].get(meaning, ())
    return bool(parts) and (name in words["values"][meaning] or any(part in name for part in parts))
