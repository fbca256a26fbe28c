"""Certificates of local servers and their clients, each of an authority of its own."""

from pathlib import Path
from socketserver import TCPServer

from connect import tls
from connect.secret_files import SecretFiles
from stack import local_authority

HOST = "127.0.0.1"
BEGIN = "-----BEGIN CERTIFICATE"


class Certificate:
    """One for HOST and the authority that has signed it, as PEM files in a folder."""

    def __init__(self, folder: Path, days: int = local_authority.SERVER_DAYS) -> None:
        """days: of its validity, from now; negative: it has ended."""
        files = SecretFiles(folder)
        local_authority.create(files, HOST, days)
        self.authority = files.authority
        """File that clients trust."""
        self.with_key = files.server
        """Certificate and key of a server."""
        key, begin, certificate = files.server.read_text().partition(BEGIN)
        self.certificate = folder / "certificate.pem"
        self.certificate.write_text(begin + certificate)
        self.key = folder / "key.pem"
        self.key.write_text(key)

    def secure(self, server: TCPServer, clients: "Certificate | None" = None) -> None:
        """Let a server answer by TLS only; clients: those whose certificates it requires."""
        tls.secure(server, self.with_key, clients.authority if clients else None)
