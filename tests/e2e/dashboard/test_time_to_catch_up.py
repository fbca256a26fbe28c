"""The page Pipeline gives the time until a job that was stopped has caught up."""

import re
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from playwright.sync_api import Page

from connect.kafka import JOB_GROUP
from schemas.generated import EVENTS
from tests.support import browser
from tests.support.job_from_a_copy import job_of, pipeline_page, pipeline_without_job
from tests.support.patience import until
from tests.support.pipeline_load import load
from tests.support.running_pipeline import RunningPipeline
from tests.support.tree_copy import TreeCopy

pytestmark = [
    pytest.mark.slow,
    pytest.mark.nightly,
    browser.NEEDED,
]
BACKLOG = 72_000
"""Events that wait for a job that takes 2 ms for each: for nearly three minutes."""
LONG = 40.0
"""Seconds to catch up from which they are compared with the real ones."""
RIGHT_WITHIN = 0.25
CELLS = """() => [...document.querySelectorAll("tr")].map(
  (row) => [...row.cells].map((cell) => cell.innerText)
)"""
UP_TO_DATE = 300
"""Records that wait for the next checkpoint of a job that is up to date."""


@pytest.fixture(scope="module")
def pipeline() -> Iterator[RunningPipeline]:
    with pipeline_without_job() as running:
        yield running


@pytest.fixture
def page(pipeline: RunningPipeline) -> Iterator[Page]:
    with pipeline_page(pipeline) as opened:
        yield opened


def unread(pipeline: RunningPipeline) -> int:
    """Return the records that the job has not passed by its newest checkpoint, as Kafka has it."""
    settings = pipeline.settings
    group = settings.prefixed(JOB_GROUP)
    config = {"bootstrap.servers": settings.kafka_servers, "group.id": group}
    with closing(Consumer(config)) as consumer:
        waiting = 0
        for topic in (settings.topic_prefix + each.TOPIC for each in EVENTS):
            partitions = consumer.list_topics(topic, timeout=30).topics[topic].partitions
            places = [TopicPartition(topic, number) for number in partitions]
            for place in consumer.committed(places, timeout=30):
                _, end = consumer.get_watermark_offsets(place, timeout=30)
                waiting += end - max(place.offset, 0)
        return waiting


def shown(page: Page) -> dict[str, tuple[int, str]]:
    """Return the unread records and the time to catch up of the job, by topic."""
    rows: list[list[str]] = page.evaluate(CELLS)
    return {
        row[1]: (int(row[2].replace(",", "")), row[5])
        for row in rows
        if len(row) == 6 and row[0] == "job"
    }


def test_the_lag_of_a_stopped_job_is_shown_and_later_the_time_to_catch_up(
    pipeline: RunningPipeline, page: Page, tmp_path: Path
) -> None:
    tree = TreeCopy(tmp_path / "slow", pipeline)
    reads = r"(String kind = event\.getString\(positions\.kind\)\.toString\(\);)"
    tree.replace("flink/java/StockLevel.java", (reads, r"\1\n        Thread.sleep(2);"))
    with job_of(tree):
        pipeline.send(500)
        until(lambda: unread(pipeline) == 0)
    pipeline.send(BACKLOG)
    until(lambda: sum(waiting for waiting, _ in shown(page).values()) == unread(pipeline) > BACKLOG)
    observed: list[tuple[float, float]] = []
    with job_of(tree), load(pipeline, 20):
        begun = time.monotonic()
        while unread(pipeline) > UP_TO_DATE:
            assert time.monotonic() < begun + 400
            # Without a row, the page does not know the lag at this moment.
            waiting, words = max(shown(page).values(), default=(0, ""))
            if seconds := re.fullmatch(r"([\d.]+) s", words):
                observed.append((time.monotonic(), float(seconds[1])))
            print(f"{time.monotonic() - begun:5.1f} s: {waiting:6} unread, {words}")
            time.sleep(1)
        caught_up_at = time.monotonic()
    real = [(caught_up_at - at, seconds) for at, seconds in observed if caught_up_at - at >= LONG]
    assert len(real) >= 10
    wrong = [(left, seconds) for left, seconds in real if abs(seconds - left) > RIGHT_WITHIN * left]
    assert len(wrong) <= len(real) / 10, real
