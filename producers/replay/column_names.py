"""Meanings of columns by their names, and the fields that they fit (vocabulary.toml)."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from operator import itemgetter
from pathlib import Path
from typing import Any
from unicodedata import normalize

from producers.replay.expressions import quoted
from producers.replay.numbers import CODES

ACCENTS = re.compile("[\u0300-\u036f]")
SEPARATORS = (" ", "", "_", "-")
CURRENCY = re.compile(rf"\s*\(([$€£¥₹]|{CODES})\)$|\s+(in\s+)?({CODES})$")
"""The currency at the end of a column's name."""
GOODS = "name"
"""Meaning of a column with the names of goods."""


@cache
def vocabulary() -> dict[str, Any]:
    """Return the tables of vocabulary.toml."""
    file = Path(__file__).with_name("vocabulary.toml")
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    for meaning in ("undone", "returned"):
        tables["values"][meaning] += tables["values"]["reversed"]
    return tables


@cache
def known_names() -> frozenset[str]:
    """Return all names of columns in all their spellings, casefolded."""
    words = {word.casefold() for words in vocabulary()["names"].values() for word in words}
    words |= set(map(unaccented, words))
    return frozenset(sep.join(word.split()) for word in words for sep in SEPARATORS)


def unaccented(word: str) -> str:
    """Return a word in lower case without accents, as systems without them write it."""
    return normalize("NFC", ACCENTS.sub("", normalize("NFD", word.casefold()))).replace(
        "\u0131", "i"
    )


def column_of(meaning: str, columns: Iterable[str]) -> str | None:
    """Return the column of a meaning, or of the first of several, as in "received|quantity"."""
    named = {_plain(column): column for column in columns}
    for each in filter(None, meaning.split("|")):
        for word in vocabulary()["names"][each]:
            if _plain(word) in named:
                return named[_plain(word)]
    return None


def columns_of(meaning: str, columns: Iterable[str]) -> list[str]:
    """Return all columns of a meaning, in the order of the file."""
    words = set(map(_plain, vocabulary()["names"][meaning]))
    return [column for column in columns if _plain(column) in words]


def some(words: Iterable[str], limit: int = 5, separator: str = ", ") -> str:
    """Return the first of some words for a sentence."""
    held = list(words)
    return separator.join(held[:limit]) + (" …" if len(held) > limit else "")


def is_named(column: str, name: str) -> bool:
    """Return True if a column has a name, in any spelling."""
    return _plain(column) == _plain(name)


def fitting_contract(columns: Iterable[str], written: str) -> tuple[str, dict[str, str]] | None:
    """Return the contract that has the most of its fields in the columns, and their expressions.

    written: time of the file, as an expression, for a count that has none of its own. Returns None
    if no contract fits.
    """
    names = set(columns)
    fitting = [
        (contract, {name: expression for name, expression in held.items() if expression})
        for contract, _, held in _layouts(columns, written)
        if None not in held.values() and not _is_other(contract, names, held)
    ]
    return max(fitting, key=lambda each: len(names.intersection(each[1].values())), default=None)


def _is_other(contract: str, columns: set[str], fields: dict[str, str | None]) -> bool:
    """Return True for payments, goods on their way, and goods that were bought of a supplier."""
    if contract == "transaction" and fields["receipt_id"] not in columns:
        return column_of("purchase", columns) is not None
    if contract == "store":
        return column_of("time|quantity|amount", columns) is not None
    ways = {column_of("from", columns), column_of("to", columns)}
    return contract == "shipment" and len(ways - {None}) > 1


def nearest_contract(columns: Iterable[str]) -> tuple[str, dict[str, list[str]]] | None:
    """Return the contract that lacks the fewest columns, and the known names of each that it lacks.

    Returns None if no column has a known name.
    """
    nearest: list[tuple[tuple[int, int], str, dict[str, list[str]]]] = []
    for contract, entries, held in _layouts(columns, "''"):
        missing = {name: _names(entries[name][0]) for name, text in held.items() if text is None}
        present = sum(column_of(meaning, columns) is not None for meaning, *_ in entries.values())
        if present and missing:
            nearest.append(((len(missing) - present, -present), contract, missing))
    return min(nearest, key=itemgetter(0))[1:] if nearest else None


def _names(meaning: str) -> list[str]:
    return [
        word for each in filter(None, meaning.split("|")) for word in vocabulary()["names"][each]
    ]


def _layouts(
    columns: Iterable[str], written: str
) -> Iterator[tuple[str, dict[str, list[str]], dict[str, str | None]]]:
    """Yield each contract, the entries of its fields, and their expressions (see _field)."""
    for layout in vocabulary()["layouts"]:
        entries = {name: entry for name, entry in layout.items() if name != "contract"}
        held = {name: _field(entry, columns, written) for name, entry in entries.items()}
        yield layout["contract"], entries, held


def _field(entry: list[str], columns: Iterable[str], written: str) -> str | None:
    """Return the expression of a field; None if a column is missing, "" if it is not mapped."""
    meaning, *otherwise = entry
    expanded = (_expanded(each, columns, written) for each in otherwise)
    held = (column_of(meaning, columns), *expanded)
    return next((each for each in held if each is not None), None)


def _expanded(expression: str, columns: Iterable[str], written: str) -> str | None:
    """Return an expression with columns in place of {meanings}; None if one is missing."""
    for meaning in re.findall(r"\{([\w|,]+)\}", expression):
        named = written
        if meaning != "written":
            held = dict.fromkeys(column_of(each, columns) for each in meaning.split(","))
            named = ", ".join(quoted(column) for column in held if column)
        if not named:
            return None
        expression = expression.replace(f"{{{meaning}}}", named)
    return expression


@lru_cache(10_000)
def _plain(name: str) -> str:
    """Return a name as names are compared: "Final price (GBP)" is "finalprice"."""
    return re.sub(r"[\s_.-]+", "", unaccented(CURRENCY.sub("", name)))
