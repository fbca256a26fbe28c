"""The list of needs: rows that hold still under a hand, each with its link and two buttons.

Streamlit has no list of this kind: its table is a canvas, whose rows jump with each new order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from views.need_words import SIGNS, reason
from views.plain_text import plain
from views.shelf_figures import Shelf

FOLDER = Path(__file__).parent
HTML = '<ul class="needs"></ul><button class="moved" hidden></button>'


@dataclass(frozen=True, slots=True)
class Choice:
    """The choice of the visitor in a row."""

    action: str
    """seen or later."""
    sku: str


def need_list(shelves: Sequence[Shelf], now: datetime, shown: tzinfo, key: str) -> Choice | None:
    """Draw the list; return the choice that was made since it was drawn last."""
    rows = [row(shelf, now, shown) for shelf in shelves]
    ignore = lambda: None  # noqa: E731 - a trigger needs a callback to have a value
    result = _component()(
        data={"rows": rows},
        key=key,
        on_seen_change=ignore,
        on_later_change=ignore,
    )
    for action in ("seen", "later"):
        sku = getattr(result, action, None)
        if sku is not None:
            return Choice(action, sku)
    return None


def row(shelf: Shelf, now: datetime, shown: tzinfo) -> dict[str, Any]:
    """Return the words of a row."""
    sign, word = SIGNS[shelf.need]
    name = plain(shelf.name) if shelf.name else "(not in the catalogue)"
    return {
        "sku": shelf.sku,
        "need": shelf.need.value,
        "sign": sign,
        "word": word,
        "name": f"{name} · {plain(shelf.sku)}",
        "reason": reason(shelf, now, shown),
        "address": f"product?{urlencode({'store': shelf.store_id, 'sku': shelf.sku})}",
    }


@cache
def _component() -> Any:
    css, script = ((FOLDER / f"need_list.{kind}").read_text("utf-8") for kind in ("css", "js"))
    return st.components.v2.component("need_list", html=HTML, css=css, js=script)
