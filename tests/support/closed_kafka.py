"""A Kafka that allows nothing by default, with a principal for each client of the pipeline."""

import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBindingFilter,
    AdminClient,
)
from rich.console import Console

from connect import kafka
from connect.settings import Settings
from contracts.contract_file import load_all
from contracts.deployment import acl_admin
from contracts.deployment.acls import acls
from contracts.deployment.kafka_clients import clients
from contracts.deployment.steps import CreateAcl
from stack import broker, ports
from stack.process import PROJECT
from stack.runtime import Stack
from tests.support.certificates import HOST
from tests.support.patience import until

CLIENTS = [client.name for client in clients()]
PASSWORD = "secret"
PREFIX = "blue."


def every_entry() -> list[CreateAcl]:
    """Return the ACLs of all clients, whose principals have their names."""
    return acls(clients(), load_all(), Settings(prefix=PREFIX), "User:{part}")


def closed_listener(port: int, settings: Settings) -> str:
    """Broker properties for a listener with passwords, behind which nothing is allowed."""
    closed = "listener.name.closed"
    login = "org.apache.kafka.common.security.plain.PlainLoginModule"
    users = " ".join(f'user_{name}="{PASSWORD}"' for name in CLIENTS)
    own, controller = settings.kafka_port, settings.kafka_port + 1
    return f"""
listeners=PLAINTEXT://{HOST}:{own},CONTROLLER://{HOST}:{controller},CLOSED://{HOST}:{port}
advertised.listeners=PLAINTEXT://{HOST}:{own},CLOSED://{HOST}:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,CLOSED:SASL_PLAINTEXT
{closed}.sasl.enabled.mechanisms=PLAIN
{closed}.plain.sasl.jaas.config={login} required {users};
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
"""


class ClosedKafka:
    """A broker and a registry; the broker's first listener is the administrator's."""

    def __init__(self, stack: Stack, port: int, folder: Path) -> None:
        self.stack, self._port, self._folder = stack, port, folder
        self.admin: AdminClient = kafka.admin(stack.settings)
        self.entries = every_entry()

    def settings(self, client: str) -> Settings:
        """Return the settings with which a client reaches the closed listener."""
        file = self._folder / f"{client}.properties"
        file.write_text(
            "security.protocol = SASL_PLAINTEXT\nsasl.mechanism = PLAIN\n"
            f"sasl.username = {client}\nsasl.password = {PASSWORD}\n"
        )
        return replace(self.stack.settings, kafka=f"{HOST}:{self._port}", kafka_client=str(file))

    def allow(self, entries: Iterable[CreateAcl]) -> None:
        entries = list(entries)
        for entry in entries:
            acl_admin.create(self.admin, entry)
        until(lambda: set(entries) <= acl_admin.existing(self.admin, entries))

    @contextmanager
    def without(self, entries: Iterable[CreateAcl]) -> Iterator[None]:
        """Take ACLs away while the context is open."""
        entries = list(entries)
        filters = [_filter(entry) for entry in entries]
        for deleted in self.admin.delete_acls(filters).values():
            deleted.result(10)
        until(lambda: not acl_admin.existing(self.admin, entries))
        try:
            yield
        finally:
            self.allow(entries)

    def environment(self, client: str) -> dict[str, str]:
        return Stack(self.settings(client)).environment()

    def run(
        self, client: str, *command: str, state: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command of the project as a client, and wait for its end.

        state: another state folder than that of the services, such as one without a read model.
        """
        own = {} if state is None else {"INVENTORY_STATE": str(state)}
        return subprocess.run(
            [sys.executable, "-m", *command],
            env=self.environment(client) | own,
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @contextmanager
    def running(self, client: str, *command: str) -> Iterator[Path]:
        """Run a command of the project as a client while the context is open; yield its log."""
        log = self._folder / f"{client}.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=self.environment(client),
                cwd=PROJECT,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield log
            assert process.poll() is None, log.read_text()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def _filter(entry: CreateAcl) -> AclBindingFilter:
    binding = acl_admin.binding(entry)
    return AclBindingFilter(
        binding.restype,
        binding.name,
        binding.resource_pattern_type,
        binding.principal,
        binding.host,
        binding.operation,
        binding.permission_type,
    )


@contextmanager
def closed_kafka(folder: Path, groups: Iterable[str] = ()) -> Iterator[ClosedKafka]:
    """Start a broker and a registry; groups: further services whose artifacts are needed."""
    port = ports.free(HOST)
    plain = broker.properties
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(broker, "properties", lambda s: plain(s) + closed_listener(port, s))
        services = ["registry", "kafka"]
        with Stack.on_free_ports(services, prefix=PREFIX, checkpoint_seconds=2) as stack:
            stack.names += groups
            stack.fetch(Console(quiet=True))
            yield ClosedKafka(stack, port, folder)
