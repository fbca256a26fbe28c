"""Text of others, made safe to show: on a terminal and in a spreadsheet."""

import re
from functools import lru_cache

_ESCAPES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""Control characters but tab and line feed, which terminals may obey, halves of surrogate pairs,
which no encoding of a terminal has, and the two non-characters that XML excludes."""
_SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_FORMULA = re.compile(rf'^(?=[\t\r\n])|(?:^|(?<=[;\t\r\n]))(?=[\s"]*[{_SIGNS}])')
"""Places where a cell would begin with a formula. Where commas are decimal commas, spreadsheets
separate cells at ; even within quotes; blanks and quotes before a formula do not stop it."""


def for_terminal(text: str) -> str:
    r"""Write control characters as their codes, such as \x1b."""
    return text if text.isprintable() else _ESCAPES.sub(_code, text)


@lru_cache(maxsize=100_000)
def for_spreadsheet(text: str) -> str:
    """Put ' before whatever a spreadsheet would run as a formula (OWASP: CSV injection)."""
    return _FORMULA.sub("'", text)


def _code(match: re.Match[str]) -> str:
    return match[0].encode("unicode-escape").decode()
