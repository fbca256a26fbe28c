"""The encoding of text that is not all UTF-8: the one in which its words are words.

Text of a till has few letters beyond ASCII, too few for the statistics of a library.
"""

import re

from producers.replay.twice_encoded import utf_8_or_twice

ENCODINGS = (
    "cp1252", "utf-8", "cp850", "mac_roman", "cp1254", "cp1250", "cp1251", "cp1253", "cp932",
    "cp949", "gb18030", "iso8859-15",
)  # fmt: skip
"""The most probable first: it is taken if others fit as well."""
WORD = re.compile(r"(?<![^\W\d_])[A-Za-z]*+[^\W\d_\x00-\x7f][^\W\d_]*+")
"""A word with a letter beyond ASCII."""
LATIN = re.compile("[\x00-\u024f]+")
HALF_WIDTH = re.compile("[\uff61-\uff9f]")
HANGUL = re.compile("[\uac00-\ud7a3]+")
SYLLABLES = 8
"""Different Korean ones that are no accident: a few characters of Chinese may be read so, too."""
EURO = re.compile("\\d\\s?\u20ac|\u20ac\\s?\\d")
ICELANDIC = re.compile("[\u00d0\u00dd\u00de\u00f0\u00fd\u00fe]")
"""Letters in whose place the encoding of Turkey has others."""
NEVER_TURKISH = re.compile("[\u00c1\u00c6\u00cd\u00d3\u00da\u00e1\u00e6\u00ed\u00f3\u00fa]")
"""Letters of nearly every Icelandic sentence."""
EXAMPLES = 3


def likely_encoding(text: bytes) -> str:
    """Return the encoding in which most bytes beyond ASCII are letters as words have them.

    Of text in UTF-8 it is UTF-8, or one of twice_encoded.py.
    """
    try:
        return utf_8_or_twice(text.decode("utf-8"))
    except UnicodeDecodeError:
        return max(ENCODINGS, key=lambda encoding: _fit(text, encoding))


def examples(text: bytes, encoding: str) -> list[str]:
    """Return words by which a person sees whether the encoding is right."""
    return list(dict.fromkeys(WORD.findall(text.decode(encoding, "replace"))))[:EXAMPLES]


def _fit(text: bytes, encoding: str) -> int:
    decoded = text.decode(encoding, "replace")
    words = [word for word in WORD.findall(decoded) if _is_word(word, encoding)]
    if encoding == "cp1252" and not NEVER_TURKISH.search(decoded):
        words = [word for word in words if not ICELANDIC.search(word)]
    if encoding == "cp949" and len(set("".join(words))) < SYLLABLES:
        words = []
    signs = EURO.findall(decoded) if encoding in ("cp1252", "utf-8", "iso8859-15") else []
    return sum(
        len(letter.encode(encoding))
        for word in (*words, *signs)
        for letter in word
        if not letter.isascii()
    )


def _is_word(word: str, encoding: str) -> bool:
    """Tell a word, of which letters beyond ASCII are Latin among others, from an accident."""
    if word not in (word.lower(), word.upper(), word.title()):
        return False
    if re.search("[A-Za-z]", word):
        return bool(LATIN.fullmatch(word))
    if encoding == "cp949" and not HANGUL.fullmatch(word):
        return False
    # A sign of a currency in another encoding is one letter.
    return len(word) > 1 and not LATIN.search(word) and not HALF_WIDTH.search(word)
