"""The begin of a job's state: its newest usable checkpoint or savepoint, or the first event."""

from typing import NamedTuple

from pyflink.datastream import StreamExecutionEnvironment

from connect.errors import UserError
from connect.kafka import Admin, Partition
from connect.part_log import LOG
from connect.settings import Settings
from flink import (
    checkpoint_files,
    checkpoints,
    rebuild,
    resume_from,
    running_settings,
    source_topics,
)
from flink.checkpoint_files import UnusableCheckpointError
from flink.checkpoints import Complete, Origin
from flink.configuration import keep_state
from flink.published_generation import Published, published_generation
from flink.state_signature import state_signature

STRANGE_ROWS = 5
"""Rows of other writers that the log names at most."""


class _Usable(NamedTuple):
    """A checkpoint or savepoint of which all files are there."""

    state: Complete
    offsets: dict[Partition, int]
    generation: int


class _Start(NamedTuple):
    """A start of the job: its settings, and the state that it begins beside."""

    settings: Settings
    client: Admin
    folder: str
    """URL of the checkpoints of the job's origin."""
    origin: Origin
    published: Published


def resume(
    settings: Settings,
    client: Admin,
    environment: StreamExecutionEnvironment,
    cluster: str,
    may_rebuild: bool,
) -> tuple[str, int]:
    """Choose the state to resume from and log which, or why there is none.

    cluster: id of the Kafka cluster; may_rebuild: begin a rebuild without a person's decision.
    Return the URL of the checkpoints' folder, and the generation of the state. Raises UserError
    for a rebuild that is a decision, and for a state in INVENTORY_RESUME_FROM that is not usable.
    """
    names = source_topics.names(settings)
    parts = checkpoints.origin(
        settings, source_topics.identity(client, names), state_signature(environment)
    )
    folder = checkpoints.folder(settings, cluster, parts)
    start = _Start(settings, client, folder, parts, published_generation(settings, client))
    for sentence in start.published.strange[:STRANGE_ROWS]:
        LOG.warning(sentence)
    named = resume_from.named(settings, folder)
    usable = _named(start, named) if named else _newest(start, may_rebuild)
    if usable is None:
        checkpoints.delete(folder)
        # What was read before the rebuild does not count: see former_rows.
        first = source_topics.first_offsets(client, names)
        if cut := [f"{topic}-{number}" for (topic, number), offset in first.items() if offset]:
            LOG.warning(
                f"The topics no longer have the first events of {', '.join(cut)}: they are in no "
                "figure from now on."
            )
        source_topics.commit(settings, client, first)
        checkpoints.note_former_rows(folder)
        generation = checkpoints.new_generation(folder, start.published.generation)
    else:
        LOG.info(f"Continuing from {usable.state.url}.")
        generation = usable.generation
    parameters = running_settings.parameters(settings, parts, generation)
    keep_state(environment, folder, usable and usable.state.url, parameters)
    checkpoints.begin(folder, parts, generation)
    if named:
        resume_from.note_use(folder, named.url)
    return folder, generation


def _named(start: _Start, state: Complete) -> _Usable:
    """Return the state that the settings name. Raises UserError if it is not usable."""
    try:
        offsets = checkpoint_files.offsets(state.url)
        usable = _Usable(state, offsets, resume_from.generation(state.url, start.origin))
        objection = _objection(start, usable)
    except UnusableCheckpointError as error:
        objection = str(error)
    if objection:
        raise UserError(
            f"{resume_from.NAME}: the job cannot continue from {state.url}: {objection}. Name "
            f"another state, or start without {resume_from.NAME}."
        )
    return usable


def _newest(start: _Start, may_rebuild: bool) -> _Usable | None:
    """Return the newest usable state; None to begin anew, which is logged with its reason.

    Raises UserError if that is to be decided by a person.
    """
    usable = _newest_usable(start.folder)
    reason = _objection(start, usable) if usable else _cause(start.folder, start.origin)
    if usable and not reason:
        return usable
    if rebuild.is_decision(start.settings, start.client, start.published.generation):
        cost = rebuild.cost(start.settings, start.client, start.folder.rpartition("/")[0])
        if not may_rebuild:
            raise UserError(
                "The job would start from the first event: "
                f"{reason or f'{start.folder} has no checkpoint'}. It would rebuild its state from "
                f"{cost}; until then readers keep the published levels. Allow it by "
                "`python -m flink.job --allow-rebuild`, or name a savepoint or checkpoint by "
                f"{resume_from.NAME}."
            )
        LOG.info(f"Rebuilding the state from {cost}.")
    LOG.info(f"Starting from the first event{f': {reason}' if reason else ''}.")
    return None


def _newest_usable(folder: str) -> _Usable | None:
    """Return the newest state of which all files are there, and log why newer ones are not
    taken."""
    states = checkpoints.complete(folder)
    generation = checkpoints.noted_generation(folder)
    if generation is None:
        if states:
            LOG.warning(f"Not continuing: {folder}/{checkpoints.GENERATION} is missing or damaged.")
        return None
    for state in states:
        try:
            return _Usable(state, checkpoint_files.offsets(state.url), generation)
        except UnusableCheckpointError as error:
            LOG.warning(f"Not continuing from {state.url}: {error}.")
    return None


def _cause(folder: str, parts: Origin) -> str:
    """Return the cause for which a folder has no usable state; empty on a first start."""
    if checkpoints.complete(folder):
        return "no checkpoint has all of its files"
    changed = checkpoints.changes(folder, parts)
    return f"its state is of another {', another '.join(changed)}" if changed else ""


def _objection(start: _Start, usable: _Usable) -> str:
    """Return the reason not to resume from a usable state; empty if there is none."""
    settings, client, folder = start.settings, start.client, start.folder
    names = source_topics.names(settings)
    written = max(each.written for each in (usable.state, *checkpoints.complete(folder)))
    if lost := source_topics.lost_offsets(settings, client, names, usable.offsets, written):
        return f"records that it has read or would read next are lost in {', '.join(lost)}"
    if start.published.strange:
        return "readers have rows that this job has not written"
    if checkpoints.is_overtaken(folder, usable.generation, start.published.generation):
        return "readers have newer levels, of other settings or of another folder of checkpoints"
    if checkpoints.is_expired(settings, usable.state):
        return "Kafka may have aborted the transactions of its newest checkpoint"
    return ""
