"""Whom Flink's own clients of Kafka and the registry trust, and how they prove who they are.

The same files of settings as for the Python clients, in the names that Java gives to them: Kafka's
documentation, "Security", and Flink's, "Confluent Avro Format". Certificates are taken out of
their files here, so that no machine of a cluster needs them.
"""

from collections.abc import Iterator
from pathlib import Path

from connect.errors import UserError
from connect.properties import properties
from connect.settings import PREFIX, Settings

KAFKA, REGISTRY = f"{PREFIX}KAFKA_CLIENT", f"{PREFIX}REGISTRY_CLIENT"
SECURITY = ("security.", "sasl.", "ssl.", "enable.ssl.", "basic.", "bearer.")
"""How the names begin that may not be left out; others are of the Python clients alone."""
_LOGINS = "org.apache.flink.kafka.shaded.org.apache.kafka.common.security"
LOGINS = {
    "PLAIN": f"{_LOGINS}.plain.PlainLoginModule",
    "SCRAM-SHA-256": f"{_LOGINS}.scram.ScramLoginModule",
    "SCRAM-SHA-512": f"{_LOGINS}.scram.ScramLoginModule",
}
PKCS8 = ("BEGIN PRIVATE KEY", "BEGIN ENCRYPTED PRIVATE KEY")


def options(settings: Settings, formats: list[str]) -> Iterator[tuple[str, str]]:
    """(name, value) of a table's options besides its addresses; formats: which of key, value.

    Raises UserError for a file that cannot be read, or a setting that Flink's clients lack.
    """
    for name, value in of_kafka(settings).items():
        yield f"properties.{name}", value
    for name, value in of_registry(settings).items():
        for part in formats:
            yield f"{part}.avro-confluent.{name}", value


def of_kafka(settings: Settings) -> dict[str, str]:
    """Settings of Java's Kafka client."""
    file = _File(settings.kafka_client, KAFKA)
    made = {name: file.take(name) for name in ("security.protocol",) if name in file.left}
    checked = file.take("ssl.endpoint.identification.algorithm")
    if checked:
        made["ssl.endpoint.identification.algorithm"] = "" if checked == "none" else checked
    mechanism = (file.take("sasl.mechanism") or file.take("sasl.mechanisms")).upper()
    user, password = file.take("sasl.username"), file.take("sasl.password")
    if mechanism:
        if mechanism not in LOGINS:
            raise file.problem(f"sasl.mechanism: expected {', '.join(LOGINS)}, got {mechanism}")
        made["sasl.mechanism"] = mechanism
        made["sasl.jaas.config"] = (
            f"{LOGINS[mechanism]} required username={_quoted(user)} password={_quoted(password)};"
        )
    made |= _certificates(file)
    file.nothing_left()
    return made


def of_registry(settings: Settings) -> dict[str, str]:
    """Options of the format avro-confluent, without its name before them."""
    file = _File(settings.registry_client, REGISTRY)
    made: dict[str, str] = {}
    user = file.take("basic.auth.user.info")
    if user:
        made = {"basic-auth.credentials-source": "USER_INFO", "basic-auth.user-info": user}
    for name, value in _certificates(file).items():
        made[f"properties.schema.registry.{name}"] = value
    file.nothing_left()
    return made


class _File:
    """A file of client settings; what has not been taken is left."""

    def __init__(self, path: str, variable: str) -> None:
        self._where = f"{variable}: {path}"
        self.left = properties(path, variable)

    def take(self, name: str) -> str:
        """The value of a setting, "" for none."""
        return self.left.pop(name, "")

    def text(self, name: str) -> str:
        """The text of the file that a setting names, "" for none."""
        path = self.take(name)
        try:
            return Path(path).read_text("ascii") if path else ""
        except (OSError, UnicodeDecodeError) as error:
            raise self.problem(f"{name}: {path} cannot be read as PEM: {error}") from None

    def problem(self, what: str) -> UserError:
        return UserError(f"{self._where}: {what}.")

    def nothing_left(self) -> None:
        """Raises UserError for a setting of security that the job would have to do without."""
        left = [name for name in self.left if name.startswith(SECURITY)]
        if left:
            raise self.problem(f"the job's Java clients have no setting for {', '.join(left)}")


def _certificates(file: _File) -> dict[str, str]:
    made = {
        "ssl.truststore.certificates": file.text("ssl.ca.location"),
        "ssl.keystore.certificate.chain": file.text("ssl.certificate.location"),
        "ssl.keystore.key": file.text("ssl.key.location"),
        "ssl.key.password": file.take("ssl.key.password"),
    }
    key = made["ssl.keystore.key"]
    if key and not any(begin in key for begin in PKCS8):
        raise file.problem(
            "ssl.key.location: Java reads keys as PKCS 8 only: convert it with "
            "`openssl pkcs8 -topk8`"
        )
    if made["ssl.truststore.certificates"]:
        made["ssl.truststore.type"] = "PEM"
    if key:
        made["ssl.keystore.type"] = "PEM"
    return {name: value for name, value in made.items() if value}


def _quoted(text: str) -> str:
    """As JAAS configurations quote."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
