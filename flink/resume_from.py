"""The savepoint or checkpoint that INVENTORY_RESUME_FROM names, for one start of the job."""

from pathlib import Path
from urllib.parse import urlparse

from connect.errors import UserError
from connect.part_log import LOG
from connect.settings import PREFIX, Settings
from flink import checkpoints, storage
from flink.checkpoint_files import METADATA
from flink.checkpoints import GENERATION, ORIGIN, Complete, Origin

NAME = f"{PREFIX}RESUME_FROM"
USED = "resumed-from"
"""File in the folder of an origin: the URL that a start has used."""
BACKEND = f"{PREFIX}STATE_BACKEND"
"""The state backend may be another one: savepoints are written in a format that each one reads."""


def named(settings: Settings, folder: str) -> Complete | None:
    """Return the state that the setting names; None without one, or if a start has used it.

    folder: of the job's origin. Raises UserError for what is no savepoint and no checkpoint.
    """
    if not settings.resume_from:
        storage.delete(f"{folder}/{USED}")
        return None
    url = _url(settings.resume_from)
    if _is_used(folder, url):
        LOG.info(f"{NAME}: an earlier start has used {url}; this one takes the newest state.")
        return None
    try:
        return checkpoints.at(url)
    except storage.MissingFileError:
        raise UserError(
            f"{NAME}: expected the folder of a savepoint or checkpoint, which has a file "
            f"{METADATA}, got {url}."
        ) from None


def generation(url: str, parts: Origin) -> int:
    """Return the generation of a state. Raises UserError if its origin is not that of the job."""
    is_savepoint = checkpoints.notes(url)
    notes = is_savepoint or checkpoints.notes(url.rsplit("/", 2)[0])
    if notes is None:
        raise UserError(
            f"{NAME}: {url} is not known to be of this job: take savepoints with `python -m flink "
            f"savepoint`, or copy {ORIGIN} and {GENERATION} from the folder of the job's "
            f"checkpoints beside its {METADATA}."
        )
    before = notes.origin | ({BACKEND: parts[BACKEND]} if is_savepoint else {})
    if other := checkpoints.differences(before, parts):
        raise UserError(
            f"{NAME}: the job cannot continue from {url}, which is of another "
            f"{', another '.join(other)}: set that back, or start without {NAME}."
        )
    return notes.generation


def note_use(folder: str, url: str) -> None:
    """Note that a start has used a state: later ones continue from the job's own checkpoints."""
    storage.write(f"{folder}/{USED}", url.encode())


def _is_used(folder: str, url: str) -> bool:
    """Return True if a start has used a state, and its job has written a newer one."""
    note = f"{folder}/{USED}"
    if not storage.exists(note) or storage.read(note).decode() != url:
        return False
    used = storage.written(note)
    return any(each.written >= used for each in checkpoints.complete(folder))


def _url(place: str) -> str:
    """Return the URL of a folder that is named by its path or URL, or by the metadata in it."""
    place = place.removesuffix(METADATA).rstrip("/")
    return place if urlparse(place).scheme else Path(place).resolve().as_uri()
