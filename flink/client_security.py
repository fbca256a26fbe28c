"""TLS and SASL options for Flink's Java clients of Kafka and the registry.

Translated from the configuration files of the Python clients. See Kafka's documentation,
"Security", and Flink's, "Confluent Avro Format". Certificates are passed as PEM text, so that the
machines of a cluster need no certificate files.
"""

from collections.abc import Iterator
from pathlib import Path

from connect.errors import UserError
from connect.properties import properties
from connect.settings import PREFIX, Settings

KAFKA, REGISTRY = f"{PREFIX}KAFKA_CLIENT", f"{PREFIX}REGISTRY_CLIENT"
SECURITY = ("security.", "sasl.", "ssl.", "enable.ssl.", "basic.", "bearer.")
"""Prefixes of options that must be translated; others concern the Python clients only."""
_LOGINS = "org.apache.flink.kafka.shaded.org.apache.kafka.common.security"
LOGINS = {
    "PLAIN": f"{_LOGINS}.plain.PlainLoginModule",
    "SCRAM-SHA-256": f"{_LOGINS}.scram.ScramLoginModule",
    "SCRAM-SHA-512": f"{_LOGINS}.scram.ScramLoginModule",
}
SECRET = ("jaas.config", "keystore.key", "password", "user-info")
"""Ends of the names of options that are secret. Flink's messages mask most of them, not the key."""
PKCS8 = ("BEGIN PRIVATE KEY", "BEGIN ENCRYPTED PRIVATE KEY")


def options(settings: Settings, formats: list[str]) -> Iterator[tuple[str, str]]:
    """Yield (name, value) of a table's security options. formats: "key", "value" or both.

    Raises UserError for a file that cannot be read, or an option that Flink's clients lack.
    """
    for name, value in kafka_options(settings).items():
        yield f"properties.{name}", value
    for name, value in registry_options(settings).items():
        for part in formats:
            yield f"{part}.{settings.avro_format}.{name}", value


def kafka_options(settings: Settings) -> dict[str, str]:
    """Return the options of the Java Kafka client."""
    file = _File(settings.kafka_client, KAFKA)
    result = {name: file.take(name) for name in ("security.protocol",) if name in file.left}
    checked = file.take("ssl.endpoint.identification.algorithm")
    if checked:
        result["ssl.endpoint.identification.algorithm"] = "" if checked == "none" else checked
    mechanism = (file.take("sasl.mechanism") or file.take("sasl.mechanisms")).upper()
    user, password = file.take("sasl.username"), file.take("sasl.password")
    if mechanism:
        if mechanism not in LOGINS:
            raise file.problem(f"sasl.mechanism: expected {', '.join(LOGINS)}, got {mechanism}")
        result["sasl.mechanism"] = mechanism
        result["sasl.jaas.config"] = (
            f"{LOGINS[mechanism]} required username={_quoted(user)} password={_quoted(password)};"
        )
    result |= _certificates(file)
    file.nothing_left()
    return result


def registry_options(settings: Settings) -> dict[str, str]:
    """Return the options of the tables' format, without their prefix."""
    file = _File(settings.registry_client, REGISTRY)
    result: dict[str, str] = {}
    user = file.take("basic.auth.user.info")
    if user:
        result = {"basic-auth.credentials-source": "USER_INFO", "basic-auth.user-info": user}
    for name, value in _certificates(file).items():
        result[f"properties.schema.registry.{name}"] = value
    file.nothing_left()
    return result


def without_secrets(text: str, settings: Settings) -> str:
    """Return a message of Flink, which may quote a table's options, with its secrets masked."""
    for name, value in (*kafka_options(settings).items(), *registry_options(settings).items()):
        if name.endswith(SECRET):
            for written in (value, value.replace("'", "''")):
                text = text.replace(written, "******")
    return text


class _File:
    """A file of client options; `left` has those that were not taken."""

    def __init__(self, path: str, variable: str) -> None:
        self._where = f"{variable}: {path}"
        self.left = properties(path, variable)

    def take(self, name: str) -> str:
        """Remove an option and return its value, "" for none."""
        return self.left.pop(name, "")

    def text(self, name: str) -> str:
        """Return the text of the file that an option names, "" for none."""
        path = self.take(name)
        try:
            return Path(path).read_text("ascii") if path else ""
        except (OSError, UnicodeDecodeError) as error:
            raise self.problem(f"{name}: {path} cannot be read as PEM: {error}") from None

    def problem(self, message: str) -> UserError:
        return UserError(f"{self._where}: {message}.")

    def nothing_left(self) -> None:
        """Raise UserError for a security option that has no Java equivalent here."""
        left = [name for name in self.left if name.startswith(SECURITY)]
        if left:
            raise self.problem(f"the job's Java clients have no setting for {', '.join(left)}")


def _certificates(file: _File) -> dict[str, str]:
    result = {
        "ssl.truststore.certificates": file.text("ssl.ca.location"),
        "ssl.keystore.certificate.chain": file.text("ssl.certificate.location"),
        "ssl.keystore.key": file.text("ssl.key.location"),
        "ssl.key.password": file.take("ssl.key.password"),
    }
    key = result["ssl.keystore.key"]
    if key and not any(begin in key for begin in PKCS8):
        raise file.problem(
            "ssl.key.location: Java reads keys as PKCS 8 only: convert it with "
            "`openssl pkcs8 -topk8`"
        )
    if result["ssl.truststore.certificates"]:
        result["ssl.truststore.type"] = "PEM"
    if key:
        result["ssl.keystore.type"] = "PEM"
    return {name: value for name, value in result.items() if value}


def _quoted(text: str) -> str:
    """Quote a value for a JAAS configuration."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
