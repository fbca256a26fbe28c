"""The Python services: gate, job, converter, read model, producers, dashboard and alerts."""

import sys
from collections.abc import Iterable
from functools import partial
from typing import Any

from connect.kafka import GATE_GROUP
from connect.metrics import PARTS, status_port
from connect.settings import PREFIX, Settings
from stack.health import body, group_works, job_runs, part_state, read_model_works
from stack.process import Port, Process


def job(settings: Settings) -> Process:
    local = settings.flink == "local"
    return _part(
        settings,
        "job",
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
        title="gate",
        command=_module("gate"),
        healthy=partial(group_works, settings, GATE_GROUP),
    )


def converter() -> Process:
    logs = ["convert.log", "flink-convert-python-*.log"]
    command = _module("flink.convert")
    return Process(name="convert", title="converter", command=command, logs=logs, stop_seconds=20)


def read_model(settings: Settings) -> Process:
    return _part(
        settings,
        "views",
        title="read model",
        command=_module("views"),
        healthy=partial(read_model_works, settings),
    )


def simulator(settings: Settings) -> Process:
    history = f"--history-days={settings.history_days}"
    command = _module("producers", "simulate", history)
    return _part(settings, "simulate", title="simulator", command=command)


def replenisher(settings: Settings) -> Process:
    # The simulated chain sells many days' worth in one calendar day.
    command = _module("producers", "replenish", "--reorder-point=product")
    return _part(settings, "replenish", title="replenisher", command=command)


def dashboard(settings: Settings) -> Process:
    port = settings.dashboard_port
    address = f"http://{settings.host}:{port}"
    return _part(
        settings,
        "dashboard",
        title="dashboard",
        command=_module("dashboard"),
        address=address,
        ports=[Port(port, "the dashboard", f"{PREFIX}DASHBOARD_PORT")],
        healthy=lambda: body(f"{address}/_stcore/health") == b"ok",
    )


def alerts(settings: Settings) -> Process:
    return _part(
        settings,
        "alerts",
        title="alerts for stores",
        command=_module("alerts"),
        healthy=lambda: part_state(settings, "alerts") != "not ready",
    )


def _part(settings: Settings, name: str, ports: Iterable[Port] = (), **fields: Any) -> Process:
    """Return a service with a status port, if the settings give it one. fields: of Process."""
    port = status_port(settings.status_port, name)
    if not port:
        return Process(name=name, ports=list(ports), **fields)
    use = f"health and metrics of the {PARTS[name]}"
    return Process(
        name=name,
        ports=[*ports, Port(port, use, f"{PREFIX}STATUS_PORT")],
        status_port=port,
        **fields,
    )


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]
