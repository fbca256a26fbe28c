"""Certificates and passwords of a secured local stack, as files that only their owner may read."""

from dataclasses import dataclass
from pathlib import Path

from connect import masking
from connect.atomic_write import write_atomically
from connect.errors import UserError

PRIVATE_FILE = 0o600


@dataclass(frozen=True, slots=True)
class SecretFiles:
    """The files in their folder."""

    folder: Path

    @property
    def authority(self) -> Path:
        """Certificate of the authority, which all clients trust."""
        return self.folder / "authority.pem"

    @property
    def authority_key(self) -> Path:
        return self.folder / "authority-key.pem"

    @property
    def server(self) -> Path:
        """Key and certificate of all that listens, and of the clients of Flink's REST API."""
        return self.folder / "server.pem"

    @property
    def administrator(self) -> Path:
        """Client settings of Kafka's administrator."""
        return self.folder / "admin.properties"

    @property
    def registry(self) -> Path:
        """Client settings of the registry's user who registers schemas."""
        return self.folder / "registry.properties"

    @property
    def registry_reader(self) -> Path:
        """Client settings of the registry's user who only reads."""
        return self.folder / "registry-reader.properties"

    @property
    def flink(self) -> Path:
        """Client settings of Flink's REST API."""
        return self.folder / "flink.properties"

    @property
    def metrics_token(self) -> Path:
        """Token of those who read metrics and health."""
        return self.folder / "metrics-token"

    @property
    def dashboard_password(self) -> Path:
        return self.folder / "dashboard-password"

    def user(self, name: str) -> Path:
        """Return the client settings of a user of Kafka."""
        return self.folder / f"{name}.properties"


def secret(file: Path) -> str:
    """Return the secret in a file; no log or message of this process shows it.

    Raises UserError for a file that cannot be read, or is empty.
    """
    try:
        text = file.read_text("utf-8").strip()
        reason = "" if text else "it is empty"
    except (OSError, UnicodeDecodeError) as error:
        reason = str(error)
    if reason:
        raise UserError(
            f"{file} cannot be read ({reason}): delete it, and `INVENTORY_SECURE=1 make up` makes "
            "another."
        )
    masking.note("secret", text)
    return text


def write_private(file: Path, text: str) -> None:
    """Write a file that only its owner may read; after a crash it has its old content or this."""
    write_atomically(file, text.encode(), PRIVATE_FILE)
