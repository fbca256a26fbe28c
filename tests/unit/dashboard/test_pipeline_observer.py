"""Operators see the steps of our job, and schemas are read by one client."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine

from connect import cluster_rest, registry
from connect.kafka import job_name
from connect.settings import Settings
from dashboard.pipeline import observer, watch
from dashboard.pipeline.observer import Observer
from views.database.tables import METADATA

SECONDS_TO_ANSWER = 10


def job(name: str, start: int) -> dict[str, Any]:
    tasks = {"running": 1, "total": 1}
    named = job_name(name)
    return {"jid": name, "name": named, "state": "RUNNING", "start-time": start, "tasks": tasks}


def test_a_newer_job_of_another_kafka_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(_: Settings, path: str, _seconds: float = 0) -> dict[str, Any]:
        if path == "jobs/overview":
            return {"jobs": [job("ours", 1), job("theirs", 2)]}
        return {"path": path}

    monkeypatch.setattr(cluster_rest, "get", answer)
    monkeypatch.setattr(watch, "known_cluster", lambda _: "ours")
    monkeypatch.setattr(observer, "_positions", lambda _: {})
    monkeypatch.setattr(observer, "_versions", lambda _: [])
    engine = create_engine("sqlite://")
    METADATA.create_all(engine)
    observed = Observer(Settings(flink="flink:8081"), engine)
    try:
        deadline = datetime.now(UTC) + timedelta(seconds=SECONDS_TO_ANSWER)
        while not (observed.checkpoints.answer.value and observed.steps.answer.value):
            assert datetime.now(UTC) < deadline, observed.steps.answer.outage
    finally:
        observed.stop()
    assert observed.checkpoints.answer.value == {"path": "jobs/ours/checkpoints"}
    assert observed.steps.answer.value[0] == {"path": "jobs/ours"}


def test_the_schemas_of_refused_records_are_read_by_one_client(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opened = []

    def client(*_: object, **__: object) -> SimpleNamespace:
        opened.append(SimpleNamespace())
        return opened[-1]

    monkeypatch.setattr(registry, "unchecked_client", client)
    settings = Settings(registry="http://127.0.0.1:1")
    assert observer._schemas(settings) is observer._schemas(settings)
    assert len(opened) == 1
