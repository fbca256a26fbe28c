"""The encoding of text that is not all UTF-8: the one in which its words are words.

Text of a till has few letters beyond ASCII, too few for the statistics of a library.
"""

import re

ENCODINGS = ("utf-8", "cp1252", "cp850", "mac_roman", "cp1250", "cp1251", "cp932", "gb18030")
"""The most probable first: it is taken if others fit as well."""
WORD = re.compile(r"[^\W\d_]*[^\W\d_\x00-\x7f][^\W\d_]*")
"""A word with a letter beyond ASCII."""
LATIN = re.compile("[\x00-\u024f]+")
HALF_WIDTH = re.compile("[\uff61-\uff9f]")
EXAMPLES = 3


def likely_encoding(text: bytes) -> str:
    """Return the encoding in which most bytes beyond ASCII are letters as words have them."""
    return max(ENCODINGS, key=lambda encoding: _fit(text, encoding))


def examples(text: bytes, encoding: str) -> list[str]:
    """Return words by which a person sees whether the encoding is right."""
    return list(dict.fromkeys(WORD.findall(text.decode(encoding, "replace"))))[:EXAMPLES]


def _fit(text: bytes, encoding: str) -> int:
    words = filter(_is_word, WORD.findall(text.decode(encoding, "replace")))
    return sum(
        len(letter.encode(encoding)) for word in words for letter in word if not letter.isascii()
    )


def _is_word(word: str) -> bool:
    """Tell a word, of which letters beyond ASCII are Latin among others, from an accident."""
    if re.search("[A-Za-z]", word):
        return bool(LATIN.fullmatch(word)) and word in (word.lower(), word.upper(), word.title())
    return not LATIN.search(word) and not HALF_WIDTH.search(word)
