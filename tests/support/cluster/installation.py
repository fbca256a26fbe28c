"""The pipeline of one INVENTORY_PREFIX on a test cluster, each part with a user of its own."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from connect.metrics import PARTS
from connect.settings import Settings
from contracts.deployment import kafka_users
from contracts.deployment.kafka_clients import clients
from stack import ports, services
from stack.process import Process
from stack.runtime import Stack
from tests.support.certificates import HOST
from tests.support.cluster.running_cluster import Cluster
from tests.support.running_pipeline import RunningPipeline

SERVICES = ("gate", "job", "views")
SECONDS = 120


class Installation:
    """Users, ACLs, topics and services of one prefix. Its own settings are an administrator's."""

    def __init__(self, cluster: Cluster, prefix: str = "", parallelism: int = 2) -> None:
        self.cluster = cluster
        folder = cluster.layout.folder / f"pipeline{prefix and f'-{prefix}'}"
        self.settings = replace(
            cluster.settings,
            prefix=prefix,
            state=folder,
            checkpoints=(folder / "checkpoints").as_uri(),
            checkpoint_seconds=5,
            parallelism=parallelism,
            status_port=ports.free(HOST, len(PARTS)),
        )
        names = [client.name for client in clients()]
        self._files = kafka_users.create(self.settings, names, cluster.layout.chain)
        every = services.processes(self.settings)
        own = {name: self._as_user(every[name]) for name in SERVICES}
        self.stack = Stack(self.settings, list(SERVICES), own)
        self.pipeline = RunningPipeline(self.stack)

    def _as_user(self, process: Process) -> Process:
        variable = {"INVENTORY_KAFKA_CLIENT": str(self._files[process.name])}
        return replace(process, environment=variable)

    def settings_of(self, client: str) -> Settings:
        """Return the settings of a client, with its own user."""
        return replace(self.settings, kafka_client=str(self._files[client]))

    def run(self, client: str, *command: str, **changes: Any) -> subprocess.CompletedProcess[str]:
        """Run one of the project's commands as a client; changes: of its settings."""
        settings = replace(self.settings_of(client), **changes)
        return Stack(settings).run(*command, timeout=SECONDS)

    def kill(self, *names: str) -> None:
        """Kill services, or processes of the cluster, at once; supervisors start them again."""
        pids = [(self.stack if name in SERVICES else self.cluster).pid(name) for name in names]
        assert all(pids), f"not all of {names} run"
        for pid in filter(None, pids):
            os.kill(pid, signal.SIGKILL)

    def audit(self) -> str:
        """Return what the audit prints."""
        done = self.run("audit", "audit")
        return done.stdout + done.stderr


@contextmanager
def installed(cluster: Cluster, prefix: str = "", parallelism: int = 2) -> Iterator[Installation]:
    """Create users, ACLs and topics, and run the services while the context is open."""
    installation = Installation(cluster, prefix, parallelism)
    applied = installation.stack.run("contracts", "apply", "--acls", timeout=SECONDS)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    with installation.stack:
        yield installation
