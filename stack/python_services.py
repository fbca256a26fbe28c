"""The Python services: gate, job, converter, read model, producers, dashboard and alerts."""

import sys
from collections.abc import Iterable
from functools import partial
from typing import Any

from connect.kafka import GATE_GROUP
from connect.metrics import PARTS, status_port
from connect.settings import PREFIX, Settings
from stack.health import answers, group_works, job_runs, part_state, read_model_works
from stack.process import Port, Process

REGISTER = ("job", "converter")
"""Clients that register schemas; all others read them."""


def job(settings: Settings) -> Process:
    local = settings.flink == "local"
    return _part(
        settings,
        "job",
        client="job",
        title="Flink job",
        command=_module("flink.job"),
        address=settings.flink_url,
        ports=[Port(settings.flink_port, "Flink", f"{PREFIX}FLINK_PORT")] if local else [],
        logs=["job.log", "flink-job-python-*.log"],
        healthy=partial(job_runs, settings),
        stop_seconds=20,
    )


def gate(settings: Settings) -> Process:
    return _part(
        settings,
        "gate",
        client="gate",
        title="gate",
        command=_module("gate"),
        healthy=partial(group_works, settings, GATE_GROUP),
    )


def converter(settings: Settings) -> Process:
    return _part(
        settings,
        "convert",
        client="converter",
        title="converter",
        command=_module("flink.convert"),
        logs=["convert.log", "flink-convert-python-*.log"],
        stop_seconds=20,
    )


def read_model(settings: Settings) -> Process:
    return _part(
        settings,
        "views",
        client="views",
        title="read model",
        command=_module("views"),
        healthy=partial(read_model_works, settings),
    )


def simulator(settings: Settings) -> Process:
    history = f"--history-days={settings.history_days}"
    command = _module("producers", "simulate", history)
    return _part(settings, "simulate", client="simulator", title="simulator", command=command)


def replenisher(settings: Settings) -> Process:
    # The simulated chain sells many days' worth in one calendar day.
    command = _module("producers", "replenish", "--reorder-point=product")
    return _part(settings, "replenish", client="replenisher", title="replenisher", command=command)


def dashboard(settings: Settings) -> Process:
    port = settings.dashboard_port
    address = f"{settings.scheme}://{settings.host}:{port}"
    return _part(
        settings,
        "dashboard",
        client="dashboard",
        title="dashboard",
        command=_module("dashboard"),
        address=address,
        ports=[Port(port, "the dashboard", f"{PREFIX}DASHBOARD_PORT")],
        healthy=lambda: answers(settings, f"{address}/_stcore/health"),
    )


def alerts(settings: Settings) -> Process:
    return _part(
        settings,
        "alerts",
        title="alerts for stores",
        command=_module("alerts"),
        healthy=lambda: part_state(settings, "alerts") != "not ready",
    )


def _part(
    settings: Settings, name: str, ports: Iterable[Port] = (), client: str = "", **fields: Any
) -> Process:
    """Return a service with a status port, if the settings give it one.

    client: its name in docs/permissions.md, if it has a user in Kafka; fields: of Process.
    """
    environment, files = {}, settings.secret_files
    if client and settings.administers_users:
        file = files.user(settings.prefixed(f"inventory-{client}"))
        environment[f"{PREFIX}KAFKA_CLIENT"] = str(file)
    if client not in REGISTER and settings.registry_client == str(files.registry):
        environment[f"{PREFIX}REGISTRY_CLIENT"] = str(files.registry_reader)
    port = status_port(settings.status_port, name) if name in PARTS else 0
    used = list(ports)
    if port:
        use = f"health and metrics of the {PARTS[name]}"
        used.append(Port(port, use, f"{PREFIX}STATUS_PORT"))
    return Process(name=name, environment=environment, ports=used, status_port=port, **fields)


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]
