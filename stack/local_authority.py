"""Certificates of a local authority, as PEM files that only their owner may read."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from secrets import token_hex

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from connect.secret_files import SecretFiles, write_private

AUTHORITY_DAYS, SERVER_DAYS = 3650, 397
RENEWED_DAYS = 30
"""Days before its end in which a start renews a certificate."""
EARLIER = timedelta(days=1)
"""Validity before now, as clocks differ."""


def create(files: SecretFiles, host: str, server_days: int = SERVER_DAYS) -> None:
    """Create an authority, and key and certificate of what listens on the host, by address or name.

    Those that exist stay, until they are about to end or are of another host.
    """
    if not _lasts(files.authority) or not files.authority_key.exists():
        key = generate_private_key(SECP256R1())
        write_private(files.authority_key, _text(key))
        # Of two authorities with one name, Java takes the first for both.
        made = signed(f"Local inventory {token_hex(4)}", key, key, AUTHORITY_DAYS)
        write_private(files.authority, _public(made))
        files.server.unlink(missing_ok=True)
    if not _lasts(files.server) or host not in _hosts(files.server):
        key = generate_private_key(SECP256R1())
        issuer = load_pem_private_key(files.authority_key.read_bytes(), None)
        assert isinstance(issuer, EllipticCurvePrivateKey)
        authority = x509.load_pem_x509_certificate(files.authority.read_bytes())
        made = signed(host, key, issuer, server_days, authority)
        write_private(files.server, _text(key) + _public(made))


def signed(
    name: str,
    key: EllipticCurvePrivateKey,
    issuer_key: EllipticCurvePrivateKey,
    days: int,
    issuer: x509.Certificate | None = None,
) -> x509.Certificate:
    """Return a certificate of a host, or without an issuer that of an authority.

    name: of the authority, or address or name of the host; days: from now, also negative ones.
    """
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    end = now + timedelta(days=days)
    builder = (
        x509.CertificateBuilder(
            issuer.subject if issuer else subject,
            subject,
            key.public_key(),
            x509.random_serial_number(),
        )
        .not_valid_before(min(now, end) - EARLIER)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer:
        alternative = x509.SubjectAlternativeName([_general_name(name)])
        builder = builder.add_extension(alternative, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _lasts(file: Path) -> bool:
    """Return True for a certificate that is valid for long enough."""
    if not file.exists():
        return False
    end = x509.load_pem_x509_certificate(file.read_bytes()).not_valid_after_utc
    return end > datetime.now(UTC) + timedelta(days=RENEWED_DAYS)


def _hosts(file: Path) -> set[str]:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(name.value) for name in names}


def _text(key: EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _public(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(Encoding.PEM).decode()
