"""The sums behind how long a shelf lasts and what to order, to be opened on demand."""

from datetime import datetime, tzinfo

import streamlit as st

from dashboard.text import explain
from dashboard.web import style
from views.shelf_figures import Shelf


def show_sums(shelf: Shelf, now: datetime, shown: tzinfo) -> None:
    """Draw both sums beside each other."""
    sums = [
        ("Lasts, at the usual pace", explain.cover(shelf)),
        ("Order", explain.order(shelf, now, shown)),
    ]
    with st.expander("How long it lasts, and what to order"):
        for place, (caption, steps) in zip(st.columns(2, gap="large"), sums, strict=True):
            rows = [(step.words, explain.written(step), step.result) for step in steps]
            place.html(style.statement(caption, rows))
