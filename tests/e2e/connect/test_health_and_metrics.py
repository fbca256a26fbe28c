"""Each part of a running pipeline reports all of its metrics, and is ready only while it works.

Where Debian's prometheus is installed, it scrapes the parts meanwhile and raises the alerts.
"""

import os
import signal
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from codegen import prometheus_files
from connect import metrics
from connect.metrics import PARTS, Metric, every_metric, status_port
from connect.settings import Settings
from stack import ports
from stack.runtime import Stack
from tests.support.alert_sinks import webhook_sink
from tests.support.patience import until
from tests.support.prometheus_server import ABSENT, PROGRAM, Prometheus

pytestmark = [pytest.mark.slow, pytest.mark.nightly]

READY_SECONDS = 120.0
NOTICED_SECONDS = 40.0
OF_KAFKA = ("gate", "views", "simulate", "replenish")
"""Parts that can do nothing without Kafka."""
LATER = {metrics.COMPUTED_AT, metrics.CHECKPOINT_AT, metrics.BEAT_AT}
"""Metrics that need a checkpoint or a look at other parts: their values are times."""


class Pipeline:
    """All parts, on free ports."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.settings: Settings = stack.settings

    def get(self, part: str, path: str) -> tuple[int, str]:
        """Return the code and the body of an answer; 0 without one."""
        port = status_port(self.settings.status_port, part)
        try:
            with urllib.request.urlopen(
                f"http://{self.settings.host}:{port}{path}", timeout=10
            ) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError:
            return 0, ""

    def obstacles(self) -> dict[str, str]:
        """Part -> what keeps it from its work; without those that are ready."""
        answers = {part: self.get(part, "/readyz") for part in PARTS}
        return {part: sentence for part, (code, sentence) in answers.items() if code != 200}

    def values(self, part: str) -> dict[str, dict[tuple[str, ...], float]]:
        """Name of each metric -> labels -> value."""
        families = text_string_to_metric_families(self.get(part, "/metrics")[1])
        values: dict[str, dict[tuple[str, ...], float]] = {}
        for family in families:
            for sample in family.samples:
                labels = tuple(sample.labels.values())
                values.setdefault(sample.name, {})[labels] = sample.value
        return values

    def total(self, part: str, metric: Metric) -> float:
        return sum(self.values(part).get(metric.name, {}).values())


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    port = ports.free(Settings().host, len(PARTS))
    file = tmp_path_factory.mktemp("alerts") / "alerts.toml"
    short = {"checkpoint_seconds": 2, "day_seconds": 10.0, "history_days": 0, "alerts": str(file)}
    with (
        webhook_sink() as sink,
        Stack.on_free_ports(["registry", "kafka"], status_port=port, **short) as stack,
    ):
        file.write_text(f'[targets]\nhook = "{sink.url}"\n[default]\ntargets = ["hook"]\n')
        applied = stack.run("contracts", "apply", timeout=120)
        assert applied.returncode == 0, applied.stderr
        names = list(PARTS)
        stack.names += names
        for name in names:
            stack.start(name)
            stack.wait(name)
        pipeline = Pipeline(stack)
        until(lambda: not pipeline.obstacles(), READY_SECONDS)
        yield pipeline


@pytest.fixture(scope="module")
def prometheus(
    pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus | None]:
    if PROGRAM is None:
        yield None
        return
    settings = pipeline.settings
    ports_of = {part: status_port(settings.status_port, part) for part in PARTS}
    addresses = {part: f"{settings.host}:{port}" for part, port in ports_of.items()}
    folder = tmp_path_factory.mktemp("prometheus")
    with Prometheus(addresses, folder, prometheus_files.rules()) as running:
        yield running


def test_each_part_reports_its_metrics_and_no_other(pipeline: Pipeline) -> None:
    until(lambda: all(pipeline.total("views", each) for each in LATER - {metrics.CHECKPOINT_AT}))
    until(lambda: pipeline.total("job", metrics.CHECKPOINT_AT) > 0)
    until(lambda: metrics.RESTARTS.name in pipeline.values("job"))
    until(lambda: pipeline.total("views", metrics.MOVED_AT) > 0)
    for part in PARTS:
        reported = {name for name in pipeline.values(part) if name.startswith("inventory_")}
        assert reported == {each.name for each in every_metric() if part in each.parts}, part


def test_without_a_fault_prometheus_reaches_all_parts_and_raises_no_alert(
    prometheus: Prometheus | None,
) -> None:
    if prometheus is None:
        pytest.skip(ABSENT)
    until(lambda: prometheus.up() == dict.fromkeys(PARTS, "1"))
    assert prometheus.alerts() == set()


def test_records_are_counted_on_their_way(pipeline: Pipeline) -> None:
    counters = [
        ("simulate", metrics.ACKNOWLEDGED),
        ("gate", metrics.ACCEPTED),
        ("job", metrics.JOB_READ),
        ("views", metrics.READ),
    ]
    before = [pipeline.total(part, metric) for part, metric in counters]
    until(
        lambda: all(
            pipeline.total(part, metric) > count + 100
            for (part, metric), count in zip(counters, before, strict=True)
        )
    )
    assert pipeline.total("job", metrics.RUNNING_TASKS) == pipeline.total("job", metrics.TASKS) > 0
    assert 0 < pipeline.total("job", metrics.HEAP) < pipeline.total("job", metrics.HEAP_LIMIT)


def test_a_kafka_that_hangs_makes_no_part_restart_and_all_ready_again_later(
    pipeline: Pipeline, prometheus: Prometheus | None
) -> None:
    starts = {part: pipeline.stack.pid(part) for part in PARTS}
    kafka = pipeline.stack.pid("kafka")
    assert kafka
    os.kill(kafka, signal.SIGSTOP)
    try:
        until(lambda: pipeline.obstacles().keys() >= set(OF_KAFKA), NOTICED_SECONDS)
        assert all(pipeline.obstacles().values())
        assert {pipeline.get(part, "/livez")[0] for part in PARTS} == {200}
        assert pipeline.total("dashboard", metrics.OUTAGE) >= 1
        if prometheus:
            until(lambda: alerts_of("InventoryPartNotReady", OF_KAFKA) <= prometheus.alerts())
    finally:
        os.kill(kafka, signal.SIGCONT)
    until(lambda: not pipeline.obstacles(), READY_SECONDS)
    assert {part: pipeline.stack.pid(part) for part in PARTS} == starts
    if prometheus:
        until(lambda: not prometheus.alerts(), READY_SECONDS)


def alerts_of(name: str, parts: Iterable[str]) -> set[tuple[str, str]]:
    return {(name, part) for part in parts}


def test_a_killed_gate_is_not_ready_until_it_works_again(
    pipeline: Pipeline, prometheus: Prometheus | None
) -> None:
    started = pipeline.values("gate")["process_start_time_seconds"][()]
    pid = pipeline.stack.pid("gate")
    assert pid
    os.kill(pid, signal.SIGKILL)
    until(lambda: "gate" in pipeline.obstacles(), NOTICED_SECONDS)
    if prometheus:
        names = {"InventoryPartDown", "InventoryPartNotReady"}
        until(lambda: any((name, "gate") in prometheus.alerts() for name in names))
    until(lambda: not pipeline.obstacles(), READY_SECONDS)
    assert pipeline.values("gate")["process_start_time_seconds"][()] > started
    before = pipeline.total("gate", metrics.ACCEPTED)
    until(lambda: pipeline.total("gate", metrics.ACCEPTED) > before)


def test_status_shows_the_address_of_each_part(pipeline: Pipeline) -> None:
    shown = pipeline.stack.run("stack", "status", timeout=60)
    assert shown.returncode == 0, shown.stdout
    for part in PARTS:
        port = status_port(pipeline.settings.status_port, part)
        assert str(port) in shown.stdout.replace("\n", "")
