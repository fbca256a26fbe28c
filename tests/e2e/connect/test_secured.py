"""The whole pipeline with a broker and a registry that require TLS and a password.

Real Kafka with a SASL_SSL listener, gate and job; the registry behind a TLS proxy with basic
authentication, as its providers run it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from connect.settings import Settings
from stack import broker, os_processes, ports
from stack.runtime import Stack
from tests.support.certificates import HOST, Certificate
from tests.support.running_pipeline import RunningPipeline
from tests.support.tls_proxy import TlsProxy

pytestmark = pytest.mark.slow
USER, PASSWORD = "stock", "it's se=cret"
SECONDS_TO_SETTLE = 120


def listener(port: int, certificate: Certificate, settings: Settings) -> str:
    """Broker properties for a second listener with a password and TLS."""
    secure = "listener.name.secure"
    login = "org.apache.kafka.common.security.plain.PlainLoginModule"
    own, controller = settings.kafka_port, settings.kafka_port + 1
    return f"""
listeners=PLAINTEXT://{HOST}:{own},CONTROLLER://{HOST}:{controller},SECURE://{HOST}:{port}
advertised.listeners=PLAINTEXT://{HOST}:{own},SECURE://{HOST}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SECURE:SASL_SSL
{secure}.sasl.enabled.mechanisms=PLAIN
{secure}.plain.sasl.jaas.config={login} required user_{USER}="{PASSWORD}";
{secure}.ssl.keystore.type=PEM
{secure}.ssl.keystore.location={certificate.with_key}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPipeline]:
    folder = tmp_path_factory.mktemp("secured")
    certificate = Certificate(folder)
    port = ports.free(HOST)
    plain = broker.properties
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broker, "properties", lambda s: plain(s) + listener(port, certificate, s))
        with (
            Stack.on_free_ports(["registry", "kafka"]) as inside,
            TlsProxy(
                inside.settings.registry_url, certificate.with_key, f"{USER}:{PASSWORD}"
            ) as proxy,
            Stack.on_free_ports(
                [],
                kafka=f"{HOST}:{port}",
                kafka_client=str(kafka_client(folder, certificate)),
                registry=proxy.url,
                registry_client=str(registry_client(folder, certificate)),
                checkpoint_seconds=2,
            ) as outside,
        ):
            outside.names += ["gate", "job"]
            outside.fetch(Console(quiet=True))
            yield RunningPipeline(outside)


def kafka_client(folder: Path, certificate: Certificate) -> Path:
    file = folder / "kafka.properties"
    file.write_text(
        f"""
security.protocol = SASL_SSL
sasl.mechanism = PLAIN
sasl.username = {USER}
sasl.password = {PASSWORD}
ssl.ca.location = {certificate.authority}
"""
    )
    return file


def registry_client(folder: Path, certificate: Certificate) -> Path:
    file = folder / "registry.properties"
    file.write_text(
        f"""
basic.auth.user.info = {USER}:{PASSWORD}
ssl.ca.location = {certificate.authority}
"""
    )
    return file


def test_with_the_passwords_levels_equal_the_oracle_and_the_audit_agrees(
    world: RunningPipeline,
) -> None:
    applied = world.run("contracts", "apply")
    assert applied.returncode == 0, applied.stderr
    world.start_job()
    world.send(3_000)
    assert not world.differences(SECONDS_TO_SETTLE)
    audited = world.run("audit")
    assert audited.returncode == 0, audited.stdout + audited.stderr


def test_the_password_is_in_no_file_and_no_process_list(world: RunningPipeline) -> None:
    state = world.settings.state
    files = [file for file in state.rglob("*") if file.is_file() and "artifacts" not in file.parts]
    assert any(file.name == "job.log" for file in files)
    assert any(file.name.startswith("flink-job") for file in files)
    assert not [file for file in files if PASSWORD.encode() in file.read_bytes()]
    processes = os_processes.belonging(state)
    assert processes
    assert not [process for process in processes if PASSWORD in " ".join(process.cmdline())]
    explained = world.run("flink.job", "--explain")
    assert explained.returncode == 0, explained.stderr
    assert "Sink(" in explained.stdout
    assert PASSWORD not in explained.stdout + explained.stderr
