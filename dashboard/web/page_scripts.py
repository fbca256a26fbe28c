"""The scripts of every page: Back undoes one choice, and a scan replaces the one before."""

from pathlib import Path

import streamlit as st

NAMES = ("browser_history", "scan_field")
SCRIPTS = tuple(
    f"<script>{Path(__file__).with_name(f'{name}.js').read_text('utf-8')}</script>"
    for name in NAMES
)


def add_scripts() -> None:
    """Add the scripts to the page; each acts once for each load of the page."""
    for script in SCRIPTS:
        st.html(script, unsafe_allow_javascript=True)
