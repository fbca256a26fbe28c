"""Probes and metrics of a part, as a client of its status port sees them."""

import re
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from connect import metrics, part_status
from connect import settings as settings_module
from connect.errors import UserError
from connect.metrics import PARTS, Sample, every_metric, status_port
from connect.part_status import LIVE_SECONDS, PartStatus, served
from connect.settings import Settings
from stack import ports

PART = "views"


class Report:
    """A part that waits for a sentence, and has two metrics."""

    def __init__(self) -> None:
        self.waits_for = ""
        self.fails = False

    def obstacle(self) -> str:
        if self.fails:
            raise UserError("The database fails.")
        return self.waits_for

    def samples(self) -> Iterable[Sample]:
        yield metrics.READ.of(7, 'odd "topic"\\\n')
        if self.fails:
            raise UserError("The database fails.")
        yield metrics.READ_LAG.of(3, "sales")


class Clock:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(part_status, "monotonic", lambda: self.now)


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(part_status, "SAME_SECONDS", -1)
    return Settings(status_port=ports.free("127.0.0.1", len(PARTS)))


@pytest.fixture
def status(settings: Settings) -> Iterator[PartStatus]:
    with served(settings, PART) as status:
        yield status


def answer(settings: Settings, path: str) -> tuple[int, str]:
    address = f"http://{settings.host}:{status_port(settings.status_port, PART)}{path}"
    try:
        with urllib.request.urlopen(address, timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def scraped(settings: Settings) -> dict[str, dict[tuple[str, ...], float]]:
    """Value by labels of each metric, as Prometheus' own parser reads them."""
    families = text_string_to_metric_families(answer(settings, "/metrics")[1])
    samples = [sample for family in families for sample in family.samples]
    values: dict[str, dict[tuple[str, ...], float]] = {}
    for sample in samples:
        values.setdefault(sample.name, {})[tuple(sample.labels.values())] = sample.value
    return values


def test_a_part_is_ready_once_it_reports_and_nothing_keeps_it_from_its_work(
    settings: Settings, status: PartStatus
) -> None:
    assert answer(settings, "/readyz") == (503, "It starts.\n")
    status.report = report = Report()
    assert answer(settings, "/readyz") == (200, "ok\n")
    report.waits_for = "It waits for Kafka."
    assert answer(settings, "/readyz") == (503, "It waits for Kafka.\n")
    report.waits_for, report.fails = "", True
    assert answer(settings, "/readyz") == (503, "The database fails.\n")
    assert answer(settings, "/livez") == (200, "ok\n")


def test_a_part_is_alive_while_its_loop_turns(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    clock = Clock(monkeypatch)
    with served(settings, PART) as status:
        status.report = Report()
        clock.now += LIVE_SECONDS
        assert answer(settings, "/livez") == (200, "ok\n")
        clock.now += 1
        assert answer(settings, "/livez")[0] == 503
        assert status.noting(lambda: True)()
        clock.now += LIVE_SECONDS
        assert answer(settings, "/livez") == (200, "ok\n")
        assert answer(settings, "/readyz") == (200, "ok\n")
        clock.now += 1
        sentence = f"Its loop has not turned for {LIVE_SECONDS + 1:.0f} s.\n"
        assert answer(settings, "/livez") == (503, sentence)
        assert answer(settings, "/readyz") == (503, sentence)


def test_metrics_are_those_of_the_report_with_its_readiness_and_its_process(
    settings: Settings, status: PartStatus
) -> None:
    assert scraped(settings)["inventory_ready"] == {(): 0}
    status.report = report = Report()
    values = scraped(settings)
    assert values["inventory_ready"] == {(): 1}
    assert values["inventory_read_model_offsets_total"] == {('odd "topic"\\\n',): 7}
    assert values["inventory_read_model_lag_records"] == {("sales",): 3}
    assert values["process_resident_memory_bytes"][()] > 1e6
    report.fails = True
    values = scraped(settings)
    assert values["inventory_ready"] == {(): 0}
    assert values["inventory_read_model_offsets_total"] == {('odd "topic"\\\n',): 7}
    assert "inventory_read_model_lag_records" not in values


def test_probes_that_wait_for_a_dependency_share_one_look(
    monkeypatch: pytest.MonkeyPatch, settings: Settings, status: PartStatus
) -> None:
    monkeypatch.setattr(part_status, "SAME_SECONDS", 60)
    looks, hangs = [], threading.Event()

    class Hanging(Report):
        def obstacle(self) -> str:
            looks.append(hangs.wait(10))
            return "Kafka does not answer."

    status.report = Hanging()
    answers: list[tuple[int, str]] = []
    probes = [
        threading.Thread(target=lambda: answers.append(answer(settings, "/readyz")))
        for _ in range(9)
    ]
    for probe in probes:
        probe.start()
    assert answer(settings, "/livez") == (200, "ok\n")
    hangs.set()
    for probe in probes:
        probe.join()
    assert answers == [(503, "Kafka does not answer.\n")] * 9
    assert looks == [True]


def test_a_client_that_sends_nothing_holds_up_no_other(
    settings: Settings, status: PartStatus
) -> None:
    status.report = Report()
    silent = socket.create_connection((settings.host, status_port(settings.status_port, PART)))
    with silent:
        assert answer(settings, "/readyz") == (200, "ok\n")
    assert answer(settings, "/unknown")[0] == 404


def test_without_a_port_nothing_listens() -> None:
    before = threading.active_count()
    with served(Settings(), PART):
        assert threading.active_count() == before


def test_the_port_is_free_again_at_the_end_and_a_taken_one_is_named(settings: Settings) -> None:
    port = status_port(settings.status_port, PART)
    for _ in range(2):
        with served(settings, PART), pytest.raises(UserError, match=f":{port} .*STATUS_PORT"):
            open_again(settings)
    beyond = replace(settings, status_port=65_535)
    with pytest.raises(UserError, match="STATUS_PORT"):
        open_again(beyond)


def open_again(settings: Settings) -> None:
    with served(settings, PART):
        pass


def test_each_part_has_a_port_of_its_own_in_the_order_of_the_setting() -> None:
    document = Path(settings_module.__file__).parents[1] / "docs" / "settings.md"
    assert f"in the order {', '.join(PARTS)};" in document.read_text("utf-8")
    assert len({status_port(9410, part) for part in PARTS}) == len(PARTS)
    assert {status_port(0, part) for part in PARTS} == {0}


def test_names_follow_the_conventions_of_prometheus() -> None:
    every = list(every_metric())
    names = [each.name for each in every]
    assert len(set(names)) == len(names)
    for each in every:
        assert re.fullmatch(r"inventory(_[a-z]+)+", each.name)
        assert each.is_counter or "_total" not in each.name
        assert each.help.endswith(".")
        assert set(each.parts) <= PARTS.keys()
        assert not {"le", "quantile", "job", "instance"} & set(each.labels)


def test_a_label_too_few_is_refused() -> None:
    with pytest.raises(ValueError, match="topic"):
        metrics.READ.of(1)
