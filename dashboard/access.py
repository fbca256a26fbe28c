"""Access beyond this computer: only after a login, or as a setting says in so many words."""

from collections.abc import Mapping
from ipaddress import ip_address

import streamlit as st
from streamlit.auth_util import validate_auth_credentials
from streamlit.errors import StreamlitAuthError

from connect.errors import UserError
from connect.settings import PREFIX, Settings


def require_access_rule(settings: Settings) -> None:
    """Raise UserError if the dashboard would listen beyond this computer without authentication.

    Also raises it for a login that is configured in part.
    """
    if login_is_configured():
        try:
            validate_auth_credentials("default")
        except StreamlitAuthError as error:
            raise UserError(" ".join(str(error).split())) from None
    elif (
        settings.dashboard_access == "restricted"
        and not settings.secured
        and not is_this_computer(settings.host)
    ):
        raise UserError(
            f"{PREFIX}HOST={settings.host} opens the dashboard to other computers, and no login "
            "is configured: configure Streamlit's login (the section [auth] of "
            f".streamlit/secrets.toml), or set {PREFIX}DASHBOARD_ACCESS to proxy if a proxy in "
            "front of it authenticates each user, or to open if all who reach it may see the stock."
        )


def require_named_user(settings: Settings, logged_in_as: str | None) -> str | None:
    """Return the user of the login; None where anyone at this computer may type a name.

    logged_in_as: see `user_name`. Raises UserError for an unknown user beyond this computer.
    """
    if logged_in_as is None and not is_this_computer(settings.host):
        raise UserError(
            "Booking needs a named user, and this dashboard is open to other computers without a "
            "login: configure Streamlit's login (the section [auth] of .streamlit/secrets.toml)."
        )
    return logged_in_as


def user_name(claims: Mapping[str, object]) -> str | None:
    """Return the name in the claims of a login; None: no login."""
    if not claims.get("is_logged_in"):
        return None
    names = (claims.get(each) for each in ("email", "preferred_username", "name", "sub"))
    return next((str(name) for name in names if name), None)


def password_is_required(settings: Settings) -> bool:
    """Return True if users know the password of a secured stack instead of having a login."""
    restricted = settings.dashboard_access == "restricted"
    return settings.secured and restricted and not login_is_configured()


def login_is_configured() -> bool:
    """Return True if Streamlit's secrets have a section for OpenID Connect."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def is_this_computer(host: str) -> bool:
    """Return True for an address that other computers cannot reach."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
