"""Parts of a page that draw themselves again and again, also after the database has failed."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import streamlit as st
from sqlalchemy.exc import DBAPIError

from dashboard.web import style

NO_DATABASE = "Not shown: the database does not answer. It appears as soon as it does."
P = ParamSpec("P")


def refreshed(every: str) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """Make a function a fragment that runs at an interval, such as 1s."""

    def decorate(draw: Callable[P, None]) -> Callable[P, None]:
        @st.fragment(run_every=every)
        @wraps(draw)
        def part(*args: P.args, **kwargs: P.kwargs) -> None:
            try:
                draw(*args, **kwargs)
            except DBAPIError:  # the line of freshness gives the reason
                st.html(style.unknown(NO_DATABASE))

        return part

    return decorate
