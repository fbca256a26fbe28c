"""The height of a table's rows: on a phone, that of a target for a finger."""

import streamlit as st

TOUCHED = 44
USUAL = 35
"""Streamlit's own height, pixels."""
PHONES = ("Mobile", "Android")
"""Parts of the names by which the browsers of phones and tablets call themselves."""


def row_height() -> int:
    """Return the height of the rows in this visitor's browser, in pixels."""
    return TOUCHED if is_on_a_phone() else USUAL


def is_on_a_phone() -> bool:
    """Return True if this visitor's browser is that of a phone or tablet."""
    browser = st.context.headers.get("User-Agent") or ""
    return any(name in browser for name in PHONES)
