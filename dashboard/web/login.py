"""The login in front of every page."""

from hmac import compare_digest

import streamlit as st

from connect.errors import UserError
from connect.secret_files import secret
from connect.settings import Settings
from dashboard.access import login_is_configured, password_is_required

KNOWS = "knows the password"
"""Key of a session that has entered the password."""


def require_login() -> None:
    """Draw only the login, and end the run, for a browser that has to log in."""
    if login_is_configured():
        if not st.user.get("is_logged_in"):
            st.button("Log in", on_click=st.login, type="primary")
            st.stop()
        return
    try:
        settings = Settings.from_environment()
    except UserError:
        return  # each page shows the error, and no figures
    if password_is_required(settings) and KNOWS not in st.session_state:
        _require_password(settings)


def _require_password(settings: Settings) -> None:
    entered = st.text_input("Password", type="password")
    if not entered:
        st.stop()
    try:
        password = secret(settings.secret_files.dashboard_password)
    except UserError as error:
        st.error(error.format_message())
        st.stop()
    if not compare_digest(entered.encode(), password.encode()):
        st.error("This is not the password.")
        st.stop()
    st.session_state[KNOWS] = True
    st.rerun()
