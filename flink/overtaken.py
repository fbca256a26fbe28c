"""Another job of the same installation, whose rows readers take in place of those of this one.

Such as one that is started beside it with another folder of checkpoints: its generation is higher.
When it is gone, readers keep its rows, which may follow from half of the events, until this job
writes a newer generation: it has to rebuild its state.

So each job leaves its generation in Kafka, as metadata of an offset of the job's group that Flink
does not commit, and writes it again from time to time, unless there is a higher one.
"""

import os
import signal
import time
from typing import NamedTuple

from confluent_kafka import KafkaException, TopicPartition

from connect import kafka
from connect.errors import UserError
from connect.group_offsets import change_offsets
from connect.kafka import ANSWER_SECONDS, JOB_GROUP, Admin, Partition
from connect.lasting_admin import LastingAdmin
from connect.part_log import LOG
from connect.partition_offsets import END, partition_offsets
from connect.settings import Settings
from flink import checkpoints
from flink.checkpoints import is_possible
from schemas.generated import GateLimits

POLL_SECONDS = 10.0
GONE_POLLS = 6
"""Looks without a change after which another job is gone."""
LOST = "and readers keep its rows until this job has rebuilt its state"


class Claim(NamedTuple):
    """The newest job that has begun, as it has left it."""

    generation: int = 0
    """0: none."""
    written: str = ""
    """The time, by which two looks tell that it is at work."""


def claimed(settings: Settings, client: Admin) -> Claim:
    """Return the newest claim. Raises KafkaException."""
    group, place = _place(settings)
    for at in client.committed(group, [TopicPartition(*place)], ANSWER_SECONDS):
        generation, _, written = (at.metadata or "").partition(" ")
        if generation.isdecimal() and is_possible(int(generation)):
            return Claim(int(generation), written)
    return Claim()


def claim(settings: Settings, client: Admin, generation: int) -> None:
    """Leave a generation, unless there is a higher one. Raises KafkaException."""
    if claimed(settings, client).generation > generation:
        return
    group, place = _place(settings)
    # The end, as tools that watch the lag of groups see this one, too.
    end = partition_offsets(client, {place: END})[place]
    left = TopicPartition(*place, end, f"{generation} {time.time():.0f}")
    change_offsets(client, group, [left], ANSWER_SECONDS)


def watch(settings: Settings, folder: str, generation: int) -> None:
    """Name another job whose generation is higher than this one, and end when it is gone.

    A local job then ends, too: its next start rebuilds the state. folder: URL of its checkpoints.
    """
    admin = LastingAdmin(lambda: kafka.admin(settings))
    other, unchanged = Claim(generation), 0
    while unchanged < GONE_POLLS:
        try:
            with admin.client() as client:
                claim(settings, client, generation)
                newest = claimed(settings, client)
            if newest.generation > other.generation:
                checkpoints.note_overtaken(folder, newest.generation)
                LOG.warning(
                    f"Another job has begun with generation {newest.generation:,}, and readers "
                    f"take its rows in place of those of this one, {generation:,}: stop it."
                )
            is_same = newest.generation <= generation or newest == other
            unchanged = unchanged + 1 if is_same and other.generation > generation else 0
            other = max(other, newest)
        except (UserError, KafkaException):
            pass  # Kafka is away, or gives this client no right: nothing is known
        time.sleep(POLL_SECONDS)
    if settings.flink != "local":
        LOG.warning(
            f"The other job has ended, {LOST}: run `python -m flink stop`, then "
            "`python -m flink.job --allow-rebuild`."
        )
        return
    LOG.warning(f"The other job has ended, {LOST}: it ends and, started again, does so.")
    os.kill(os.getpid(), signal.SIGTERM)


def _place(settings: Settings) -> tuple[str, Partition]:
    """Return the group, and the partition of which it has no other offset."""
    return settings.prefixed(JOB_GROUP), (settings.prefixed(GateLimits.TOPIC), 0)
