"""TLS of servers in Python, and the reason for which a server's certificate is not trusted."""

import socket
import ssl
import sys
from pathlib import Path
from socketserver import TCPServer
from typing import Any

ANSWER_SECONDS = 5.0


def secure(server: TCPServer, with_key: Path, clients: Path | None = None) -> None:
    """Let a server answer by TLS only.

    with_key: PEM file of its key and certificate; clients: the authority of certificates that its
    clients must have.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(with_key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(clients)
    handle_error = server.handle_error

    def log_no_stranger(request: Any, address: Any) -> None:
        """Log no client that does not speak TLS, or does not trust this server."""
        if not isinstance(sys.exception(), ssl.SSLError):
            handle_error(request, address)

    server.handle_error = log_no_stranger  # type: ignore[method-assign, assignment]
    # The handshake belongs to the thread of the request: a silent client must not stop others.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )


def distrust(address: str, authority: str) -> str:
    """Return why a server's certificate is not trusted, in OpenSSL's words; empty: it is, or the
    server does not answer.

    address: host:port; authority: PEM file of the certificates that are trusted; empty: public
    authorities.
    """
    host, _, port = address.rpartition(":")
    try:
        context = ssl.create_default_context(cafile=authority or None)
        with (
            socket.create_connection((host.strip("[]"), int(port)), ANSWER_SECONDS) as opened,
            context.wrap_socket(opened, server_hostname=host.strip("[]")),
        ):
            return ""
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except (OSError, ValueError):
        return ""
