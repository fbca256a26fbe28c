"""Kafka by tokens of OpenID Connect, certificates and SCRAM, with a real broker.

Gate and job, in Python and Java, use tokens; the broker checks them by the provider's public key.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)
from rich.console import Console

from connect import kafka
from connect.errors import UserError
from connect.settings import Settings
from stack import broker, ports
from stack.runtime import Stack
from tests.support.certificates import HOST, Certificate
from tests.support.running_pipeline import RunningPipeline
from tests.support.token_endpoint import AUDIENCE, CLIENT, SECRET, TokenEndpoint, signing_key

pytestmark = [pytest.mark.slow, pytest.mark.nightly]
SECONDS_TO_SETTLE = 120
OAUTHBEARER = "org.apache.kafka.common.security.oauthbearer"
SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"


class Listeners:
    """Further listeners of a broker, by name, each at a port of its own."""

    def __init__(self, folder: Path) -> None:
        for name in ("server", "client", "stranger"):
            (folder / name).mkdir()
        self.server = Certificate(folder / "server")
        self.client = Certificate(folder / "client")
        self.stranger = Certificate(folder / "stranger")
        self.key = signing_key()
        self.keys = folder / "keys.json"
        self.keys.write_text(json.dumps({"keys": [self.key.as_dict(private=False)]}))
        self.ports = {name: ports.free(HOST) for name in ("TOKENS", "CERTIFICATES", "SCRAM")}

    def properties(self, settings: Settings) -> str:
        own = settings.kafka_port
        outside = ",".join(f"{name}://{HOST}:{port}" for name, port in self.ports.items())
        tokens, certificates = "listener.name.tokens", "listener.name.certificates"
        return f"""
listeners=PLAINTEXT://{HOST}:{own},CONTROLLER://{HOST}:{own + 1},{outside}
advertised.listeners=PLAINTEXT://{HOST}:{own},{outside}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,TOKENS:SASL_PLAINTEXT,\
CERTIFICATES:SSL,SCRAM:SASL_PLAINTEXT
{tokens}.sasl.enabled.mechanisms=OAUTHBEARER
{tokens}.oauthbearer.sasl.jaas.config={OAUTHBEARER}.OAuthBearerLoginModule required;
{tokens}.oauthbearer.sasl.server.callback.handler.class=\
{OAUTHBEARER}.OAuthBearerValidatorCallbackHandler
{tokens}.oauthbearer.sasl.oauthbearer.jwks.endpoint.url={self.keys.as_uri()}
{tokens}.oauthbearer.sasl.oauthbearer.expected.audience={AUDIENCE}
{certificates}.ssl.client.auth=required
{certificates}.ssl.keystore.type=PEM
{certificates}.ssl.keystore.location={self.server.with_key}
{certificates}.ssl.truststore.type=PEM
{certificates}.ssl.truststore.location={self.client.authority}
listener.name.scram.sasl.enabled.mechanisms=SCRAM-SHA-512
listener.name.scram.scram-sha-512.sasl.jaas.config={SCRAM} required;
"""


class World:
    """A broker with these listeners, and files of client settings for them."""

    def __init__(
        self, inside: Stack, listeners: Listeners, provider: TokenEndpoint, folder: Path
    ) -> None:
        self.inside, self.listeners, self._folder = inside, listeners, folder
        self._provider = provider

    def settings(self, listener: str, *lines: str) -> Settings:
        """Return the settings of a client of a listener."""
        file = self._folder / f"{listener}.properties"
        file.write_text("\n".join(lines), "utf-8")
        address = f"{HOST}:{self.listeners.ports[listener]}"
        return replace(self.inside.settings, kafka=address, kafka_client=str(file))

    def by_tokens(self, secret: str = SECRET) -> Settings:
        return self.settings(
            "TOKENS",
            "security.protocol = SASL_PLAINTEXT",
            "sasl.mechanism = OAUTHBEARER",
            "sasl.oauthbearer.method = oidc",
            f"sasl.oauthbearer.client.id = {CLIENT}",
            f"sasl.oauthbearer.client.secret = {secret}",
            f"sasl.oauthbearer.token.endpoint.url = {self._provider.url}/token",
            f"https.ca.location = {self.listeners.server.authority}",
        )

    def by_certificate(self, own: Certificate) -> Settings:
        return self.settings(
            "CERTIFICATES",
            "security.protocol = SSL",
            f"ssl.ca.location = {self.listeners.server.authority}",
            f"ssl.certificate.location = {own.certificate}",
            f"ssl.key.location = {own.key}",
        )

    def by_scram(self, password: str) -> Settings:
        return self.settings(
            "SCRAM",
            "security.protocol = SASL_PLAINTEXT",
            "sasl.mechanism = SCRAM-SHA-512",
            f"sasl.username = {CLIENT}",
            f"sasl.password = {password}",
        )


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("tokens")
    listeners = Listeners(folder)
    plain = broker.properties
    with (
        pytest.MonkeyPatch.context() as patch,
        TokenEndpoint(listeners.server, listeners.key) as provider,
    ):
        patch.setattr(broker, "properties", lambda s: plain(s) + listeners.properties(s))
        allowed = f"-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls={listeners.keys.as_uri()}"
        patch.setenv("JAVA_TOOL_OPTIONS", allowed)
        with Stack.on_free_ports(["registry", "kafka"]) as inside:
            yield World(inside, listeners, provider, folder)


def test_with_tokens_the_levels_equal_the_oracle(world: World) -> None:
    settings = world.by_tokens()
    changes = {"registry": settings.registry_url, "checkpoint_seconds": 2}
    changes |= {"kafka": settings.kafka, "kafka_client": settings.kafka_client}
    with Stack.on_free_ports([], **changes) as outside:
        outside.names += ["gate", "job"]
        outside.fetch(Console(quiet=True))
        pipeline = RunningPipeline(outside)
        applied = pipeline.run("contracts", "apply")
        assert applied.returncode == 0, applied.stderr
        pipeline.start_job()
        pipeline.send(1_000)
        assert not pipeline.differences(SECONDS_TO_SETTLE)


def test_a_client_without_the_secret_is_refused_and_the_setting_named(world: World) -> None:
    with pytest.raises(UserError, match="refuses this client: set INVENTORY_KAFKA_CLIENT") as one:
        kafka.admin(world.by_tokens("wr0ng"))
    assert "wr0ng" not in one.value.message


def test_a_client_is_known_by_its_certificate(world: World) -> None:
    assert kafka.cluster_id(kafka.admin(world.by_certificate(world.listeners.client)))
    with pytest.raises(UserError, match="refuses this client: set INVENTORY_KAFKA_CLIENT"):
        kafka.admin(world.by_certificate(world.listeners.stranger))


def test_a_client_is_known_by_its_password(world: World) -> None:
    credentials = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    upsertion = UserScramCredentialUpsertion(CLIENT, credentials, b"s3cret")
    admin = kafka.admin(world.inside.settings)
    for done in admin.alter_user_scram_credentials([upsertion]).values():
        done.result(10)
    assert kafka.cluster_id(kafka.admin(world.by_scram("s3cret")))
    with pytest.raises(UserError, match="refuses this client: set INVENTORY_KAFKA_CLIENT"):
        kafka.admin(world.by_scram("other"))
