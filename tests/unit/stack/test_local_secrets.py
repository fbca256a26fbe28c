"""`INVENTORY_SECURE=1`: secrets are made once, for their owner, and each part gets its own."""

import json
import ssl
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner

from connect import kafka
from connect.errors import UserError
from connect.flink_client import flink_client
from connect.masking import masked
from connect.metrics import PARTS
from connect.part_status import served
from connect.properties import properties
from connect.secret_files import SecretFiles, secret, write_private
from connect.settings import Settings
from contracts.deployment import kafka_users
from contracts.deployment.acls import DEFAULT_PRINCIPAL
from contracts.deployment.acls_command import every_acl
from contracts.deployment.kafka_clients import clients
from flink import submission_security
from schemas import generated
from stack import broker, local_authority, local_secrets, ports
from stack.__main__ import main
from stack.health import body, part_state
from stack.runtime import Stack
from stack.services import processes
from stack.supervision import Supervisor, configuration
from tests.support.certificates import HOST

SECURE = {"INVENTORY_SECURE": "1"}


def secured(state: Path, **variables: str) -> Settings:
    given = {f"INVENTORY_{name.upper()}": value for name, value in variables.items()}
    return Settings.from_environment(SECURE | {"INVENTORY_STATE": str(state)} | given)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = secured(tmp_path)
    local_secrets.create(settings)
    return settings


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def secrets_of(settings: Settings) -> list[str]:
    files = settings.secret_files
    registry = [
        properties(str(file), "")["basic.auth.user.info"].partition(":")[2]
        for file in (files.registry, files.registry_reader)
    ]
    return [
        properties(str(files.administrator), "")["sasl.password"],
        *registry,
        files.metrics_token.read_text().strip(),
        files.dashboard_password.read_text().strip(),
    ]


def test_a_client_can_trust_the_authorities_of_two_stacks(tmp_path: Path) -> None:
    """Java takes the first authority of a name."""
    names = set()
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        files = SecretFiles(tmp_path / name)
        local_authority.create(files, HOST)
        context = ssl.create_default_context(cafile=str(files.authority))
        names |= {str(each["subject"]) for each in context.get_ca_certs()}
    assert len(names) == 2


def test_only_the_owner_reads_the_secrets(settings: Settings) -> None:
    folder = settings.secret_files.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert len(list(folder.iterdir())) == 9
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
    assert len(set(secrets_of(settings))) == 5
    assert min(map(len, secrets_of(settings))) == 32


def test_a_file_of_others_becomes_private_before_the_secret_is_in_it(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.touch(0o644)
    write_private(file, "new")
    assert file.read_text() == "new"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["secret"]


def test_a_second_start_changes_no_secret(settings: Settings) -> None:
    before = contents(settings.secret_files.folder)
    local_secrets.create(settings)
    assert contents(settings.secret_files.folder) == before


def test_a_moved_state_folder_keeps_its_passwords(settings: Settings, tmp_path: Path) -> None:
    before = secrets_of(settings)
    moved = tmp_path / "moved"
    moved.mkdir()
    settings.secret_files.folder.rename(moved / "secure")
    again = secured(moved)
    local_secrets.create(again)
    assert secrets_of(again) == before
    trusted = properties(again.registry_client, "")["ssl.ca.location"]
    assert trusted == str(moved / "secure" / "authority.pem")


@pytest.mark.parametrize(
    ("days", "host", "renewed"),
    [(29, HOST, True), (40, HOST, False), (40, "stock.example.com", True)],
)
def test_a_certificate_that_is_about_to_end_or_of_another_host_is_made_anew(
    tmp_path: Path, days: int, host: str, renewed: bool
) -> None:
    files = SecretFiles(tmp_path)
    local_authority.create(files, HOST, days)
    before = contents(tmp_path)
    local_authority.create(files, host)
    changed = {name for name, content in contents(tmp_path).items() if content != before[name]}
    assert changed == ({"server.pem"} if renewed else set())


def test_a_secured_broker_has_no_door_without_a_password(settings: Settings) -> None:
    lines = dict(line.split("=", 1) for line in broker.properties(settings).splitlines())
    assert lines["listeners"] == "CLIENTS://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093"
    assert lines["listener.security.protocol.map"] == "CLIENTS:SASL_SSL,CONTROLLER:SSL"
    assert lines["listener.name.controller.ssl.client.auth"] == "required"
    assert "allow.everyone.if.no.acl.found" not in lines
    assert "PLAINTEXT" not in lines.values()
    assert "SASL_SSL" not in broker.properties(Settings())


def test_each_part_has_its_own_user_and_no_secret_in_its_command_or_environment(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {client.name for client in clients()}
    services = processes(settings)
    users = {
        name: Path(service.environment["INVENTORY_KAFKA_CLIENT"]).stem
        for name, service in services.items()
        if "INVENTORY_KAFKA_CLIENT" in service.environment
    }
    assert users == {
        "gate": "inventory-gate",
        "job": "inventory-job",
        "convert": "inventory-converter",
        "views": "inventory-views",
        "dashboard": "inventory-dashboard",
        "simulate": "inventory-simulator",
        "replenish": "inventory-replenisher",
    }
    assert {user.removeprefix("inventory-") for user in users.values()} <= names
    reads = {"INVENTORY_REGISTRY_CLIENT": str(settings.secret_files.registry_reader)}
    registering = {
        name for name in users if not reads.items() <= services[name].environment.items()
    }
    assert registering == {"job", "convert"}
    supervised = configuration(settings.state, list(services.values()))
    for name, user in users.items():
        _, _, section = supervised.partition(f"[program:{name}]")
        assert f'KAFKA_CLIENT="{settings.secret_files.user(user)}"' in section.partition("[")[0]
    monkeypatch.setattr(Supervisor, "start", lambda *_: None)
    stack = Stack(settings)
    stack.open()
    seen = (
        supervised
        + json.dumps(stack.environment())
        + (settings.state / "settings.json").read_text()
    )
    assert not [each for each in secrets_of(settings) if each in seen]
    assert not any(service.environment for service in processes(Settings()).values())


def test_a_prefix_begins_the_names_of_users(settings: Settings) -> None:
    prefixed = secured(settings.state, prefix="blue.")
    variables = processes(prefixed)["gate"].environment
    assert variables["INVENTORY_KAFKA_CLIENT"].endswith("/blue.inventory-gate.properties")


def test_the_registry_reads_its_password_from_a_file_of_its_owner(settings: Settings) -> None:
    registry = processes(settings)["registry"]
    file = settings.state / "conf" / "registry.properties"
    assert f"-Dquarkus.config.locations={file}" in registry.command
    registry.prepare()
    lines = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o600
    _, writer, reader, *_ = secrets_of(settings)
    for user, password, role in (("writer", writer, "admin"), ("reader", reader, "readonly")):
        assert f"embedded.users.{user}={password}\n" in lines
        assert f"embedded.roles.{user}=sr-{role}\n" in lines
    assert "quarkus.http.insecure-requests=disabled\n" in lines
    assert "quarkus.http.auth.permission.all.policy=authenticated\n" in lines


def test_settings_name_the_files_unless_they_name_others(tmp_path: Path) -> None:
    own = secured(tmp_path)
    assert own.kafka_client == str(own.secret_files.administrator)
    assert own.administers_users
    assert own.registry_url.startswith("https://127.0.0.1:8085/")
    assert own.flink_url == "https://127.0.0.1:8081"
    elsewhere = secured(
        tmp_path, kafka="k:1", registry="http://r", flink="f:1", flink_client="mine"
    )
    assert (elsewhere.kafka_client, elsewhere.registry_client) == ("", "")
    assert (elsewhere.flink_client, elsewhere.flink_url) == ("mine", "http://f:1")
    assert not elsewhere.administers_users
    assert not secured(tmp_path, kafka_client="gate.properties").administers_users
    with pytest.raises(UserError, match="INVENTORY_SECURE: expected 0 or 1, got 'yes'"):
        secured(tmp_path, secure="yes")


def test_a_state_folder_stays_secured_unless_the_setting_ends_it(settings: Settings) -> None:
    state = {"INVENTORY_STATE": str(settings.state)}
    assert Settings.from_environment(state) == settings
    assert not Settings.from_environment(state | {"INVENTORY_SECURE": "0"}).secured
    assert not Settings().secured


def test_the_page_of_the_local_job_requires_a_certificate(settings: Settings) -> None:
    client, server = flink_client(settings), str(settings.secret_files.server)
    assert client.authority == str(settings.secret_files.authority)
    assert (client.certificate, client.key) == (server, server)
    options = submission_security.options(settings)
    for name in ("rest.enabled", "rest.authentication-enabled", "internal.enabled"):
        assert options[f"security.ssl.{name}"] == "true"
    assert submission_security.options(Settings()) == {}


class Works:
    def obstacle(self) -> str:
        return ""

    def samples(self) -> list[Any]:
        return []


def test_metrics_and_health_need_tls_and_their_token(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    port = ports.free(HOST, len(PARTS))
    with_port = secured(settings.state, status_port=str(port))
    with served(with_port, "gate") as status:
        status.report = Works()
        assert part_state(with_port, "gate") == "ready"
        authority = str(settings.secret_files.authority)
        for page in ("livez", "readyz", "metrics"):
            assert body(f"https://{HOST}:{port}/{page}", authority) is None
        assert body(f"http://{HOST}:{port}/metrics") is None
        with pytest.raises(ssl.SSLCertVerificationError):
            ssl.get_server_certificate((HOST, port), ca_certs=ssl.get_default_verify_paths().cafile)
        write_private(settings.secret_files.metrics_token, "another")
        assert part_state(with_port, "gate") == "not ready"
    assert "Traceback" not in capfd.readouterr().err


def test_a_part_without_the_secrets_says_in_a_sentence_who_makes_them(tmp_path: Path) -> None:
    settings = secured(tmp_path, status_port=str(ports.free(HOST, len(PARTS))))
    missing = r"metrics-token cannot be read .*INVENTORY_SECURE=1 make up"
    settings.secret_files.folder.mkdir()
    for is_empty in (False, True):
        if is_empty:
            settings.secret_files.metrics_token.touch()
        with pytest.raises(UserError, match=missing), served(settings, "gate"):
            pass
    with pytest.raises(UserError, match=r"INVENTORY_KAFKA_CLIENT: .*admin.properties cannot be"):
        kafka.admin(settings)


def test_a_secret_that_was_read_is_in_no_message(tmp_path: Path) -> None:
    file = tmp_path / "token"
    write_private(file, "t0p-secret\n")
    assert secret(file) == "t0p-secret"
    assert masked("It has t0p-secret.") == "It has ******."


def test_apply_has_the_acls_of_a_secured_stack_without_an_option(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(generated.__file__).parents[1]
    assert every_acl(folder, None) == ()
    monkeypatch.setenv("INVENTORY_SECURE", "1")
    monkeypatch.setenv("INVENTORY_STATE", str(settings.state))
    assert every_acl(folder, None) == every_acl(folder, DEFAULT_PRINCIPAL) != ()


class Admin:
    """Notes the passwords of users. As Kafka's client, it ends its answers with itself."""

    def __init__(self, passwords: dict[str, bytes]) -> None:
        self._passwords = passwords

    def alter_user_scram_credentials(self, changes: list[Any]) -> Mapping[str, Any]:
        self._passwords |= {change.user: change.password for change in changes}
        return {change.user: Answer(weakref.ref(self)) for change in changes}


class Answer(NamedTuple):
    client: weakref.ref[Admin]

    def result(self, _: float) -> None:
        assert self.client() is not None, "the client has ended"


def test_users_keep_their_passwords_and_take_the_administrator_s_tls(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords: dict[str, bytes] = {}
    folder = settings.secret_files.folder
    monkeypatch.setattr(kafka, "admin", lambda _: Admin(passwords))
    files = kafka_users.create(settings, ["gate", "job"], folder)
    assert list(files) == ["gate", "job"]
    first, before = dict(passwords), contents(folder)
    assert set(first) == {"inventory-gate", "inventory-job"}
    assert first["inventory-gate"] != first["inventory-job"]
    lines = properties(str(files["gate"]), "")
    assert lines == {
        "security.protocol": "SASL_SSL",
        "sasl.mechanism": "SCRAM-SHA-512",
        "sasl.username": "inventory-gate",
        "sasl.password": first["inventory-gate"].decode(),
        "ssl.ca.location": str(settings.secret_files.authority),
    }
    assert files["gate"].stat().st_mode & 0o777 == 0o600
    kafka_users.create(settings, ["gate", "job"], folder)
    assert (passwords, contents(folder)) == (first, before)


def test_reset_deletes_the_secrets_with_the_users_that_they_belong_to(settings: Settings) -> None:
    variables = {"INVENTORY_STATE": str(settings.state)}
    done = CliRunner().invoke(main, ["reset", "--yes"], env=variables)
    assert done.exit_code == 0, done.output
    assert not settings.secret_files.folder.exists()
