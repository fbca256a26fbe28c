"""Choices of the address that a page does not have: a sentence for each, in one place.

Streamlit drops them from the address without a word.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from dashboard.web import style

NAMES = {
    "category": "category",
    "status": "state",
    "sort": "order",
    "columns": "column",
    "page": "page",
    "day": "day",
    "hours": "hour",
    "at": "moment",
    "verb": "booking",
}
"""Names of the fields with choices, by their key in the address."""


@contextmanager
def bad_choices_named() -> Iterator[None]:
    """Name above a page the choices that its fields drop from the address."""
    place = st.container()
    before = {key: st.query_params.get_all(key) for key in NAMES}
    yield
    dropped = [
        f"There is no {NAMES[key]} “{value}”."
        for key, values in before.items()
        if key in st.session_state and values != st.query_params.get_all(key)
        for value in values
        if value and not _is_among(value, st.session_state[key])
    ]
    if dropped:
        place.html(style.unknown(f"{' '.join(dropped)} The page is shown without it."))


def _is_among(value: str, chosen: object) -> bool:
    """Return True for a choice that was only written in another way, or is the usual one."""
    each_chosen = chosen if isinstance(chosen, list | tuple) else [chosen]
    return any(_is_same(value, each) for each in each_chosen)


def _is_same(value: str, chosen: object) -> bool:
    try:
        return value == str(chosen) or float(value) == float(str(chosen))
    except ValueError:
        return False
