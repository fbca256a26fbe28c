"""The page in a real browser, fed by a real Kafka."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer
from playwright.sync_api import Page, expect

from connect import registry
from connect.settings import Settings
from contracts.__main__ import main as contracts
from dashboard.export import main as export
from schemas.record import Record
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support import browser
from tests.support.store_records import level, product, sold
from tests.unit.dashboard.test_dashboard_charts import HOSTILE

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        browser.CHROMIUM is None, reason="no chromium on the PATH: `apt-get install chromium`"
    ),
]

STALL_SECONDS = 3.0
SOON = 30_000
"""Maximum time until the page shows a change, milliseconds."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Kafka, registry and dashboard: their settings, a producer and process ids."""

    settings: Settings
    send: Callable[..., None]
    pid: Callable[[str], int | None]

    @property
    def address(self) -> str:
        return f"http://{self.settings.host}:{self.settings.dashboard_port}"


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """Kafka, registry and dashboard; levels are written by the test in place of the job."""
    services = ["registry", "kafka", "dashboard"]
    with Stack.on_free_ports(services, stall_seconds=STALL_SECONDS) as stack:
        environment = stack.settings.environment()
        applied = CliRunner().invoke(contracts, ["apply"], env=environment)
        assert applied.exit_code == 0, applied.output
        schemas = registry.client(stack.settings)
        encoder = Encoder(lambda subject, text: registry.schema_id(schemas, subject, text))
        producer = Producer({"bootstrap.servers": stack.settings.kafka_servers, "log_level": 0})

        def send(*records: Record) -> None:
            for record in records:
                producer.produce(record.TOPIC, encoder.value(record), encoder.key(record))
            assert producer.flush(30) == 0

        yield Pipeline(stack.settings, send, stack.pid)


@pytest.fixture
def page() -> Iterator[Page]:
    with browser.browser() as opened:
        yield opened


def line(page: Page, state: str) -> None:
    """Wait for the line of freshness to be in a state."""
    expect(page.locator(".inv-fresh")).to_have_attribute("data-state", state, timeout=SOON)


def figure(page: Page, label: str, value: str) -> None:
    """Wait for a headline figure."""
    card = page.get_by_test_id("stMetric").filter(has_text=label)
    expect(card.get_by_test_id("stMetricValue")).to_have_text(value, timeout=SOON)


def test_the_page_follows_kafka_without_a_reload(pipeline: Pipeline, page: Page) -> None:
    pipeline.send(
        product("007", 10, "Milk"),
        product("008", 10, HOSTILE),
        level("007", 40, store="S1"),
        level("008", 5, store="S1"),
        level("007", 7, store="S2"),
    )
    page.goto(pipeline.address)
    figure(page, "Products tracked", "2")
    figure(page, "Low", "1")
    assert page.url.endswith("?store=S1")
    page.evaluate("window.notReloaded = true")

    pipeline.send(level("007", 0, store="S1", version=2), sold(0, 3, "007"))
    figure(page, "Out of stock", "1")
    line(page, "live")
    expect(page.locator(browser.DRAWN)).to_have_count(4, timeout=SOON)
    pipeline.send(level("007", 1, store="S1", version=1), level("009", -1, store="S1"))
    figure(page, "Negative", "1")
    figure(page, "Out of stock", "1")
    assert page.evaluate("window.notReloaded")
    assert page.locator("script:has-text('alert')").count() == 0
    line(page, "stalled")


def test_the_chosen_store_survives_a_reload(pipeline: Pipeline, page: Page) -> None:
    pipeline.send(level("007", 40, store="S1", version=9), level("007", 7, store="S2", version=9))
    page.goto(f"{pipeline.address}/?store=S2")
    figure(page, "Products tracked", "1")
    page.reload()
    figure(page, "Products tracked", "1")
    assert page.url.endswith("?store=S2")


def test_a_frozen_broker_is_down_until_it_returns(pipeline: Pipeline, page: Page) -> None:
    pipeline.send(level("007", 40, store="S1", version=10))
    page.goto(f"{pipeline.address}/?store=S1")
    figure(page, "Low", "1")
    broker = pipeline.pid("kafka")
    assert broker is not None
    os.kill(broker, signal.SIGSTOP)
    try:
        line(page, "down")
        figure(page, "Low", "1")
    finally:
        os.kill(broker, signal.SIGCONT)
    deadline = time.monotonic() + 60
    while page.locator(".inv-fresh[data-state=down]").count():
        assert time.monotonic() < deadline
        page.wait_for_timeout(200)
    pipeline.send(level("007", 0, store="S1", version=11))
    figure(page, "Out of stock", "1")


def test_the_export_prints_what_the_page_shows(pipeline: Pipeline) -> None:
    pipeline.send(level("007", -5, store="S3"))
    environment = pipeline.settings.environment()
    result = CliRunner().invoke(export, ["--store", "S3"], env=environment)
    assert result.exit_code == 0, result.output
    assert "S3,007,Milk,A,negative,-5,10,3,1,2,1,2026-01-31T09:00:00.000Z" in result.stdout
