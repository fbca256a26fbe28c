"""The registry over TLS with a password, token or certificate; a refusal names the setting."""

import base64
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

import pytest

from connect import cluster_rest, kafka, registry
from connect.errors import UserError
from connect.properties import properties
from connect.settings import Settings
from tests.support.certificates import HOST, Certificate
from tests.support.http_server import Answer, HttpServer, Request
from tests.support.token_endpoint import CLIENT, SECRET, TokenEndpoint

PASSWORD = "se=cret"
EXPECTED = {
    "Basic " + base64.b64encode(f"planner:{PASSWORD}".encode()).decode(),
    "Bearer t0ken",
}


def guarded(request: Request) -> Answer:
    """Answer as a registry without subjects, which wants the password or the token."""
    if request.headers["Authorization"] in EXPECTED:
        return 200, []
    return 401, {"error_code": 401, "message": "Unauthorized"}


class Closing(BaseRequestHandler):
    """Reads what comes, and answers nothing."""

    def handle(self) -> None:
        with suppress(OSError):
            self.request.recv(100)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def pem(certificate: Certificate) -> Path:
    return certificate.authority


@pytest.fixture(scope="module")
def url(certificate: Certificate) -> Iterator[str]:
    with HttpServer(guarded, certificate.secure) as server:
        yield server.url


def settings(url: str, folder: Path, *lines: str) -> Settings:
    file = folder / "registry.properties"
    file.write_text("\n".join(["# who we are", "", *lines]), "utf-8")
    return Settings(registry=url, registry_client=str(file))


def test_a_registry_is_reached_by_tls_and_with_a_password(
    url: str, pem: Path, tmp_path: Path
) -> None:
    user = f"basic.auth.user.info = planner:{PASSWORD}"
    known = settings(url, tmp_path, user, f"ssl.ca.location={pem}")
    assert registry.client(known).get_subjects() == []


def test_a_registry_is_reached_with_a_token(url: str, pem: Path, tmp_path: Path) -> None:
    trusted = f"ssl.ca.location={pem}"
    known = settings(url, tmp_path, "bearer.auth.token = t0ken", trusted)
    assert registry.client(known).get_subjects() == []
    with pytest.raises(UserError, match=r"refuses this client \(401\).*bearer.auth.token") as one:
        registry.client(settings(url, tmp_path, "bearer.auth.token = expired", trusted))
    assert "expired" not in one.value.message


def test_the_token_of_a_registry_comes_from_openid_connect(
    url: str, pem: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with TokenEndpoint() as provider:
        monkeypatch.setattr(provider, "token", lambda: "t0ken")
        lines = [
            f"ssl.ca.location = {pem}",
            f"bearer.auth.client.id = {CLIENT}",
            f"bearer.auth.issuer.endpoint.url = {provider.url}/token",
        ]
        known = settings(url, tmp_path, *lines, f"bearer.auth.client.secret = {SECRET}")
        assert registry.client(known).get_subjects() == []
        unknown = settings(url, tmp_path, *lines, "bearer.auth.client.secret = wr0ng")
        with pytest.raises(UserError, match=r"token .*cannot be fetched .*REGISTRY_CLIENT") as one:
            registry.client(unknown)
        assert "wr0ng" not in one.value.message


def test_a_registry_is_reached_with_a_certificate_of_one_s_own(
    certificate: Certificate, tmp_path: Path
) -> None:
    (tmp_path / "own").mkdir()
    own = Certificate(tmp_path / "own")
    trusted = f"ssl.ca.location={certificate.authority}"
    lines = [f"ssl.certificate.location={own.certificate}", f"ssl.key.location={own.key}"]
    with HttpServer(lambda _: (200, []), partial(certificate.secure, clients=own)) as server:
        assert registry.client(settings(server.url, tmp_path, trusted, *lines)).get_subjects() == []
        with pytest.raises(UserError, match="No Schema Registry answers"):
            registry.client(settings(server.url, tmp_path, trusted))


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("ssl.ca.location = {pem}", r"refuses this client \(401\).*basic.auth.user.info"),
        ("basic.auth.user.info = planner:se=cret", "is not trusted.*ssl.ca.location"),
        ("basic.auth.user.info = planner", "REGISTRY_CLIENT.*username"),
        ("ssl.ca.location = /nowhere", "REGISTRY_CLIENT.*No such file"),
        ("ssl.certificate = x", "REGISTRY_CLIENT.*ssl.certificate"),
        ("no setting se=cret".replace("=", ":"), r"REGISTRY_CLIENT: .*:3: expected name = value"),
    ],
)
def test_a_refusal_names_the_setting_and_no_password(
    url: str, pem: Path, tmp_path: Path, line: str, output: str
) -> None:
    with pytest.raises(UserError, match=output) as refused:
        registry.client(settings(url, tmp_path, line.format(pem=pem)))
    assert "se=cret" not in str(refused.value)
    assert "se:cret" not in str(refused.value)


def test_kafka_s_clients_take_further_settings_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "kafka.properties"
    file.write_text("security.protocol = SASL_SSL\nsasl.password = a=b # c\n", "utf-8")
    config = kafka.client_config(Settings(kafka="broker:9093", kafka_client=str(file)))
    assert config["security.protocol"] == "SASL_SSL"
    assert config["sasl.password"] == "a=b # c"
    assert config["bootstrap.servers"] == "broker:9093"


def test_a_broker_that_refuses_the_client_s_certificate_is_no_silent_one(
    certificate: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "ANSWER_SECONDS", 1)
    folders = [tmp_path / name for name in ("known", "stranger")]
    for folder in folders:
        folder.mkdir()
    known, stranger = map(Certificate, folders)
    server = ThreadingTCPServer((HOST, 0), Closing)
    certificate.secure(server, clients=known)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    file = tmp_path / "kafka.properties"
    file.write_text(
        f"security.protocol = SSL\nssl.ca.location = {certificate.authority}\n"
        f"ssl.certificate.location = {stranger.certificate}\nssl.key.location = {stranger.key}\n"
    )
    address = f"{HOST}:{server.server_address[1]}"
    with pytest.raises(UserError, match=r"refuses this client: set INVENTORY_KAFKA_CLIENT.*alert"):
        kafka.admin(Settings(kafka=address, kafka_client=str(file)))
    server.shutdown()
    server.server_close()


def test_a_setting_that_kafka_s_client_does_not_know_is_named(tmp_path: Path) -> None:
    file = tmp_path / "kafka.properties"
    file.write_text("sasl.passwort = x\n", "utf-8")
    with pytest.raises(UserError, match=r"KAFKA_CLIENT: .*sasl\.passwort"):
        kafka.admin(Settings(kafka_client=str(file)))


def test_a_missing_file_is_named() -> None:
    assert properties("", "INVENTORY_KAFKA_CLIENT") == {}
    with pytest.raises(UserError, match="INVENTORY_KAFKA_CLIENT: nowhere cannot be read"):
        properties("nowhere", "INVENTORY_KAFKA_CLIENT")


def test_a_certificate_that_has_ended_is_named_by_each_client(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka, "ANSWER_SECONDS", 1)
    ended = Certificate(tmp_path, days=-1)
    server = ThreadingTCPServer((HOST, 0), Closing)
    ended.secure(server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"{HOST}:{server.server_address[1]}"
    file = tmp_path / "kafka.properties"
    file.write_text(f"security.protocol = SSL\nssl.ca.location = {ended.authority}\n")
    expected = r"The certificate of {} at \S+ is not trusted \(certificate has expired\): renew it"
    with pytest.raises(UserError, match=expected.format("Kafka")):
        kafka.admin(Settings(kafka=address, kafka_client=str(file)))
    trusted = f"ssl.ca.location = {ended.authority}"
    with pytest.raises(UserError, match=expected.format("the Schema Registry")):
        registry.client(settings(f"https://{address}", tmp_path, trusted))
    flink = Settings(flink=f"https://{address}", flink_client=str(tmp_path / "registry.properties"))
    with pytest.raises(UserError, match=r"Flink at .*certificate has expired.*INVENTORY_FLINK"):
        cluster_rest.get(flink, "overview")
    server.shutdown()
    server.server_close()
