"""Parts of a page that draw themselves again and again, also after the database has failed.

One run draws all of them. With a timer for each, their runs would begin at one moment and follow
each other so closely that Streamlit reports those before the last one as broken off.
"""

from collections.abc import Callable

import streamlit as st
from sqlalchemy.exc import DBAPIError
from streamlit.delta_generator import DeltaGenerator

from dashboard.web import style

EVERY = "1s"
"""Interval at which the parts look for changes. A run that takes longer is followed by the next."""
NO_DATABASE = "Not shown: the database does not answer. It appears as soon as it does."


class Parts:
    """The parts of one page, in the order in which they are drawn."""

    def __init__(self) -> None:
        self._parts: list[tuple[DeltaGenerator, Callable[[], None]]] = []

    def add(self, draw: Callable[[], None]) -> None:
        """Reserve the place of a part, here on the page."""
        self._parts.append((st.container(), draw))

    def show(self) -> None:
        """Draw all parts, from now on."""
        _show(self._parts)


@st.fragment(run_every=EVERY)
def _show(parts: list[tuple[DeltaGenerator, Callable[[], None]]]) -> None:
    answers = True
    for place, draw in parts:
        with place:
            try:
                if answers:
                    draw()
            except DBAPIError:  # the line of freshness gives the reason
                answers = False  # each further part would wait for it, too
            if not answers:
                st.html(style.unknown(NO_DATABASE))
