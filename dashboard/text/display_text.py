"""Names and ids, shortened for tables and lists, or letter by letter for Streamlit."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from views.plain_text import plain

MARKED = re.compile(
    r"[\\`*\[\]$~<#|]|(?<![^\W_])_|_(?![^\W_])|:(?=[A-Za-z])|&(?=[#A-Za-z])|^[-+>=]"
    r"|(?<=^\d)[.)]|(?<=^\d\d)[.)]"
)
"""Characters that Markdown, or Streamlit beyond it, takes for more than themselves."""
MAX_LENGTH = 60
READABLE = 24
"""Length up to which an id is written as a whole."""
END = 12
"""Number of characters that remain of the end of a longer one."""


def literal(text: str) -> str:
    """Escape text for the elements of Streamlit that format it, as labels and messages do."""
    return MARKED.sub(r"\\\g<0>", plain(text))


def references(ids: Sequence[str]) -> list[str]:
    """Shorten each long id, in order, to its beginning and end, unless others become the same."""
    short = {one: _ends(plain(one)) for one in ids}
    shared = Counter(short.values())
    return [short[one] if shared[short[one]] == 1 else plain(one) for one in ids]


def unique(products: Iterable[tuple[str, str]]) -> list[str]:
    """Label each (name, SKU), in order: the name, followed by the SKU where the name repeats."""
    names = [(_short(plain(name)), plain(sku)) for name, sku in products]
    shared = Counter(name for name, _ in names)
    return [name if shared[name] == 1 else f"{name} · {sku}" for name, sku in names]


def _ends(text: str) -> str:
    return text if len(text) <= READABLE else f"{text[: READABLE - END - 1]}…{text[-END:]}"


def _short(text: str) -> str:
    return text if len(text) <= MAX_LENGTH else text[: MAX_LENGTH - 1] + "…"
