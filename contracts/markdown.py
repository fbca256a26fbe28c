"""Any text as GitHub's Markdown that shows it as it is: no character of it means something else.

What could mean something is written as its number: an entity is never part of the structure
(CommonMark 0.31, "Entity and numeric character references"). A backslash would not do: before
a | in a table it is read in two ways.
"""

import re
from collections.abc import Iterable, Sequence

CODE = re.compile(r"`[^`]+`")
SIMPLE = re.compile(r"[^`|\s]([^`|\n]*[^`|\s])?")
"""What may stand between backquotes wherever it is."""
SPECIAL = re.compile(r"[\\`*\[\]~|$&<>]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
BLOCK = re.compile(r"^(\d*)([#+.)=-])")
"""What makes a line a heading or the item of a list."""


def text(words: str) -> str:
    """Words on one line; what they have between `backquotes` is code."""
    words = " ".join(words.split())
    shown, at = [], 0
    for found in CODE.finditer(words):
        shown += [_plain(words[at : found.start()]), code(found[0][1:-1])]
        at = found.end()
    line = "".join([*shown, _plain(words[at:])])
    return BLOCK.sub(lambda found: found[1] + _entity(found[2]), line)


def code(literal: str) -> str:
    """A literal, such as a pattern, in a table or outside of one."""
    if SIMPLE.fullmatch(literal):
        return f"`{literal}`"
    return f"<code>{re.sub('[^A-Za-z0-9 ]', lambda found: _entity(found[0]), literal)}</code>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """The lines of a table; its cells are Markdown already."""
    return [_row(head), _row(["---"] * len(head)), *map(_row, rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _plain(words: str) -> str:
    return SPECIAL.sub(lambda found: _entity(found[0]), words)


def _entity(character: str) -> str:
    return f"&#{ord(character)};"
