"""When a file was replayed first, so that a second time its lines carry the same recorded_at.

The job recognises repeats for the dedup horizon only; lines of a file that was replayed longer
ago would be counted twice, and are refused.
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
    """recorded_at of a file's lines; note: where it is remembered; known: whether it was."""

    recorded_at: datetime
    file: Path
    note: Path
    known: bool
    horizon: timedelta | None

    def check(self) -> None:
        """Raise UserError when repeats of these lines are no longer recognised."""
        if self.known and self.horizon and utc_now() - self.recorded_at > self.horizon:
            raise UserError(
                f"{self.file} was first replayed at {self.recorded_at:%Y-%m-%d %H:%M} UTC, longer "
                f"ago than the job recognises repeats ({self.horizon}, "
                f"{PREFIX}DEDUP_SECONDS): its lines would be counted twice."
            )

    def keep(self) -> None:
        """Remember it; must be done before the first line is sent. Nothing when it is."""
        if self.note.exists():
            return
        text = json.dumps({"file": self.file.name, "recorded_at": self.recorded_at.isoformat()})
        write_atomically(self.note, text.encode())


def remembered(settings: Settings, file: Path, content: str, mapping: Mapping) -> Stamp:
    """The stamp of a file, by its content's digest and by what makes its event_ids.

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
            f"{note}, which says when the file was first replayed, cannot be read: without it a "
            "repeat might be counted twice; remove it only if the file was never replayed."
        ) from None
