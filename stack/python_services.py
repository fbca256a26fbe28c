"""The Python services: gate, job, producers and dashboard."""

import sys
from functools import partial

from connect.kafka import GATE_GROUP
from connect.settings import PREFIX, Settings
from stack.health import body, group_works, job_runs
from stack.process import Port, Process


def flink_address(settings: Settings) -> str:
    """host:port of Flink's REST API."""
    if settings.flink == "local":
        return f"{settings.host}:{settings.flink_port}"
    return settings.flink


def job(settings: Settings) -> Process:
    local = settings.flink == "local"
    address = flink_address(settings)
    return Process(
        name="job",
        title="Flink job",
        command=_module("flink.job"),
        address=f"http://{address}",
        ports=[Port(settings.flink_port, "Flink", f"{PREFIX}FLINK_PORT")] if local else [],
        logs=["job.log", "flink-job-python-*.log"],
        healthy=partial(job_runs, address),
        patience=150.0,
        stop_seconds=20,
    )


def gate(settings: Settings) -> Process:
    return Process(
        name="gate",
        title="gate",
        command=_module("gate"),
        healthy=partial(group_works, settings, GATE_GROUP),
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
    options = {
        "server.address": settings.host,
        "server.port": port,
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
    }
    address = f"http://{settings.host}:{port}"
    return Process(
        name="dashboard",
        title="dashboard",
        command=_module(
            "streamlit",
            "run",
            "dashboard/app.py",
            *(f"--{name}={value}" for name, value in options.items()),
        ),
        address=address,
        ports=[Port(port, "the dashboard", f"{PREFIX}DASHBOARD_PORT")],
        healthy=lambda: body(f"{address}/_stcore/health") == b"ok",
    )


def _module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]
