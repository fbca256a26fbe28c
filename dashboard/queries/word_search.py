"""Search by words in any case, in databases that fold the case of ASCII letters only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_


def has_words(words: str, columns: Sequence[ColumnElement[Any]]) -> list[ColumnElement[bool]]:
    """Return conditions: each word, in upper or lower case, is in one of the columns."""
    return [
        or_(*(_folded(column, word).contains(word, autoescape=True) for column in columns))
        for word in map(_lower, words.split())
    ]


def _lower(text: str) -> str:
    """Fold letter by letter: a few letters, such as İ, would become two."""
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)


def _folded(column: ColumnElement[Any], word: str) -> ColumnElement[Any]:
    """Fold ASCII letters of a column, and those other letters that the word has."""
    folded: ColumnElement[Any] = func.lower(column)
    for letter in sorted(set(word)):
        upper = letter.upper()
        if not letter.isascii() and upper != letter and len(upper) == 1:
            folded = func.replace(folded, upper, letter)
    return folded
