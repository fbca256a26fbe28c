"""The pages in a real browser, by way of the read model from a real Kafka."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from confluent_kafka import Producer
from playwright.sync_api import Page, expect

from connect import registry
from connect.settings import Settings
from contracts.__main__ import main as contracts
from dashboard.export import main as export
from schemas.generated import SalesPerMinute
from schemas.record import Record
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support import browser
from tests.support.store_records import HOSTILE, level, product, sold

pytestmark = [
    pytest.mark.slow,
    browser.NEEDED,
]

STALL_SECONDS = 3.0
SOON = 30_000
"""Maximum time until the page shows a change, milliseconds."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Kafka, registry, read model and dashboard: settings, a producer and process ids."""

    settings: Settings
    send: Callable[..., None]
    pid: Callable[[str], int | None]

    @property
    def address(self) -> str:
        return f"http://{self.settings.host}:{self.settings.dashboard_port}"


@pytest.fixture(scope="module")
def pipeline() -> Iterator[Pipeline]:
    """Kafka, registry, read model and dashboard; the test writes levels in place of the job."""
    with Stack.on_free_ports(["registry", "kafka"], stall_seconds=STALL_SECONDS) as stack:
        environment = stack.settings.environment()
        applied = CliRunner().invoke(contracts, ["apply"], env=environment)
        assert applied.exit_code == 0, applied.output
        for name in ("views", "dashboard"):
            stack.start(name)
        for name in ("views", "dashboard"):
            stack.wait(name)
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


def sold_ago(minutes: int, units: int, sku: str) -> SalesPerMinute:
    minute = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=minutes)
    return replace(sold(0, units, sku), minute_start=minute)


def line(page: Page, state: str) -> None:
    """Wait for the line of freshness to be in a state."""
    expect(page.locator(".inv-fresh")).to_have_attribute("data-state", state, timeout=SOON)


def counted(page: Page, *counts: str) -> None:
    """Wait for the numbers of products by state above the table of the page Stock."""
    for count in counts:
        expect(page.locator(".inv-legend")).to_contain_text(count, timeout=SOON)


def test_the_pages_follow_kafka_without_a_reload(pipeline: Pipeline, page: Page) -> None:
    page.goto(pipeline.address)
    expect(page.get_by_text("No stock yet.")).to_be_visible(timeout=SOON)
    pipeline.send(
        product("007", 10, "Milk"),
        product("008", 10, HOSTILE),
        level("007", 40, store="S1"),
        level("008", 5, store="S1"),
        level("007", 7, store="S2"),
        sold_ago(5, 3, "008"),
    )
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=SOON)
    page.goto(f"{pipeline.address}/stock?store=S1")
    counted(page, "low 1", "ok 1")
    page.evaluate("window.notReloaded = true")

    pipeline.send(level("007", 0, store="S1", version=2), sold_ago(0, 1, "007"))
    counted(page, "out 1")
    line(page, "live")
    pipeline.send(level("007", 1, store="S1", version=1), level("009", -1, store="S1"))
    counted(page, "negative 1", "out 1")
    assert page.evaluate("window.notReloaded")
    assert page.locator("script:has-text('alert')").count() == 0
    line(page, "stalled")
    page.get_by_role("link", name="Sales").click()
    sold = page.get_by_test_id("stMetric").filter(has_text="Sold less returned")
    # The minute of the second sale counts when it is over.
    expect(sold.get_by_test_id("stMetricValue")).to_have_text(re.compile("^[34]$"), timeout=SOON)


def test_a_frozen_broker_is_down_until_it_returns(pipeline: Pipeline, page: Page) -> None:
    pipeline.send(level("007", 40, store="S1", version=10))
    page.goto(f"{pipeline.address}/stock?store=S1")
    counted(page, "ok 1")
    broker = pipeline.pid("kafka")
    assert broker is not None
    os.kill(broker, signal.SIGSTOP)
    try:
        line(page, "down")
        counted(page, "ok 1")
    finally:
        os.kill(broker, signal.SIGCONT)
    deadline = time.monotonic() + 60
    while page.locator(".inv-fresh[data-state=down]").count():
        assert time.monotonic() < deadline
        page.wait_for_timeout(200)
    pipeline.send(level("007", 0, store="S1", version=11))
    counted(page, "out 1")


def test_the_export_prints_what_the_pages_show(pipeline: Pipeline) -> None:
    pipeline.send(level("007", -5, store="S3"))
    environment = pipeline.settings.environment()
    row = '"S3","007","Milk","A","negative",-5,10,3,1,2,1,"2026-01-31T09:00:00.000Z"'
    deadline = time.monotonic() + SOON / 1000
    while row not in CliRunner().invoke(export, ["--store", "S3"], env=environment).stdout:
        assert time.monotonic() < deadline
        time.sleep(0.5)
