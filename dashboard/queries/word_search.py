"""Search by words in any case, in databases that fold the case of ASCII letters only."""

from typing import Any

from sqlalchemy import ColumnElement, false, func, or_

from views.database.product_barcodes import skus_of

LONGEST = 1_000
"""Maximum number of characters of a search, above those of any name; a database fails with more."""
WORDS = 100
"""Maximum number of words."""


def has_words(
    words: str, name: ColumnElement[Any], sku: ColumnElement[Any]
) -> list[ColumnElement[bool]]:
    """Return conditions: each word is in the name or the SKU of a product, or is its barcode.

    The case of letters does not matter. Nothing has more than WORDS words or LONGEST
    characters.
    """
    if len(words) > LONGEST or len(words.split()) > WORDS:
        return [false()]
    return [
        or_(
            _folded(name, word).contains(word, autoescape=True),
            _folded(sku, word).contains(word, autoescape=True),
            sku.in_(skus_of(word)),
        )
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
