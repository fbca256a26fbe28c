"""The line that says how fresh the page is; its age is counted in the browser.

The server sends a stamp with each refresh. The script in the page counts the time since the newest
one: when none comes, the server is frozen or gone, or the device is offline, and no server can say
so. `html[data-connection=lost]` then lets every style react.
"""

from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from dashboard.text.freshness import Freshness, State
from dashboard.web.palette import either
from views.plain_text import plain

SCRIPT = f"<script>{Path(__file__).with_suffix('.js').read_text('utf-8')}</script>"
"""Sent once for each page: what the component itself has is sent with each stamp."""
CALL = """
// The script may come later than the first stamp.
export default (component) => window.drawFreshness?.(component);
"""
TONES = {
    State.READING: either("#0b6e8a", "#4fb0cc"),
    State.LIVE: either("#1b7749", "#4cc48a"),
    State.QUIET: either("#3d5a80", "#93b4dd"),
    State.STALLED: either("#8a5300", "#e9a83a"),
    State.DOWN: either("#b3261e", "#f0827c"),
}


def add_script() -> None:
    """Add to the page the script that draws the line. Call it outside of the fragment."""
    st.html(SCRIPT, unsafe_allow_javascript=True)


def show_freshness(fresh: Freshness, now: datetime, shown: tzinfo) -> None:
    """Send the line of a page that has the script. Call it in a fragment that runs every second.

    now: the stamp; shown: zone of the times on the page.
    """
    _line()(
        key="freshness",
        data={
            "state": str(fresh.state),
            "heading": fresh.heading,
            "text": plain(fresh.text),
            "tone": TONES[fresh.state],
            "lost_tone": TONES[State.DOWN],
            "stamp": now.timestamp() * 1000,
            "zone": str(shown),
        },
    )


@cache
def _line() -> Any:
    return st.components.v2.component(
        "freshness",
        html='<div class="inv-fresh"><b></b> <span></span></div>',
        js=CALL,
        isolate_styles=False,
    )
