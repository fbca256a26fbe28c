"""Escape text for GitHub's Markdown.

Markup characters become numeric entities, which are never part of the structure (CommonMark
0.31, "Entity and numeric character references"). A backslash before | is ambiguous in a table.
"""

import re
from collections.abc import Iterable, Sequence

CODE = re.compile(r"`[^`]+`")
SIMPLE = re.compile(r"[^`|\s]([^`|\n]*[^`|\s])?")
"""Literals that are safe between backquotes, also in a table."""
SPECIAL = re.compile(r"[\\`*\[\]~|$&<>]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
BLOCK = re.compile(r"^(\d*)([#+.)=-])")
"""The start of a heading or list item."""


def text(words: str) -> str:
    """Return text on one line; parts in `backquotes` become code."""
    words = " ".join(words.split())
    parts, at = [], 0
    for match in CODE.finditer(words):
        parts += [_plain(words[at : match.start()]), code(match[0][1:-1])]
        at = match.end()
    line = "".join([*parts, _plain(words[at:])])
    return BLOCK.sub(lambda match: match[1] + _entity(match[2]), line)


def code(literal: str) -> str:
    """Return a literal, such as a pattern, as code that is safe in a table."""
    if SIMPLE.fullmatch(literal):
        return f"`{literal}`"
    return f"<code>{re.sub('[^A-Za-z0-9 ]', lambda match: _entity(match[0]), literal)}</code>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Return the lines of a table; the cells are Markdown."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(words: str) -> str:
    return SPECIAL.sub(lambda match: _entity(match[0]), words)


def _entity(character: str) -> str:
    return f"&#{ord(character)};"
