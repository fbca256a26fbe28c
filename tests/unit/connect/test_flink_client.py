"""Flink's REST API by TLS and with a token; a refusal names the setting and no secret."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connect import cluster_rest
from connect.errors import UserError
from connect.settings import Settings
from tests.support.certificates import Certificate
from tests.support.flink_rest import FlinkRest

TOKEN = "t0ken=with+signs/"
OVERVIEW = {"jobs": [{"jid": "j", "name": "ours", "state": "RUNNING"}]}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("server"))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("client"))


@pytest.fixture
def flink(server: Certificate) -> Iterator[FlinkRest]:
    with FlinkRest(server, token=TOKEN) as flink:
        flink.answers["GET /jobs/overview"] = (200, OVERVIEW)
        yield flink


def client(flink: FlinkRest, folder: Path, *lines: str) -> Settings:
    file = folder / "flink.properties"
    file.write_text("\n".join(lines))
    return replace(flink.settings, flink_client=str(file))


def test_flink_is_reached_by_tls_and_with_a_token(
    flink: FlinkRest, server: Certificate, tmp_path: Path
) -> None:
    trusted = f"ssl.ca.location = {server.authority}"
    settings = client(flink, tmp_path, f"bearer.auth.token = {TOKEN}", trusted)
    assert cluster_rest.running(settings, "ours") == "j"
    flink.answers["PATCH /jobs/j"] = flink.answers["POST /jobs/j/stop"] = (202, {})
    cluster_rest.cancel(settings, "j")
    assert cluster_rest.post(settings, "jobs/j/stop", {"drain": False}) == {}
    assert flink.bodies["POST /jobs/j/stop"] == {"drain": False}


def test_the_token_is_not_replaced_by_a_password_of_netrc(
    flink: FlinkRest, server: Certificate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    trusted = f"ssl.ca.location = {server.authority}"
    settings = client(flink, tmp_path, f"bearer.auth.token = {TOKEN}", trusted)
    assert cluster_rest.running(settings, "ours") == "j"


def test_a_token_that_is_renewed_in_the_file_is_used(
    flink: FlinkRest, server: Certificate, tmp_path: Path
) -> None:
    trusted = f"ssl.ca.location = {server.authority}"
    settings = client(flink, tmp_path, "bearer.auth.token = expired", trusted)
    with pytest.raises(UserError, match=r"refuses this client \(401\).*FLINK_CLIENT.*bearer"):
        cluster_rest.running(settings, "ours")
    client(flink, tmp_path, f"bearer.auth.token = {TOKEN}", trusted)
    assert cluster_rest.running(settings, "ours") == "j"


def test_flink_is_reached_with_a_certificate_of_one_s_own(
    server: Certificate, own: Certificate, tmp_path: Path
) -> None:
    with FlinkRest(server, clients=own) as flink:
        flink.answers["GET /jobs/overview"] = (200, OVERVIEW)
        trusted = f"ssl.ca.location = {server.authority}"
        certificate = f"ssl.certificate.location = {own.certificate}"
        settings = client(flink, tmp_path, trusted, certificate, f"ssl.key.location = {own.key}")
        assert cluster_rest.running(settings, "ours") == "j"
        with pytest.raises(UserError, match="INVENTORY_FLINK"):
            cluster_rest.running(client(flink, tmp_path, trusted), "ours")


@pytest.mark.parametrize(
    ("lines", "output"),
    [
        (["bearer.auth.token = {token}"], r"agree on TLS \(.*certificate.*FLINK_CLIENT names"),
        (["ssl.ca.location = {pem}"], r"\(401\): set INVENTORY_FLINK_CLIENT .* bearer.auth.token"),
        (["ssl.ca.location = /nowhere"], r"FLINK_CLIENT: .*ssl.ca.location: there is no file"),
        (["bearer.token = {token}"], r"FLINK_CLIENT: .*no bearer.token; .*bearer.auth.token"),
        (["ssl.key.location = {pem}"], r"FLINK_CLIENT: .*ssl.certificate.location and ssl.key"),
        (["{token}"], r"FLINK_CLIENT: .*:1: expected name = value"),
    ],
)
def test_a_refusal_names_the_setting_and_no_token(
    flink: FlinkRest, server: Certificate, tmp_path: Path, lines: list[str], output: str
) -> None:
    token = TOKEN if "=" in lines[0] else TOKEN.replace("=", "")
    filled = [line.format(pem=server.authority, token=token) for line in lines]
    with pytest.raises(UserError, match=output) as refused:
        cluster_rest.running(client(flink, tmp_path, *filled), "ours")
    assert "t0ken" not in refused.value.message


def test_certificates_need_an_address_with_tls(server: Certificate, tmp_path: Path) -> None:
    with FlinkRest() as flink:
        settings = client(flink, tmp_path, f"ssl.ca.location = {server.authority}")
        with pytest.raises(UserError, match=r"INVENTORY_FLINK: expected https://host:port"):
            cluster_rest.running(settings, "ours")


def test_the_local_job_is_queried_without_the_token(tmp_path: Path) -> None:
    with FlinkRest() as flink:
        flink.answers["GET /jobs/overview"] = (200, OVERVIEW)
        port = int(flink.settings.flink.rpartition(":")[2])
        local = Settings(flink_port=port, flink_client=str(tmp_path / "none"))
        assert cluster_rest.running(local, "ours") == "j"


@pytest.mark.parametrize("address", ["flink", "https://flink", "ftp://flink:1", "https://u@f:1"])
def test_an_address_without_a_port_is_named(address: str) -> None:
    with pytest.raises(UserError, match=r"INVENTORY_FLINK: expected local, or host:port"):
        Settings.from_environment({"INVENTORY_FLINK": address})
