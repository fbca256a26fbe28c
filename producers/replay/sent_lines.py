"""The lines that replays have sent to one Kafka, by event_id, in a SQLite file of the state folder.

A line has the recorded_at of its first replay in every replay, also when its file has grown or was
corrected: the job recognises repeats by their event_id within the dedup horizon only, and an older
recorded_at tells that a repeat is beyond it.

A line takes about 55 bytes of disk; memory does not grow with the number of lines.
"""

import json
import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

from connect.errors import UserError
from schemas.avro.encode import EPOCH, MILLISECOND, milliseconds

LOCK_SECONDS = 60.0
"""Time limit for another replay that is writing."""
TABLES = """
CREATE TABLE IF NOT EXISTS batches (number INTEGER PRIMARY KEY, acknowledged INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS lines (
    event_id TEXT PRIMARY KEY, recorded_at INTEGER NOT NULL, batch INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS rejects (
    line INTEGER, event_id BLOB, PRIMARY KEY (line, event_id)
) WITHOUT ROWID;
"""
# Ids are one array of JSON, which is read in half of the time of a statement for each of them.
ADD = "INSERT OR IGNORE INTO lines SELECT value, :at, :batch FROM json_each(:ids)"
RENEW = """
UPDATE lines SET recorded_at = :at, batch = :batch
WHERE event_id IN (SELECT value FROM json_each(:ids)) AND recorded_at < :oldest
"""
EARLIER = """
SELECT event_id, recorded_at, acknowledged FROM lines JOIN batches ON batch = number
WHERE event_id IN (SELECT value FROM json_each(:ids)) AND batch <> :batch
"""
REPEAT = "UPDATE lines SET batch = ? WHERE event_id IN (SELECT value FROM json_each(?))"


class SentLines:
    """A context manager: at its end without an error, the batches sent are acknowledged."""

    def __init__(self, state: Path, cluster: str) -> None:
        """state: folder; cluster: Kafka's id. Raises UserError for an unusable file."""
        self._path = state / "replays" / f"{quote(cluster, safe='')}.sqlite"
        self._sent: list[int] = []
        self._rejects: list[tuple[int, bytes]] = []
        self._batch = 0
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = sqlite3.connect(self._path, timeout=LOCK_SECONDS)
            self._file.execute("PRAGMA journal_mode = WAL")
            self._file.executescript(TABLES)
        except (OSError, sqlite3.Error) as error:
            raise self._unusable(error) from None

    def store(
        self,
        event_ids: Sequence[str],
        now: datetime,
        oldest: datetime,
        is_uncounted: bool = False,
    ) -> dict[str, tuple[datetime, bool]]:
        """Store a batch before it is sent; return those of its lines that were stored earlier.

        Each with its recorded_at and, if Kafka has it for certain, True.
        A repeat within the horizon belongs to this batch, unless an earlier one was acknowledged.

        oldest: the smallest recorded_at whose repeats the job recognises; is_uncounted:
        True if they are not counted, so that older ones are stored anew. Raises UserError.
        """
        limit = milliseconds(oldest)
        try:
            with self._file:
                self._store_rejects()
                added = self._file.execute("INSERT INTO batches (acknowledged) VALUES (0)")
                self._batch = added.lastrowid or 0
                batch = {
                    "ids": json.dumps(event_ids),
                    "at": milliseconds(now),
                    "batch": self._batch,
                    "oldest": limit,
                }
                new = self._file.execute(ADD, batch)
                if new.rowcount == len(event_ids):
                    return {}
                if is_uncounted:
                    self._file.execute(RENEW, batch)
                earlier = self._file.execute(EARLIER, batch).fetchall()
                repeats = [
                    event_id
                    for event_id, recorded_at, acknowledged in earlier
                    if recorded_at >= limit and not acknowledged
                ]
                self._file.execute(REPEAT, (self._batch, json.dumps(repeats)))
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        return {
            event_id: (EPOCH + stored * MILLISECOND, bool(acknowledged))
            for event_id, stored, acknowledged in earlier
        }

    def sent(self) -> None:
        """Note that the last batch was sent whole."""
        self._sent.append(self._batch)

    def reject(self, line: int, event_id: str) -> None:
        """Note the event_id of a rejected line, by its number in the export."""
        self._rejects.append((line, event_id.encode()))

    def rejected_as(self, line: int, event_id: str) -> str | None:
        """Return the event_id of a rejected line, given its part before the repetition's number."""
        query = "SELECT event_id FROM rejects WHERE line = ? AND event_id >= ? AND event_id < ?"
        rows = self._file.execute(query, (line, event_id.encode(), f"{event_id};".encode()))
        ids = (stored.decode(errors="surrogateescape") for (stored,) in rows)
        number = re.compile(r"(:\d+)?")
        return next((each for each in ids if number.fullmatch(each, len(event_id))), None)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with closing(self._file), self._file:
            self._store_rejects()
            if error_type is None:
                self._file.executemany(
                    "UPDATE batches SET acknowledged = 1 WHERE number = ?",
                    ((number,) for number in self._sent),
                )

    def _store_rejects(self) -> None:
        self._file.executemany("INSERT OR IGNORE INTO rejects VALUES (?, ?)", self._rejects)
        self._rejects.clear()

    def _unusable(self, error: BaseException) -> UserError:
        return UserError(
            f"{self._path}, which holds the lines of earlier replays, cannot be used ({error}): "
            "without it a repeat might be counted twice; remove it only if nothing was replayed "
            "into this Kafka."
        )
