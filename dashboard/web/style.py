"""Colours and HTML of the page; every text is escaped here."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

from dashboard.web.palette import DARK, LIGHT, either
from views.plain_text import plain
from views.stock import Status

VARIABLES = {
    "ink": either(LIGHT.ink, DARK.ink),
    "quiet": either(LIGHT.quiet, DARK.quiet),
    "rule": either(LIGHT.rule, DARK.rule),
    "edge": either(LIGHT.on_order, DARK.on_order),
    "accent": either(LIGHT.accent, DARK.accent),
    "lost": either("#b3261e", "#f0827c"),
    "returned": either(LIGHT.returned, DARK.returned),
    **{f"{status}": either(LIGHT.marks[status], DARK.marks[status]) for status in Status},
}
"""Colours of the style sheets by name: of text, lines and signs."""
_DECLARATIONS = "; ".join(f"--inv-{name}: {colour}" for name, colour in VARIABLES.items())
_SHEET = Path(__file__).with_name("style.css").read_text("utf-8")
CSS = f"<style>.stApp {{ {_DECLARATIONS} }}\n{_SHEET}</style>"


def page_title(text: str, store: str = "") -> str:
    """The title of a page; store: the name of the store that it shows."""
    below = f'<div class="inv-sub">{escape(plain(store))}</div>' if store else ""
    return f'<h1 class="inv-title">{escape(text)}</h1>{below}'


def heading(text: str, note: str) -> str:
    small = f"<small>{escape(plain(note))}</small>" if note else ""
    return f'<h2 class="inv-h2">{escape(text)}{small}</h2>'


def text(sentence: str) -> str:
    """A sentence as HTML; `…` in it marks a command."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(plain(sentence)))


def unknown(sentence: str) -> str:
    """A sentence in place of unknown figures."""
    return f'<div class="inv-unknown">{text(sentence)}</div>'


def sentence(text: str) -> str:
    return f'<p class="inv-sentence">{escape(plain(text))}</p>'


def legend(counts: Mapping[Status, int] | None = None) -> str:
    """The legend of the stock chart, with the number of products of each status."""
    numbers = {s: f" {counts[s]:,}" if counts else "" for s in Status}
    items = [
        f'<span><i style="background: var(--inv-{s})"></i>{s}{numbers[s]}</span>' for s in Status
    ]
    on_order = '<span><i class="on-order" style="background: var(--inv-edge)"></i>on order</span>'
    diamond = '<span><i class="diamond"></i>reorder point</span>'
    return f'<div class="inv-legend">{"".join(items)}{on_order}{diamond}</div>'


def choices(text: str, links: Sequence[tuple[str, str]]) -> str:
    """A sentence with a list of links; links: (name, address)."""
    items = "".join(
        f'<li><a href="{escape(address)}" target="_self">{escape(plain(name))}</a></li>'
        for name, address in links
    )
    return f'<div class="inv-choices">{escape(text)}<ul>{items}</ul></div>'


def sales_legend() -> str:
    """The legend of the charts of units sold and brought back."""
    sold = '<span><i style="background: var(--inv-accent)"></i>sold</span>'
    returned = '<span><i style="background: var(--inv-returned)"></i>brought back</span>'
    return f'<div class="inv-legend">{sold}{returned}</div>'


RESULT = ' class="result"'


def statement(caption: str, rows: Sequence[tuple[str, str, bool]]) -> str:
    """A sum as a table; rows: (words, amount, True for the result)."""
    lines = "".join(
        f"<tr{RESULT if result else ''}>"
        f"<td>{escape(plain(words))}</td><td>{escape(plain(amount))}</td></tr>"
        for words, amount, result in rows
    )
    return f'<table class="inv-sum"><caption>{escape(caption)}</caption>{lines}</table>'
