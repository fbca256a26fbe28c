"""The folders of the job's checkpoints: <checkpoints>/<Kafka cluster>/<origin>/<job id>/chk-<n>.

The name of the cluster's folder begins with the prefix of the installation, if it has one.

State belongs to what it was computed from: a Kafka cluster and its topics, the operators and the
settings. Each such origin has a folder of its own. A job with another origin finds no checkpoint
and rebuilds its state from the topics, which keep every event.
"""

import hashlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlparse

from connect.atomic_write import write_atomically
from connect.settings import PREFIX, Settings
from flink import udf_jar
from flink.checkpoint_files import METADATA
from flink.statements import TRANSACTION_SECONDS

Origin = dict[str, str]
"""The parts that state is computed from: the name of each, and its id, value or checksum."""
ORIGIN, GENERATION, FORMER_ROWS = "origin.json", "generation", "former-rows"
CENTURY_MILLISECONDS = 100 * 365 * 24 * 3600 * 1000
DEPENDENCIES = (
    "state_backend",
    "delivery",
    "time_zone",
    "gate",
    "dedup_seconds",
    "count_seconds",
    "finished_seconds",
)
"""Settings that decide what the state remembers."""
POLL_SECONDS = 2.0


def origin(settings: Settings, topics: Origin, signature: str) -> Origin:
    """Return a job's origin. topics: see flink.source_topics.identity; signature:
    flink.state_signature."""
    functions = hashlib.sha256()
    for file in udf_jar.sources():
        functions.update(file.read_bytes())
    chosen = {PREFIX + name.upper(): str(getattr(settings, name)) for name in DEPENDENCIES}
    statements = hashlib.sha256(signature.encode()).hexdigest()
    return {**topics, **chosen, "statement": statements, "Java function": functions.hexdigest()}


def folder(settings: Settings, cluster: str, parts: Origin) -> str:
    """Return the URL of the folder of an origin."""
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
    return f"{settings.checkpoint_url}/{settings.prefixed(cluster)}/{digest[:16]}"


def cluster_folder(settings: Settings, cluster: str) -> Path | None:
    """Return the folder of all states of a Kafka cluster; None with remote storage."""
    return _path(f"{settings.checkpoint_url}/{settings.prefixed(cluster)}")


def complete(folder_url: str) -> list[Path]:
    """Return the folders of the complete checkpoints in a folder, the newest first.

    Only file URLs are searched: with remote storage, the cluster's high availability resumes
    the job.
    """
    path = _path(folder_url)
    newest_first = sorted(_complete(path), key=_written, reverse=True) if path else []
    return [metadata.parent for metadata in newest_first]


def newest_written(folder_url: str) -> float:
    """Return when the newest complete checkpoint in a folder was written, in seconds since 1970."""
    return _written(complete(folder_url)[0] / METADATA)


def is_expired(settings: Settings, checkpoint: Path) -> bool:
    """Return True for a checkpoint whose transactions Kafka has aborted: its levels are lost.

    Exactly-once levels become visible after their checkpoint; a job that ends in between makes
    them visible when it resumes. Half of the time-out: a transaction begins a checkpoint earlier,
    and a start takes a while.
    """
    if settings.delivery != "exactly-once":
        return False
    return time.time() - _written(checkpoint / METADATA) > TRANSACTION_SECONDS / 2


def changes(folder_url: str, parts: Origin) -> list[str]:
    """Return the parts of an origin that differ from those of the newest state, by name."""
    path = _path(folder_url)
    files = path.parents[1].glob(f"*/*/{ORIGIN}") if path else []
    earlier = sorted(files, key=_written)
    try:
        before: Origin = json.loads(earlier[-1].read_text("utf-8")) if earlier else {}
    except ValueError:  # damaged, as by hand
        before = {}
    if not before:
        return []
    return [name for name in {**before, **parts} if before.get(name) != parts.get(name)]


def generation(folder_url: str, is_new: bool, published: int = 0) -> int:
    """Return the generation of the state in a folder; of new state, one above every earlier one.

    A new one is the time in milliseconds since 1970: it grows, too, where no earlier one is known.
    published: see flink.published_generation.
    """
    path = _path(folder_url)
    if path and not is_new:
        return int((path / GENERATION).read_text("ascii"))
    earlier = [published]
    if path:
        earlier += _generations(path)
    return max(int(time.time() * 1000), max(earlier) + 1)


def has_generation(folder_url: str) -> bool:
    """Return False if the generation of the state in a folder is lost, as in a copy of parts."""
    path = _path(folder_url)
    return path is None or _generation(path / GENERATION) is not None


def is_possible(generation: int) -> bool:
    """Return False for a generation that no job has: more than a century ahead of this clock.

    The highest possible number would leave none for the job's next state.
    """
    return generation <= time.time() * 1000 + CENTURY_MILLISECONDS


def is_overtaken(folder_url: str, published: int = 0) -> bool:
    """Return True if readers have seen a higher generation, or another state of this Kafka has one.

    Readers then ignore what the state in this folder publishes. So it is when settings were
    changed, and changed back before the job had a checkpoint with them; or when the job ran with
    another folder of checkpoints meanwhile. published: see flink.published_generation.
    """
    path = _path(folder_url)
    return path is not None and generation(folder_url, is_new=False) < max(
        published, *_generations(path)
    )


def begin(folder_url: str, parts: Origin, generation: int) -> None:
    """Note origin and generation, and delete older state once the job's own is complete.

    What the job resumes from is kept until then.
    """
    path = _path(folder_url)
    if path is None:
        return
    write_atomically(path / GENERATION, str(generation).encode())
    write_atomically(path / ORIGIN, json.dumps(parts, indent=1).encode())
    older = {*path.glob("*/"), *path.parent.glob("*/")} - {path}
    threading.Thread(target=_delete_older, args=(path, older), daemon=True).start()


def note_former_rows(folder_url: str) -> None:
    """Note that rows of former states may stand in the published topics."""
    if path := _path(folder_url):
        path.mkdir(parents=True, exist_ok=True)
        (path / FORMER_ROWS).touch()


def have_former_rows(folder_url: str) -> bool:
    """Return whether rows of former states may stand in the published topics.

    With remote storage always: a job that is submitted there is new.
    """
    path = _path(folder_url)
    return path is None or (path / FORMER_ROWS).exists()


def forget_former_rows(folder_url: str) -> None:
    """Note that the rows of former states have been deleted."""
    if path := _path(folder_url):
        (path / FORMER_ROWS).unlink(missing_ok=True)


def delete(folder_url: str) -> None:
    """Delete the checkpoints in a folder; its generation stays known."""
    path = _path(folder_url)
    for job in path.glob("*/") if path else ():
        shutil.rmtree(job, ignore_errors=True)


def _generations(path: Path) -> Iterator[int]:
    """Yield the generations of all states of one Kafka. path: the folder of one of them."""
    for file in path.parent.glob(f"*/{GENERATION}"):
        number = _generation(file)
        if number is not None and is_possible(number):
            yield number


def _generation(file: Path) -> int | None:
    """Return the generation in a file, None if it is missing or damaged."""
    try:
        return int(file.read_text("ascii"))
    except (OSError, ValueError):
        return None


def _delete_older(path: Path, older: set[Path]) -> None:
    while all(file.parents[1] in older for file in _complete(path)):
        time.sleep(POLL_SECONDS)
    os.sync()  # after a power cut, the older state is there or the job's own
    for state in older:
        shutil.rmtree(state, ignore_errors=True)


def _path(url: str) -> Path | None:
    """Return the path of a file URL; None for another URL."""
    parts = urlparse(url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _complete(path: Path) -> Iterator[Path]:
    return path.glob(f"*/chk-*/{METADATA}")


def _written(file: Path) -> float:
    return file.stat().st_mtime
