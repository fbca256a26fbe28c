"""The page Pipeline names a sink that Kafka slows down."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from stack.artifacts import folder
from stack.java import java
from tests.support import browser
from tests.support.job_from_a_copy import job_of, pipeline_page, pipeline_without_job
from tests.support.pipeline_load import load
from tests.support.running_pipeline import RunningPipeline
from tests.support.tree_copy import TreeCopy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.nightly,
    browser.NEEDED,
]
SOON = 180_000
"""Milliseconds until the page shows a state that is not measured."""
NAMED_WITHIN = 15_000
RATE = 1_000
"""Events a second: what a sink leaves fills Flink's buffers within seconds."""
SINKS = {
    "sales_per_minute": ("The step of sales by minute is the slowest", 15_000),
    "ledger_entry": (
        "The step that drops repeats and writes quarantine and stock ledger is the slowest",
        50_000,
    ),
}
"""Contract of a sink -> the words that name its step, and the bytes a second that Kafka takes from
it: a quarter of what it writes."""


@pytest.fixture(scope="module")
def pipeline() -> Iterator[RunningPipeline]:
    with pipeline_without_job() as running:
        yield running


@pytest.fixture
def page(pipeline: RunningPipeline) -> Iterator[Page]:
    with pipeline_page(pipeline) as opened:
        yield opened


def change_limit(pipeline: RunningPipeline, client: str, change: str) -> None:
    """Set or delete what Kafka takes from a client."""
    settings = pipeline.settings
    tool = ["-cp", f"{folder(settings.state, 'broker')}/*", "kafka.admin.ConfigCommand"]
    which = ["--bootstrap-server", settings.kafka_servers, "--entity-type", "clients"]
    command = [*tool, *which, "--entity-name", client, "--alter", *change.split()]
    ran = subprocess.run(java("128m", *command, busy=False), capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def bottleneck(page: Page) -> Locator:
    return page.locator("p").filter(has_text="is the slowest")


def test_a_sink_that_kafka_slows_down_is_named_as_the_cause_until_it_is_fast_again(
    pipeline: RunningPipeline, page: Page, tmp_path: Path
) -> None:
    tree = TreeCopy(tmp_path / "clients", pipeline)
    for contract in SINKS:
        own_client = r"\1\n  'properties.client.id' = 'sink-" + contract + "',"
        tree.replace(
            f"flink/sql/generated/{contract}.sql", (r"('properties\.batch\.size' = .*)", own_client)
        )
    with job_of(tree):
        for contract, (words, limit) in SINKS.items():
            expect(bottleneck(page)).to_contain_text("no step waits for another", timeout=SOON)
            with load(pipeline, RATE), slowed_down(pipeline, f"sink-{contract}", limit):
                named_as_the_cause(page, words)
        expect(bottleneck(page)).to_contain_text("no step waits for another", timeout=SOON)


@contextmanager
def slowed_down(pipeline: RunningPipeline, client: str, limit: int) -> Iterator[None]:
    """Let Kafka take so many bytes a second from a client, within the context."""
    change_limit(pipeline, client, f"--add-config producer_byte_rate={limit}")
    try:
        yield
    finally:
        change_limit(pipeline, client, "--delete-config producer_byte_rate")


def named_as_the_cause(page: Page, words: str) -> None:
    """Expect that the page names the step that has just become slow. words: name it."""
    slow_at = time.monotonic()
    for end, milliseconds in (
        ("", NAMED_WITHIN),
        (", .*: (it takes no more|the steps before it wait)", SOON),
        # As soon as Flink's buffers before it are full.
        (", .*: the steps before it wait for it", SOON),
    ):
        expect(bottleneck(page)).to_contain_text(re.compile(words + end), timeout=milliseconds)
        print(f"after {time.monotonic() - slow_at:.1f} s: {bottleneck(page).inner_text()}")
