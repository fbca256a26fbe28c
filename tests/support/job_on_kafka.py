"""The shipped job on the tests' Flink, and a Kafka whose log time the test sets.

The event topics take the producer's timestamp, so that a record's log time can be any. Everything
else is as in production: `flink.job` chooses limits, checkpoint and generation.
"""

import random
import shutil
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import unquote, urlparse

import requests
from confluent_kafka import KafkaException, Producer
from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]
from py4j.protocol import Py4JJavaError
from pyflink.datastream import StreamExecutionEnvironment
from pyflink.java_gateway import get_gateway

from connect import cluster_rest, kafka
from connect.kafka import client_config
from connect.part_status import PartStatus
from connect.settings import Settings
from flink import former_rows, job, job_watch, prerequisites
from gate.accepted_topics import accepted_topic
from schemas import generated
from schemas.avro.encode import milliseconds
from schemas.generated import EVENTS
from tests.support.minicluster import MiniCluster
from tests.support.timed_deliveries import PARTITIONS, Stored

SECONDS = 60
"""Time limit of everything that the test waits for."""
POLL_SECONDS = 0.1
CONFIG = {"retention.ms": "-1", "message.timestamp.type": "CreateTime"}
EVENT_TOPICS = [topic for event in EVENTS for topic in (event.TOPIC, accepted_topic(event.TOPIC))]
OTHER_TOPICS = [
    record_type.TOPIC
    for record_type in vars(generated).values()
    if hasattr(record_type, "TOPIC") and record_type not in EVENTS
]


class JobOnKafka:
    """One job at a time, and its topics, which are empty at first.

    settings: of a running Kafka and registry, with the folder of the checkpoints.
    """

    def __init__(self, settings: Settings, cluster: MiniCluster) -> None:
        self._settings = settings
        self._cluster = cluster.java
        self._address = cluster.address
        self._admin = kafka.admin(settings)
        self._folder = Path(unquote(urlparse(settings.checkpoint_url).path))
        """Of all checkpoints."""
        self._job: Any = None
        self.generation = 0
        """Generation of the state of the last job."""
        self.create([*EVENT_TOPICS, *OTHER_TOPICS])

    def create(self, topics: list[str]) -> None:
        """Create topics, or create them again, empty."""
        for deletion in self._admin.delete_topics(topics).values():
            with suppress(KafkaException):  # there is none yet
                deletion.result()
        new = [NewTopic(topic, PARTITIONS, 1, config=CONFIG) for topic in topics]
        for creation in self._admin.create_topics(new).values():
            creation.result()
        # The controller has answered; the broker that a reader asks may learn it a moment later.
        until = time.monotonic() + SECONDS
        while not set(topics) <= self._admin.list_topics(timeout=SECONDS).topics.keys():
            assert time.monotonic() < until, topics
            time.sleep(POLL_SECONDS)

    def write(self, records: Iterable[Stored]) -> None:
        """Append records to their partitions, in this order and with their log times."""
        # Without idempotence: a producer's sequence numbers end with its topic.
        producer = Producer({**client_config(self._settings), "acks": "all", "max.in.flight": 1})
        for record in records:
            topic, number = record.partition
            at = milliseconds(record.at)
            producer.produce(topic, record.value, record.key, number, timestamp=at)
        assert producer.flush(SECONDS) == 0

    def start(self, settings: Settings, first_checkpoint: bool = True) -> None:
        """Run `python -m flink.job` up to the submission of the job, without its threads."""
        self._settings = settings

        def submit(environment: StreamExecutionEnvironment, name: str) -> str:
            java = environment._j_stream_execution_environment
            if not first_checkpoint:
                java.getCheckpointConfig().disableCheckpointing()
            parameters = java.getConfig().getGlobalJobParameters().toMap()
            self.generation = int(parameters["generation"])
            client = environment.execute_async(name)
            job_id = get_gateway().jvm.org.apache.flink.api.common.JobID
            self._job = job_id.fromHexString(str(client.get_job_id()))
            return str(client.get_job_id())

        with (
            patch.object(job, "_submit", submit),
            patch.object(cluster_rest, "follow"),
            patch.object(job, "Thread"),
            patch.object(job_watch, "start"),
            # The job registers its schemas itself here, and runs on the tests' own topics.
            patch.object(prerequisites, "require"),
        ):
            running = replace(settings, flink=self._address)
            job._run(running, PartStatus(), allow_rebuild=True)

    def checkpoint(self) -> None:
        """Return when a checkpoint has all that the job has read, and its results are written."""
        end = time.monotonic() + SECONDS
        while True:
            try:
                self._cluster.triggerCheckpoint(self._job).get()
                return
            except Py4JJavaError:  # not all tasks run yet
                if time.monotonic() > end:
                    raise
                time.sleep(POLL_SECONDS)

    def delete_former_rows(self) -> None:
        """Do what a thread of the job does once the rows of all events are published."""
        former_rows.delete(self._settings, self.generation)

    @property
    def runs(self) -> bool:
        return self._job is not None

    def cancel(self) -> None:
        """End the job, if it runs, without another checkpoint."""
        if self._job is not None:
            self._cluster.cancelJob(self._job).get()
            self._cluster.requestJobResult(self._job).get()
            self._job = None

    def delete_checkpoints(self) -> None:
        """Delete all checkpoints, and leave what else is in their folder."""
        for checkpoint in self._folder.glob("*/*/*/"):
            shutil.rmtree(checkpoint)

    def damage_checkpoints(self, chance: random.Random, count: int) -> None:
        """Cut the files of the newest checkpoints, as a power cut does."""
        for checkpoint in self.checkpoints()[:count]:
            damaged = chance.choice(sorted(checkpoint.iterdir()))
            content = damaged.read_bytes()
            damaged.write_bytes(content[: chance.randrange(len(content))])

    def checkpoints(self) -> list[Path]:
        """Return the job's complete checkpoints, the newest first, once no others are left."""
        end = time.monotonic() + SECONDS
        while len({each.parent for each in self._complete()}) != 1:
            assert time.monotonic() < end, self._complete()
            time.sleep(POLL_SECONDS)
        return self._complete()

    def _complete(self) -> list[Path]:
        files = list(self._folder.glob("*/*/*/chk-*/_metadata"))
        files.sort(key=lambda file: file.stat().st_mtime, reverse=True)
        return [file.parent for file in files]

    def exceptions(self) -> str:
        """Return Flink's own words, if the job has failed."""
        url = f"http://{self._address}/jobs/{self._job}/exceptions"
        return str(requests.get(url, timeout=SECONDS).json())[:2000]
