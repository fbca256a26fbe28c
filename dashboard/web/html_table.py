"""A small table as HTML: readable by screen readers, still over refreshes."""

from collections.abc import Iterable, Sequence
from html import escape

from views.plain_text import plain

CSS = """<style>
.inv-table { border-collapse: collapse; width: 100%; font-size: .92rem; }
.inv-table th { text-align: left; font-weight: 600; padding: .3rem .8rem .3rem 0; }
.inv-table td { padding: .25rem .8rem .25rem 0; border-top: 1px solid var(--inv-rule);
  font-variant-numeric: tabular-nums; }
</style>"""


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return the table; every text is escaped, and an empty one is an empty cell."""
    titles = "".join(f'<th scope="col">{escape(each)}</th>' for each in head)
    lines = "".join(
        f"<tr>{''.join(f'<td>{_cell(text)}</td>' for text in row)}</tr>" for row in rows
    )
    return (
        f'<table class="inv-table"><thead><tr>{titles}</tr></thead><tbody>{lines}</tbody></table>'
    )


def _cell(text: str) -> str:
    return escape(plain(text)) if text else ""
