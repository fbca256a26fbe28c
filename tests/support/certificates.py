"""Self-signed certificates for local servers and their clients."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from socketserver import TCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

HOST = "127.0.0.1"


class Certificate:
    """One for HOST that has signed itself, as PEM files in a folder."""

    def __init__(self, folder: Path) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
        now = datetime.now(UTC)
        made = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(HOST))]), False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
            .sign(key, hashes.SHA256())
        )
        pem = serialization.Encoding.PEM
        private = key.private_bytes(
            pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        public = made.public_bytes(pem)
        self.authority = folder / "authority.pem"
        """File that clients trust."""
        self.authority.write_bytes(public)
        self.with_key = folder / "server.pem"
        """Certificate and key of a server."""
        self.with_key.write_bytes(private + public)
        self.key = folder / "key.pem"
        self.key.write_bytes(private)

    def secure(self, server: TCPServer, clients: "Certificate | None" = None) -> None:
        """Let a server answer by TLS only; clients: what their certificate is signed by."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.with_key)
        if clients:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(clients.authority)
        server.socket = context.wrap_socket(server.socket, server_side=True)
