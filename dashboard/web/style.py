"""Colours and HTML of the page; every text is escaped here."""

import re
from collections.abc import Sequence
from html import escape

from dashboard.text.display_text import plain
from dashboard.text.freshness import Freshness, State
from views.stock import Status

COLOURS = {
    Status.NEGATIVE: "#7b2fa5",
    Status.OUT: "#c62f2d",
    Status.LOW: "#e69500",
    Status.OK: "#3a86b8",
    Status.OVER: "#173f5f",
    Status.UNKNOWN: "#8a949e",
}
"""Distinct in lightness too, for colour-blind readers; the status is also written as text."""
ON_ORDER = "#c3d0da"
ACCENT = "#0b6e8a"
SECOND = "#7a6a2f"
INK = "#17212b"
QUIET_INK = "#5b6773"
RULE = "#e3e8ec"

_TONES = {State.READING: "#0b6e8a", State.LIVE: "#1d7f4f", State.STALLED: "#a86400"}
_TONES[State.DOWN] = "#b3261e"

CSS = f"""<style>
.stMainBlockContainer {{ padding-top: 2.2rem; padding-bottom: 3rem; max-width: 1500px; }}
.inv-title {{ margin: 0; padding: 0; font-size: 1.75rem; font-weight: 650; line-height: 1.2; }}
.inv-sub {{ color: {QUIET_INK}; font-size: .95rem; }}
.inv-fresh {{ border-left: .3rem solid var(--tone); border-radius: .4rem; color: {INK};
  background: color-mix(in srgb, var(--tone) 9%, white); padding: .5rem .8rem;
  font-size: .95rem; min-height: 2.5rem; font-variant-numeric: tabular-nums; }}
.inv-fresh b {{ color: var(--tone); text-transform: capitalize; margin-right: .5rem; }}
.inv-h2 {{ font-size: 1.1rem; font-weight: 650; margin: .4rem 0 .3rem; padding: 0; }}
.inv-h2 small {{ font-weight: 400; color: {QUIET_INK}; font-size: .9rem; margin-left: .5rem; }}
.inv-unknown {{ color: {QUIET_INK}; padding: 1rem; border: 1px dashed #c3ccd4;
  border-radius: .4rem; }}
.inv-legend {{ display: flex; flex-wrap: wrap; gap: .2rem 1rem; color: {QUIET_INK};
  font-size: .85rem; }}
.inv-legend i {{ display: inline-block; width: .8rem; height: .8rem; border-radius: .15rem;
  margin-right: .35rem; vertical-align: -.1rem; }}
.inv-legend .on-order {{ height: .5rem; vertical-align: .05rem; }}
.inv-sum {{ width: 100%; border-collapse: collapse; font-size: .92rem; color: {INK}; }}
.inv-sum caption {{ text-align: left; font-weight: 650; padding: .2rem 0; }}
.inv-sum td {{ padding: .22rem 0; border-bottom: 1px solid {RULE}; }}
.inv-sum td + td {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap;
  padding-left: 1rem; }}
.inv-sum tr.result td {{ font-weight: 650; border-bottom: 0; border-top: 2px solid {INK}; }}
.inv-legend .diamond {{ width: .6rem; height: .6rem; background: {INK}; transform: rotate(45deg);
  margin-left: .15rem; border-radius: 0; vertical-align: 0; }}
.st-key-headline > div {{ flex: 1 1 145px; min-width: 145px; }}
[data-testid="stMetricValue"] {{ font-variant-numeric: tabular-nums; }}
</style>"""


def title() -> str:
    return (
        '<h1 class="inv-title">Store inventory</h1>'
        '<div class="inv-sub">Live stock of each store</div>'
    )


def heading(text: str, note: str) -> str:
    return f'<h2 class="inv-h2">{escape(text)}<small>{escape(plain(note))}</small></h2>'


def unknown(text: str) -> str:
    """A sentence in place of unknown figures; `…` in it marks a command."""
    sentence = re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(plain(text)))
    return f'<div class="inv-unknown">{sentence}</div>'


def freshness_line(fresh: Freshness) -> str:
    """The freshness of the data, with the ARIA role status."""
    tone = _TONES[fresh.state]
    return (
        f'<div class="inv-fresh" role="status" aria-live="off" data-state="{fresh.state}" '
        f'style="--tone: {tone}"><b>{fresh.state}</b>{escape(plain(fresh.text))}</div>'
    )


def legend() -> str:
    """The legend of the stock chart."""
    items = [f'<span><i style="background: {COLOURS[s]}"></i>{s}</span>' for s in Status]
    on_order = f'<span><i class="on-order" style="background: {ON_ORDER}"></i>on order</span>'
    diamond = '<span><i class="diamond"></i>reorder point</span>'
    return f'<div class="inv-legend">{"".join(items)}{on_order}{diamond}</div>'


RESULT = ' class="result"'


def statement(caption: str, rows: Sequence[tuple[str, str, bool]]) -> str:
    """A sum as a table; rows: (words, amount, True for the result)."""
    lines = "".join(
        f"<tr{RESULT if result else ''}>"
        f"<td>{escape(plain(words))}</td><td>{escape(plain(amount))}</td></tr>"
        for words, amount, result in rows
    )
    return f'<table class="inv-sum"><caption>{escape(caption)}</caption>{lines}</table>'
