"""The begin of a job's state: its newest usable checkpoint, or the first event."""

from pathlib import Path
from typing import NamedTuple

import click
from confluent_kafka.admin import AdminClient
from pyflink.datastream import StreamExecutionEnvironment

from connect.kafka import Partition
from connect.settings import Settings
from flink import checkpoint_files, checkpoints, source_topics
from flink.checkpoints import Origin
from flink.configuration import keep_state
from flink.published_generation import Published, published_generation
from flink.state_signature import state_signature

STRANGE_ROWS = 5
"""Rows of other writers that the log names at most."""


class _Usable(NamedTuple):
    """A checkpoint of which all files are there."""

    folder: Path
    offsets: dict[Partition, int]


def resume(
    settings: Settings, client: AdminClient, environment: StreamExecutionEnvironment, cluster: str
) -> tuple[str, int]:
    """Choose the checkpoint to resume from and log which, or why there is none.

    cluster: id of the Kafka cluster. Return the URL of the checkpoints' folder, and the generation
    of the state.
    """
    names = source_topics.names(settings)
    parts = checkpoints.origin(
        settings, source_topics.identity(client, names), state_signature(environment)
    )
    folder = checkpoints.folder(settings, cluster, parts)
    usable = _newest_usable(folder)
    published = published_generation(settings, client)
    for sentence in published.strange[:STRANGE_ROWS]:
        click.echo(sentence)
    if usable is None:
        reason = _cause(folder, parts)
    else:
        reason = _objection(settings, client, folder, usable, published)
    if reason or usable is None:
        usable = None
        checkpoints.delete(folder)
        # What was read before the rebuild does not count: see former_rows.
        source_topics.commit(settings, client, source_topics.first_offsets(client, names))
        checkpoints.note_former_rows(folder)
        click.echo(f"Starting from the first event{f': {reason}' if reason else ''}.")
    else:
        click.echo(f"Continuing from {usable.folder.as_uri()}.")
    generation = checkpoints.generation(folder, usable is None, published.generation)
    keep_state(environment, folder, usable and usable.folder.as_uri(), generation)
    checkpoints.begin(folder, parts, generation)
    return folder, generation


def _newest_usable(folder: str) -> _Usable | None:
    """Return the newest checkpoint of which all files are there, and log why newer ones are not
    taken."""
    for checkpoint in checkpoints.complete(folder):
        try:
            return _Usable(checkpoint, checkpoint_files.offsets(checkpoint))
        except checkpoint_files.UnusableCheckpointError as error:
            click.echo(f"Not continuing from {checkpoint.as_uri()}: {error}.")
    return None


def _cause(folder: str, parts: Origin) -> str:
    """Return the cause for which a folder has no usable checkpoint; empty on a first start."""
    if checkpoints.complete(folder):
        return "no checkpoint has all of its files"
    changed = checkpoints.changes(folder, parts)
    return f"its state is of another {', another '.join(changed)}" if changed else ""


def _objection(
    settings: Settings, client: AdminClient, folder: str, usable: _Usable, published: Published
) -> str:
    """Return the reason not to resume from a usable checkpoint; empty if there is none."""
    names = source_topics.names(settings)
    written = checkpoints.newest_written(folder)
    if lost := source_topics.lost_offsets(settings, client, names, usable.offsets, written):
        return f"records that it has read or would read next are lost in {', '.join(lost)}"
    if published.strange:
        return "readers have rows that this job has not written"
    if not checkpoints.has_generation(folder):
        return f"{folder}/{checkpoints.GENERATION} is missing or damaged"
    if checkpoints.is_overtaken(folder, published.generation):
        return "readers have newer levels, of other settings or of another folder of checkpoints"
    if checkpoints.is_expired(settings, usable.folder):
        return "Kafka may have aborted the transactions of its newest checkpoint"
    return ""
