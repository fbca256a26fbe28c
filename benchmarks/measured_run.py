"""CPU and memory of one process, from its first published record to its last."""

import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from confluent_kafka import Consumer, TopicPartition

from benchmarks.pipeline import cpu, megabytes
from connect import kafka
from flink.former_rows import WRITTEN
from schemas.generated import InventoryLevel
from stack.runtime import Stack

TOPICS = [record_type.TOPIC for record_type in WRITTEN]
QUIET_SECONDS = 8.0
"""Time without a new record after which a run is complete: days are published each 5 s."""
LIMIT_SECONDS = 290.0
POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Cost:
    """Figures of a run, from its first published record to its last, and of its start."""

    cpu_seconds: float
    last_half: float
    """CPU seconds from the middle of the levels on."""
    wall_seconds: float
    start_seconds: float
    """Wall seconds from the start of the process to its first level."""
    start_cpu: float
    broker: float
    """CPU seconds of the broker, without those of the start."""
    peak_mb: float
    """Largest resident memory of the process and its children."""
    records: dict[str, int]
    """Records published, by topic."""


@dataclass(frozen=True)
class _Moment:
    at: float
    cpu: float
    broker: float


class _Offsets:
    """End offsets of the published topics, read by one consumer."""

    def __init__(self, stack: Stack) -> None:
        self._consumer = Consumer(
            {
                "bootstrap.servers": stack.settings.kafka_servers,
                "group.id": "benchmark",
                "log_level": 0,
            }
        )
        topics = self._consumer.list_topics(timeout=10).topics
        self._partitions = {
            name: [TopicPartition(name, number) for number in topics[name].partitions]
            for name in TOPICS
        }

    def ends(self) -> dict[str, int]:
        """Return topic -> number of records ever written to it."""
        return {
            name: sum(self._consumer.get_watermark_offsets(each, timeout=10)[1] for each in all_)
            for name, all_ in self._partitions.items()
        }

    def close(self) -> None:
        self._consumer.close()


def empty_published(stack: Stack) -> None:
    """Delete and create the published topics: the next run publishes all their records itself."""
    client = kafka.admin(stack.settings)
    for deleted in client.delete_topics(TOPICS).values():
        deleted.result()
    while set(TOPICS) & set(client.list_topics(timeout=10).topics):
        time.sleep(POLL_SECONDS)
    stack.run("contracts", "apply").check_returncode()


def measured_run(
    stack: Stack, command: list[str], environment: dict[str, str], log: Path, levels: int
) -> Cost:
    """Run a command until it publishes no more. levels: number of levels that it publishes."""
    offsets = _Offsets(stack)
    broker = psutil.Process(stack.pid("kafka"))
    with log.open("wb") as output:
        job = psutil.Popen(
            command, env=stack.environment() | environment, stdout=output, stderr=output
        )
    try:
        return _measured(job, broker, offsets, levels)
    except SystemExit as error:
        tail = log.read_text("utf-8", "replace")[-2000:]
        raise SystemExit(f"{error}. {' '.join(command)} ended with:\n{tail}") from None
    finally:
        offsets.close()
        if job.is_running():
            for process in [*job.children(recursive=True), job]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        job.wait()


def _measured(job: psutil.Popen, broker: psutil.Process, offsets: _Offsets, levels: int) -> Cost:
    begin = time.monotonic()
    first: _Moment | None = None
    half: _Moment | None = None
    last: _Moment | None = None
    before: dict[str, int] = {}
    peak = 0.0
    while last is None or time.monotonic() - last.at < QUIET_SECONDS:
        if job.poll() is not None or time.monotonic() - begin > LIMIT_SECONDS:
            raise SystemExit(f"The run has not finished: {before}")
        now = _Moment(time.monotonic(), cpu(job), cpu(broker))
        ends = offsets.ends()
        published = ends[InventoryLevel.TOPIC]
        peak = max(peak, megabytes(job))
        if published and ends != before:
            first, last, before = first or now, now, ends
        if published >= levels / 2:
            half = half or now
        time.sleep(POLL_SECONDS)
    if first is None or half is None or before[InventoryLevel.TOPIC] != levels:
        raise SystemExit(f"The run has published {before}, not {levels} levels")
    return Cost(
        cpu_seconds=last.cpu - first.cpu,
        last_half=last.cpu - half.cpu,
        wall_seconds=last.at - first.at,
        start_seconds=first.at - begin,
        start_cpu=first.cpu,
        broker=last.broker - first.broker,
        peak_mb=peak,
        records=before,
    )
