"""Untrusted names as plain text on one line."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

MAX_LENGTH = 60
BLANK = "(blank)"
READABLE = 20
"""Length up to which people write an id as a whole."""
END = 8
JOINERS = "\u200c\u200d"


def plain(text: str) -> str:
    """Put text on one line, without invisible or bidirectional control characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split()) or BLANK
    shown = "".join(
        " " if unicodedata.category(one) in ("Cc", "Zl", "Zp") else one
        for one in text
        if one in JOINERS or unicodedata.category(one) != "Cf"
    )
    return " ".join(shown.split()) or BLANK


def reference(text: str) -> str:
    """Shorten an id that only machines read to "…" and the end of it, by which people name it."""
    text = plain(text)
    if len(text) <= READABLE:
        return text
    end = re.split(r"[^0-9A-Za-z]", text)[-1] or text
    return f"…{end[-END:]}"


def unique(products: Iterable[tuple[str, str]]) -> list[str]:
    """Label each (name, SKU), in order: the name, followed by the SKU where the name repeats."""
    names = [(_short(plain(name)), plain(sku)) for name, sku in products]
    shared = Counter(name for name, _ in names)
    return [name if shared[name] == 1 else f"{name} · {sku}" for name, sku in names]


def _short(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"
