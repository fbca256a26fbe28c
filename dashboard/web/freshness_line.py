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

from dashboard.text.display_text import plain
from dashboard.text.freshness import Freshness, State
from dashboard.web.palette import either

SCRIPT = Path(__file__).with_suffix(".js")
TONES = {
    State.READING: either("#0b6e8a", "#4fb0cc"),
    State.LIVE: either("#1b7749", "#4cc48a"),
    State.QUIET: either("#3d5a80", "#93b4dd"),
    State.STALLED: either("#8a5300", "#e9a83a"),
    State.DOWN: either("#b3261e", "#f0827c"),
}


def show_freshness(fresh: Freshness, now: datetime, shown: tzinfo) -> None:
    """Draw the line. Call it in a fragment that runs every second.

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
        js=SCRIPT.read_text("utf-8"),
        isolate_styles=False,
    )
