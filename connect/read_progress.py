"""Progress of the read model: a note of its process in the state folder, for the local runtime."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from connect.settings import Settings

FILE = "read-model.progress"
FRESH = timedelta(seconds=10)
"""Age up to which the note is of a process that works."""


class ReadProgress(NamedTuple):
    """Progress of the read model at one moment."""

    at: datetime
    """Time of the note, UTC."""
    useful: bool
    """True once the levels have been read."""
    sentence: str
    """For people."""

    @property
    def works(self) -> bool:
        """True for a process that works, and has read the levels."""
        return self.useful and datetime.now(UTC) - self.at < FRESH


def write_progress(settings: Settings, progress: ReadProgress) -> None:
    """Replace the note; a process without a writable state folder has its log."""
    file = _file(settings)
    # Not synced to disk as connect.atomic_write does: it is written every second.
    new = file.with_suffix(".new")
    with suppress(OSError):
        new.write_text(json.dumps([progress.at.isoformat(), progress.useful, progress.sentence]))
        new.replace(file)


def read_progress(settings: Settings) -> ReadProgress | None:
    """Return the note; None if there is none."""
    try:
        at, useful, sentence = json.loads(_file(settings).read_text("utf-8"))
        return ReadProgress(datetime.fromisoformat(at), bool(useful), str(sentence))
    except (OSError, ValueError):
        return None


def _file(settings: Settings) -> Path:
    return settings.state / FILE
