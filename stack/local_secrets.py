"""Certificates and passwords of a secured local stack: made once, for their owner only."""

import secrets
from collections.abc import Mapping
from pathlib import Path

from connect.properties import properties
from connect.secret_files import SecretFiles, write_private
from connect.settings import PREFIX, Settings
from stack import local_authority, state_folder

ADMINISTRATOR = "admin"
USER_INFO = "basic.auth.user.info"
SECRET_BYTES = 24


def create(settings: Settings) -> None:
    """Create what is missing; passwords that exist stay. Raises UserError."""
    state_folder.create(settings.state)
    create_files(settings.secret_files, settings.host)


def create_files(files: SecretFiles, host: str) -> None:
    """The same in a folder, for what listens on a host."""
    state_folder.create(files.folder)
    local_authority.create(files, host)
    trusted = {"ssl.ca.location": str(files.authority)}
    _write(
        files.administrator,
        {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "PLAIN",
            "sasl.username": ADMINISTRATOR,
            "sasl.password": _kept(files.administrator, "sasl.password") or _secret(),
            **trusted,
        },
    )
    for name, file in (("writer", files.registry), ("reader", files.registry_reader)):
        user = _kept(file, USER_INFO) or f"{name}:{_secret()}"
        _write(file, {USER_INFO: user, **trusted})
    own = dict.fromkeys(("ssl.certificate.location", "ssl.key.location"), str(files.server))
    _write(files.flink, trusted | own)
    for file in (files.metrics_token, files.dashboard_password):
        if not file.exists():
            write_private(file, f"{_secret()}\n")


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


def _kept(file: Path, name: str) -> str:
    """Return the value of a line of a file; empty: there is no file."""
    given = properties(str(file), f"{PREFIX}SECURE") if file.exists() else {}
    return given.get(name, "")


def _write(file: Path, lines: Mapping[str, str]) -> None:
    write_private(file, "".join(f"{name} = {value}\n" for name, value in lines.items()))
