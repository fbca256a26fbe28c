"""The folders of the job's checkpoints: <checkpoints>/<Kafka cluster>/<origin>/<job id>/chk-<n>.

The name of the cluster's folder begins with the prefix of the installation, if it has one. It has
the savepoints, too: savepoints/savepoint-<n>, each with its origin and generation.

State belongs to what it was computed from: a Kafka cluster and its topics, the operators and the
settings. Each such origin has a folder of its own. A job with another origin finds no checkpoint
and rebuilds its state from the topics, which keep every event.
"""

import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

from connect.errors import UserError
from connect.job_settings import REBUILDS
from connect.part_log import LOG
from connect.settings import PREFIX, Settings
from flink import storage, udf_jar
from flink.checkpoint_files import METADATA
from flink.statements import TRANSACTION_SECONDS

Origin = dict[str, str]
"""The parts that state is computed from: the name of each, and its id, value or checksum."""
ORIGIN, GENERATION, FORMER_ROWS = "origin.json", "generation", "former-rows"
OVERTAKEN = "overtaken"
"""File with the generation of another job that has written beside this one."""
SAVEPOINTS = "savepoints"
STATEMENT = "statement"
"""Name of a part of the origin: the checksum of all statements."""
CENTURY_MILLISECONDS = 100 * 365 * 24 * 3600 * 1000
DEPENDENCIES = ("state_backend", *REBUILDS)
"""Settings on which a state depends; a savepoint is of no backend."""
IN_STATEMENTS = {
    f"{PREFIX}{name}" for name in ("DEDUP_SECONDS", "COUNT_SECONDS", "FINISHED_SECONDS")
}
"""Settings whose values are part of statements."""
POLL_SECONDS = 2.0
CLEANER = "older checkpoints"
"""Name of the thread that deletes them."""


class Complete(NamedTuple):
    """A complete checkpoint or savepoint."""

    url: str
    """Of its folder."""
    written: float
    """Time at which it became complete, in seconds since 1970."""


class Notes(NamedTuple):
    """The origin and generation of a state, which Flink does not write."""

    origin: Origin
    generation: int


def origin(settings: Settings, topics: Origin, signature: str) -> Origin:
    """Return a job's origin. topics: see flink.source_topics.identity; signature:
    flink.state_signature."""
    functions = hashlib.sha256()
    for file in udf_jar.sources():
        functions.update(file.read_bytes())
    chosen = {PREFIX + name.upper(): str(getattr(settings, name)) for name in DEPENDENCIES}
    statements = hashlib.sha256(signature.encode()).hexdigest()
    return {**topics, **chosen, STATEMENT: statements, "Java function": functions.hexdigest()}


def folder(settings: Settings, cluster: str, parts: Origin) -> str:
    """Return the URL of the folder of an origin."""
    return f"{cluster_folder(settings, cluster)}/{digest(parts)}"


def digest(parts: Origin) -> str:
    """Return the name of the folder of an origin."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:16]


def cluster_folder(settings: Settings, cluster: str) -> str:
    """Return the URL of the folder of all states of a Kafka cluster."""
    return f"{settings.checkpoint_url}/{settings.prefixed(cluster)}"


def complete(folder_url: str) -> list[Complete]:
    """Return the complete checkpoints in a folder, and the savepoints of the same origin and
    generation, the newest first.

    When a job is stopped with a savepoint, Flink deletes its checkpoints.
    """
    states = [*_checkpoints(folder_url), *_savepoints(folder_url)]
    return sorted(states, key=lambda each: each.written, reverse=True)


def at(url: str) -> Complete:
    """Return the checkpoint or savepoint in a folder. Raises MissingFileError."""
    return Complete(url, storage.written(f"{url}/{METADATA}"))


def is_expired(settings: Settings, state: Complete) -> bool:
    """Return True for a checkpoint whose transactions Kafka has aborted: its levels are lost.

    Exactly-once levels become visible after their checkpoint; a job that ends in between makes
    them visible when it resumes. Half of the time-out: a transaction begins a checkpoint earlier,
    and a start takes a while.
    """
    if settings.delivery != "exactly-once":
        return False
    return time.time() - state.written > TRANSACTION_SECONDS / 2


def differences(before: Origin, parts: Origin) -> list[str]:
    """Return the parts of an origin that differ: by name, of a setting with both values."""
    names = [name for name in {**before, **parts} if before.get(name) != parts.get(name)]
    if IN_STATEMENTS.intersection(names) and STATEMENT in names:
        names.remove(STATEMENT)  # it has the value of the setting, which says more
    return [
        f"{name} ({before[name]}, now {parts[name]})"
        if name.startswith(PREFIX) and name in before and name in parts
        else name
        for name in names
    ]


def changes(folder_url: str, parts: Origin) -> list[str]:
    """Return the parts of an origin that differ from those of the newest state."""
    clusters = storage.entries(folder_url.rsplit("/", 2)[0])
    origins = [state.url for cluster in clusters for state in _folders(cluster.url)]
    noted = [url for url in origins if storage.exists(f"{url}/{ORIGIN}")]
    if not noted:
        return []
    newest = max(noted, key=lambda url: storage.written(f"{url}/{ORIGIN}"))
    try:
        before: Origin = json.loads(storage.read(f"{newest}/{ORIGIN}"))
    except ValueError:  # damaged, as by hand
        return []
    return differences(before, parts)


def new_generation(folder_url: str, published: int = 0) -> int:
    """Return a generation for new state, above every earlier one.

    It is the time in milliseconds since 1970: it grows, too, where no earlier one is known.
    published: see flink.published_generation.
    """
    return max(int(time.time() * 1000), max(published, *_generations(folder_url)) + 1)


def noted_generation(folder_url: str, name: str = GENERATION) -> int | None:
    """Return the generation of the state in a folder; None if it is lost, as in a copy of parts.

    name: of the file that has it.
    """
    try:
        return int(storage.read(f"{folder_url}/{name}"))
    except (storage.MissingFileError, ValueError):
        return None


def is_possible(generation: int) -> bool:
    """Return False for a generation that no job has: more than a century ahead of this clock.

    The highest possible number would leave none for the job's next state.
    """
    return generation <= time.time() * 1000 + CENTURY_MILLISECONDS


def is_overtaken(folder_url: str, generation: int, published: int = 0) -> bool:
    """Return True if readers have seen a higher generation, or another state of this Kafka has one.

    Readers then ignore what a state of this generation publishes. So it is when settings were
    changed, and changed back before the job had a checkpoint with them; or when the job ran with
    another folder of checkpoints meanwhile. published: see flink.published_generation.
    """
    return generation < max(published, *_generations(folder_url))


def note_overtaken(folder_url: str, generation: int) -> None:
    """Note the generation of another job, whose newest rows may soon be hidden by this one's."""
    storage.write(f"{folder_url}/{OVERTAKEN}", str(generation).encode())


def begin(folder_url: str, parts: Origin, generation: int) -> None:
    """Note origin and generation, and delete older state once the job's own is complete.

    What the job resumes from is kept until then, and savepoints for ever.
    """
    note(folder_url, Notes(parts, generation))
    older = {*_folders(folder_url), *_folders(folder_url.rpartition("/")[0])}
    others = {each.url for each in older} - {folder_url}
    deletion = partial(_delete_older, folder_url, others)
    threading.Thread(target=deletion, name=CLEANER, daemon=True).start()


def note(folder_url: str, notes: Notes) -> None:
    """Write the origin and generation of a state into a folder."""
    storage.write(f"{folder_url}/{GENERATION}", str(notes.generation).encode())
    storage.write(f"{folder_url}/{ORIGIN}", json.dumps(notes.origin, indent=1).encode())


def notes(folder_url: str) -> Notes | None:
    """Return the origin and generation that a folder has; None if it has not both."""
    number = noted_generation(folder_url)
    try:
        parts: Origin = json.loads(storage.read(f"{folder_url}/{ORIGIN}"))
    except (storage.MissingFileError, ValueError):
        return None
    return None if number is None else Notes(parts, number)


def note_former_rows(folder_url: str) -> None:
    """Note that rows of former states may stand in the published topics."""
    storage.write(f"{folder_url}/{FORMER_ROWS}", b"")


def have_former_rows(folder_url: str) -> bool:
    """Return whether rows of former states may stand in the published topics."""
    return storage.exists(f"{folder_url}/{FORMER_ROWS}")


def former_rows_noted(folder_url: str) -> float:
    """Return when the rebuild of a state has begun, in seconds since 1970."""
    return storage.written(f"{folder_url}/{FORMER_ROWS}")


def forget_former_rows(folder_url: str) -> None:
    """Note that the rows of former states have been deleted."""
    storage.delete(f"{folder_url}/{FORMER_ROWS}")


def delete(folder_url: str) -> None:
    """Delete the checkpoints in a folder; its generation stays known."""
    for job in _folders(folder_url):
        storage.delete(job.url)


def _folders(url: str) -> list[storage.Entry]:
    """Return the folders in the folder of a cluster or origin, without that of the savepoints."""
    inner = storage.entries(url)
    return [each for each in inner if each.is_folder and each.name != SAVEPOINTS]


def _checkpoints(folder_url: str) -> Iterator[Complete]:
    for job in _folders(folder_url):
        for checkpoint in storage.entries(job.url):
            if checkpoint.name.startswith("chk-"):
                yield from _complete(checkpoint.url)


def _savepoints(folder_url: str) -> Iterator[Complete]:
    cluster, _, name = folder_url.rpartition("/")
    own = notes(folder_url)
    for savepoint in storage.entries(f"{cluster}/{SAVEPOINTS}") if own else ():
        its = notes(savepoint.url)
        if its and own and digest(its.origin) == name and its.generation == own.generation:
            yield from _complete(savepoint.url)


def _complete(url: str) -> Iterator[Complete]:
    # Flink may delete an old checkpoint meanwhile.
    try:
        yield at(url)
    except storage.MissingFileError:
        return


def _generations(folder_url: str) -> Iterator[int]:
    """Yield 0 and the generations of all states of one Kafka. folder_url: of one of them."""
    yield 0
    for state in _folders(folder_url.rpartition("/")[0]):
        for name in (GENERATION, OVERTAKEN):
            number = noted_generation(state.url, name)
            if number is not None and is_possible(number):
                yield number


def _delete_older(folder_url: str, older: set[str]) -> None:
    """Delete folders once another job's checkpoint is complete: until then a start needs them."""
    try:
        while not any(_job(each.url) not in older for each in _checkpoints(folder_url)):
            time.sleep(POLL_SECONDS)
        os.sync()  # after a power cut, the older state is there or the job's own
        for state in older:
            storage.delete(state)
    except UserError as error:
        LOG.warning(f"Older checkpoints are not deleted: {error.message}")


def _job(checkpoint: str) -> str:
    """Return the folder of a checkpoint's job."""
    return checkpoint.rpartition("/")[0]
