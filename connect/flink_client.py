"""TLS and token with which every client reaches Flink's REST API."""

from pathlib import Path
from typing import NamedTuple

from connect.errors import UserError
from connect.properties import properties
from connect.settings import PREFIX, Settings

VARIABLE = f"{PREFIX}FLINK_CLIENT"
TOKEN = "bearer.auth.token"
FILES = ("ssl.ca.location", "ssl.certificate.location", "ssl.key.location")
"""Names of the lines that name a file in PEM."""


class FlinkClient(NamedTuple):
    """Proofs of a client; those that are empty are not used."""

    token: str = ""
    authority: str = ""
    """File of the certificates that are trusted; empty: those of public authorities."""
    certificate: str = ""
    """File of the client's own certificate."""
    key: str = ""
    """File of its key, without a password."""


def flink_client(settings: Settings) -> FlinkClient:
    """Read the file of the settings, at each request: a token may be renewed there.

    The local job's API needs none, unless the local stack is secured. Raises UserError for a line
    or file that cannot be used.
    """
    if settings.flink == "local" and not settings.secured:
        return FlinkClient()
    lines = properties(settings.flink_client, VARIABLE)
    where = f"{VARIABLE}: {settings.flink_client}"
    for name, value in lines.items():
        if name not in (TOKEN, *FILES):
            known = ", ".join((TOKEN, *FILES))
            raise UserError(f"{where}: there is no {name}; settings are: {known}.")
        if name in FILES and not Path(value).is_file():
            raise UserError(f"{where}: {name}: there is no file {value}.")
    used = [name for name in FILES if name in lines]
    if used and not settings.flink_url.startswith("https:"):
        raise UserError(
            f"{PREFIX}FLINK: expected https://host:port, as {settings.flink_client} has {used[0]}, "
            f"got {settings.flink!r}."
        )
    if (FILES[1] in lines) != (FILES[2] in lines):
        raise UserError(f"{where}: expected {FILES[1]} and {FILES[2]}, or neither.")
    return FlinkClient(*(lines.get(name, "") for name in (TOKEN, *FILES)))
