"""The script that makes one press of Back undo one choice."""

from pathlib import Path

import streamlit as st

SCRIPT = f"<script>{Path(__file__).with_suffix('.js').read_text('utf-8')}</script>"


def keep_history() -> None:
    """Add the script to the page; it acts once for each load of the page."""
    st.html(SCRIPT, unsafe_allow_javascript=True)
