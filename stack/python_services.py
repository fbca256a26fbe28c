"""The Python services: gate, job, converter, read model, producers and dashboard."""

import sys
from functools import partial

from connect.kafka import GATE_GROUP
from connect.settings import PREFIX, Settings
from stack.health import body, group_works, job_runs, read_model_works
from stack.process import Port, Process


def job(settings: Settings) -> Process:
    local = settings.flink == "local"
    address = settings.flink_address
    return Process(
        name="job",
        title="Flink job",
        command=_module("flink.job"),
        address=f"http://{address}",
        ports=[Port(settings.flink_port, "Flink", f"{PREFIX}FLINK_PORT")] if local else [],
        logs=["job.log", "flink-job-python-*.log"],
        healthy=partial(job_runs, settings, address),
        stop_seconds=20,
    )


def gate(settings: Settings) -> Process:
    return Process(
        name="gate",
        title="gate",
        command=_module("gate"),
        healthy=partial(group_works, settings, GATE_GROUP),
    )


def converter() -> Process:
    logs = ["convert.log", "flink-convert-python-*.log"]
    command = _module("flink.convert")
    return Process(name="convert", title="converter", command=command, logs=logs, stop_seconds=20)


def read_model(settings: Settings) -> Process:
    return Process(
        name="views",
        title="read model",
        command=_module("views"),
        healthy=partial(read_model_works, settings),
    )


def simulator(settings: Settings) -> Process:
    history = f"--history-days={settings.history_days}"
    command = _module("producers", "simulate", history)
    return Process(name="simulate", title="simulator", command=command)


def replenisher() -> Process:
    # The simulated chain sells many days' worth in one calendar day.
    command = _module("producers", "replenish", "--reorder-point=product")
    return Process(name="replenish", title="replenisher", command=command)


def dashboard(settings: Settings) -> Process:
    port = settings.dashboard_port
    address = f"http://{settings.host}:{port}"
    return Process(
        name="dashboard",
        title="dashboard",
        command=_module("dashboard"),
        address=address,
        ports=[Port(port, "the dashboard", f"{PREFIX}DASHBOARD_PORT")],
        healthy=lambda: body(f"{address}/_stcore/health") == b"ok",
    )


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]
