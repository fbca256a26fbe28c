"""Names that strangers chose, as plain text on one line."""

import unicodedata
from collections import Counter
from collections.abc import Iterable

LONGEST = 60
BLANK = "(blank)"
JOINERS = "\u200c\u200d"


def plain(text: str) -> str:
    """Text on one line, without characters that are invisible or turn the line around."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) or BLANK
    shown = "".join(
        " " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one
        for one in text
        if one in JOINERS or unicodedata.category(one) != "Cf"
    )
    return " ".join(shown.split()) or BLANK


def unique(products: Iterable[tuple[str, str]]) -> list[str]:
    """A label for each (name, SKU), in order: the name, with the SKU where others share it."""
    names = [(_short(plain(name)), plain(sku)) for name, sku in products]
    shared = Counter(name for name, _ in names)
    return [name if shared[name] == 1 else f"{name} · {sku}" for name, sku in names]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
