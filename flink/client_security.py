"""TLS and SASL options for Flink's Java clients of Kafka and the registry.

Translated from the configuration files of the Python clients. See Kafka's documentation,
"Security", and Flink's, "Confluent Avro Format". Certificates are passed as PEM text, so that the
machines of a cluster need no certificate files.
"""

from collections.abc import Iterator
from pathlib import Path

from connect import registry
from connect.errors import UserError
from connect.properties import properties
from connect.settings import PREFIX, Settings

KAFKA, REGISTRY = f"{PREFIX}KAFKA_CLIENT", f"{PREFIX}REGISTRY_CLIENT"
SECURITY = ("security.", "sasl.", "ssl.", "https.", "enable.ssl.", "basic.", "bearer.")
"""Prefixes of options that must be translated; others concern the Python clients only."""
_LOGINS = "org.apache.flink.kafka.shaded.org.apache.kafka.common.security"
LOGINS = {
    "PLAIN": f"{_LOGINS}.plain.PlainLoginModule",
    "SCRAM-SHA-256": f"{_LOGINS}.scram.ScramLoginModule",
    "SCRAM-SHA-512": f"{_LOGINS}.scram.ScramLoginModule",
}
OAUTHBEARER = "OAUTHBEARER"
OIDC = "sasl.oauthbearer."
"""Begin of the names of Kafka's settings for tokens of OpenID Connect."""
ALLOWED_URLS = "org.apache.flink.kafka.shaded.org.apache.kafka.sasl.oauthbearer.allowed.urls"
"""System property of each JVM with the job's Kafka clients: the addresses that may give tokens."""
REGISTRY_TOKEN = (
    "bearer.auth.issuer.endpoint.url",
    "bearer.auth.client.id",
    "bearer.auth.client.secret",
    "bearer.auth.scope",
    "bearer.auth.logical.cluster",
    "bearer.auth.identity.pool.id",
)
"""Settings of the registry's token that both languages name alike."""
SECRET = ("jaas.config", "keystore.key", "password", "user-info", "auth.token", "client.secret")
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
    if mechanism == OAUTHBEARER:
        result |= _oauthbearer(file)
    elif mechanism:
        if mechanism not in LOGINS:
            known = ", ".join((*LOGINS, OAUTHBEARER))
            raise file.problem(f"sasl.mechanism: expected {known}, got {mechanism}")
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
    result |= _registry_token(file)
    for name, value in _certificates(file).items():
        result[f"properties.schema.registry.{name}"] = value
    file.nothing_left()
    return result


def token_url(settings: Settings) -> str:
    """Return the URL from which the Java Kafka client gets its tokens; empty: it has none."""
    return kafka_options(settings).get(f"{OIDC}token.endpoint.url", "")


def jvm_options(settings: Settings) -> list[str]:
    """Return the options that a JVM with the job's clients needs."""
    url = token_url(settings)
    return [f"-D{ALLOWED_URLS}={url}"] if url else []


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


def _oauthbearer(file: _File) -> dict[str, str]:
    """Return the options of a login by tokens that an OpenID Connect provider gives."""
    method = file.take(f"{OIDC}method")
    if method != "oidc":
        raise file.problem(f"{OIDC}method: expected oidc, got {method or 'nothing'}")
    client = {
        f"{OIDC}client.credentials.client.id": file.take(f"{OIDC}client.id"),
        f"{OIDC}client.credentials.client.secret": file.take(f"{OIDC}client.secret"),
        f"{OIDC}scope": file.take(f"{OIDC}scope"),
        f"{OIDC}token.endpoint.url": file.take(f"{OIDC}token.endpoint.url"),
    }
    login = {}
    for extension in filter(None, file.take(f"{OIDC}extensions").split(",")):
        name, _, value = extension.partition("=")
        login[f"extension_{name.strip()}"] = value.strip()
    if authority := file.text("https.ca.location"):
        login |= {"ssl.truststore.type": "PEM", "ssl.truststore.certificates": authority}
    given = "".join(f" {name}={_quoted(value)}" for name, value in login.items())
    return {name: value for name, value in client.items() if value} | {
        "sasl.mechanism": OAUTHBEARER,
        "sasl.jaas.config": f"{_LOGINS}.oauthbearer.OAuthBearerLoginModule required{given};",
        "sasl.login.callback.handler.class": (
            f"{_LOGINS}.oauthbearer.OAuthBearerLoginCallbackHandler"
        ),
        # Kafka's default needs a library that the connector's jar lacks, also for a client.
        f"{OIDC}jwt.validator.class": f"{_LOGINS}.oauthbearer.ClientJwtValidator",
    }


def _registry_token(file: _File) -> dict[str, str]:
    source = registry.token_source(file.left)
    if not source:
        return {}
    file.take("bearer.auth.credentials.source")
    if source not in (registry.STATIC_TOKEN, registry.OAUTHBEARER):
        raise file.problem(
            f"bearer.auth.credentials.source: expected {registry.STATIC_TOKEN} or "
            f"{registry.OAUTHBEARER}, got {source}"
        )
    result = {"bearer-auth.credentials-source": source}
    if token := file.take("bearer.auth.token"):
        result["bearer-auth.token"] = token
    return result | {
        f"properties.{name}": value for name in REGISTRY_TOKEN if (value := file.take(name))
    }


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
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
