"""Time at which a file was first replayed, the recorded_at of its lines in every replay.

The job recognises repeats within the dedup horizon only: a file that was first replayed earlier
is refused, as its lines would be counted twice.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from connect.atomic_write import write_atomically
from connect.errors import UserError
from connect.settings import PREFIX, Settings
from producers.replay.mapping import Mapping
from schemas.clock import utc_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The recorded_at of a file's lines."""

    recorded_at: datetime
    file: Path
    note: Path
    """File that stores it."""
    known: bool
    """True if the file was replayed before."""
    horizon: timedelta | None
    """Dedup horizon; None for no limit."""

    def check(self) -> None:
        """Raise UserError when repeats of these lines are no longer recognised."""
        if self.known and self.horizon and utc_now() - self.recorded_at > self.horizon:
            raise UserError(
                f"{self.file} was first replayed at {self.recorded_at:%Y-%m-%d %H:%M} UTC, longer "
                f"ago than the job recognises repeats ({self.horizon}, "
                f"{PREFIX}DEDUP_SECONDS): its lines would be counted twice."
            )

    def keep(self) -> None:
        """Store it before the first line is sent, unless it is stored."""
        if self.note.exists():
            return
        text = json.dumps({"file": self.file.name, "recorded_at": self.recorded_at.isoformat()})
        write_atomically(self.note, text.encode())


def first_seen(settings: Settings, file: Path, content: str, mapping: Mapping) -> Stamp:
    """Return the stamp of a file, found by its checksum and the inputs of its event_ids.

    Raises UserError for a file that was replayed too long ago.
    """
    digest = hashlib.sha256(f"{content} {mapping.identity}".encode()).hexdigest()
    note = settings.state / "replays" / f"{digest[:32]}.json"
    recorded_at = _noted(note)
    result = Stamp(
        recorded_at=recorded_at or utc_now(),
        file=file,
        note=note,
        known=recorded_at is not None,
        horizon=timedelta(seconds=settings.dedup_seconds) or None,
    )
    result.check()
    return result


def _noted(note: Path) -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads(note.read_text(encoding="utf-8"))["recorded_at"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError):
        raise UserError(
            f"{note}, which holds the time of the first replay, cannot be read: without it a "
            "repeat might be counted twice; remove it only if the file was never replayed."
        ) from None
