"""A test cluster: Kafka, a registry and Flink, as a chain's platform team runs them."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

from rich.console import Console

from stack import ports
from stack.artifacts import GROUPS
from stack.fetch import fetch
from stack.process import Port, Process
from stack.registry_service import registry
from stack.runtime import Stack
from tests.support.certificates import HOST
from tests.support.cluster import available_flink, chain_files
from tests.support.cluster.kafka_brokers import broker
from tests.support.cluster.layout import BROKERS, JOB_MANAGERS, PORTS, Layout


class Cluster(Stack):
    """The processes of a cluster, which are started again when they end; use it in a `with`."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        processes = {process.name: process for process in _processes(layout)}
        super().__init__(layout.settings, list(processes), processes)

    @classmethod
    def on_free_ports_in(cls, folder: Path) -> "Cluster":
        return cls(Layout(folder.resolve(), ports.free(HOST, len(PORTS))))

    def open(self) -> None:
        if not self.supervisor.pid():
            ports.check(HOST, [port for each in self.processes.values() for port in each.ports])
            self.layout.folder.mkdir(parents=True, exist_ok=True)
            chain_files.write(self.layout)
        super().open()

    def fetch(self, console: Console) -> int:
        return fetch(self.settings.state, console, GROUPS)


def _processes(layout: Layout) -> list[Process]:
    local = replace(layout.settings, registry="")
    managers = [layout.port(f"jobmanager{number}") for number in JOB_MANAGERS]
    return [
        registry(local),
        *(broker(layout, number) for number in BROKERS),
        _module(
            layout,
            "registry with TLS",
            "tests.support.tls_proxy",
            local.registry_url,
            layout.secret_files.server,
            layout.secret_files.registry,
        ),
        *available_flink.processes(layout),
        _module(layout, "flink", "tests.support.cluster.flink_front", *managers),
    ]


def _module(layout: Layout, use: str, module: str, *arguments: object) -> Process:
    """Return a Python process that listens on the port of a use, its first argument."""
    port = layout.port(use)
    return Process(
        name=module.rpartition(".")[2],
        title=use,
        command=[sys.executable, "-m", module, str(port), *map(str, arguments)],
        address=layout.address(use),
        ports=[Port(port, use, "--port")],
        healthy=partial(available_flink.listens, port),
        base=True,
    )
