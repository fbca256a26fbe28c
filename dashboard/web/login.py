"""The login in front of every page."""

import streamlit as st

from dashboard.access import login_is_configured


def require_login() -> None:
    """Draw only a login button, and end the run, for a browser that has to log in."""
    if login_is_configured() and not st.user.get("is_logged_in"):
        st.button("Log in", on_click=st.login, type="primary")
        st.stop()
