"""The script that lets each scan replace the one before in the fields for codes."""

from pathlib import Path

import streamlit as st

SCRIPT = f"<script>{Path(__file__).with_suffix('.js').read_text('utf-8')}</script>"


def replace_scans() -> None:
    """Add the script to the page; it acts once for each load of the page."""
    st.html(SCRIPT, unsafe_allow_javascript=True)
