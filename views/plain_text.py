"""Untrusted names as plain text on one line."""

import unicodedata

BLANK = "(blank)"
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
