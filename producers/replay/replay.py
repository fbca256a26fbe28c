"""Replay of a file: read, convert, send, and report the counts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from connect.errors import UserError
from connect.progress import bar
from connect.settings import Settings
from producers.pacing import Pace
from producers.publisher import Publisher
from producers.replay.checksum import digest
from producers.replay.conversion import Conversion
from producers.replay.first_seen import first_seen
from producers.replay.mapping import Mapping
from producers.replay.mapping_file import STAMPED
from producers.replay.open_source import open_source
from producers.replay.rejects import Rejects
from producers.replay.row_batch import Batch
from producers.replay.target_contract import fields
from schemas.clock import utc_now
from schemas.record import Record
from schemas.violations import ContractViolationError

EVENT_TIME = "occurred_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file to replay."""

    file: Path
    mapping: Mapping
    rejects: Path
    """CSV file for its rejected lines."""
    limit: int | None = None
    """Number of lines to send, from the first; None: all."""


class Rereplayer:
    """Sends one file's lines.

    speed: multiple of real time; None for as fast as possible.
    """

    def __init__(
        self, publisher: Publisher, rejects: Rejects, pace: Pace, speed: float | None
    ) -> None:
        self._publisher = publisher
        self._rejects = rejects
        self._pace = pace
        self._speed = speed
        self._began: datetime | None = None
        self.read = 0

    def send(self, batch: Batch, records: list[Record | None]) -> bool:
        """Send or reject each line; return False on a shutdown before the last."""
        for index, record in enumerate(records):
            if self._speed is not None and record is not None and not self._wait(record):
                return False
            self.read += 1
            if record is not None:
                try:
                    self._publisher.send(record)
                    continue
                except ContractViolationError as violation:
                    batch.failed[index] = str(violation)
            self._rejects.add(batch.lines[index], batch.failed[index], batch.original(index))
        # Checks for a shutdown even without a wait.
        return self._pace.wait_until(0)

    def _wait(self, record: Record) -> bool:
        assert self._speed is not None
        at: datetime = getattr(record, EVENT_TIME)
        self._began = self._began or at
        return self._pace.wait_until((at - self._began).total_seconds() / self._speed)

    @property
    def account(self) -> str:
        return (
            f"read {self.read:,} = sent {self._publisher.sent:,} + "
            f"rejected {self._rejects.count:,}; acknowledged {self._publisher.acknowledged:,}"
        )


def replay(
    settings: Settings, export: Export, speed: float | None, stop: Callable[[], bool]
) -> bool:
    """Send a file's lines and print the counts; return False on a shutdown before its end.

    Raises UserError. When every line of the first batch is bad, the mapping is taken to be wrong,
    and nothing is sent.
    """
    file, mapping, limit = export.file, export.mapping, export.limit
    known = fields(mapping.record_type)
    if speed is not None and EVENT_TIME not in known:
        raise UserError(f"Records of {mapping.record_type.TOPIC} have no time: omit --speed.")
    if export.rejects.resolve() == file.resolve():
        raise UserError(f"--rejects names {file} itself: name another file.")
    stamped = STAMPED in known and STAMPED not in mapping.rules
    with open_source(file, mapping) as source:
        content = digest(file)
        stamp = first_seen(settings, file, content, mapping) if stamped else None
        horizon = timedelta(seconds=settings.dedup_seconds)
        oldest = utc_now() - horizon if horizon else None
        conversion = Conversion(mapping, stamp.recorded_at if stamp else None, oldest)
        publisher = Publisher(settings, [mapping.record_type])
        rejects = Rejects(export.rejects, source.columns)
        replayer = Rereplayer(publisher, rejects, Pace(publisher, stop), speed)
        complete = False
        try:
            with rejects, publisher, bar("lines") as progress:
                task = progress.add_task("replaying", total=1.0, items=0)
                for number, batch in enumerate(source.batches()):
                    records = conversion.records(batch)
                    if number == 0:
                        _check_first(export, batch, records)
                    if stamp:
                        stamp.check()
                        stamp.keep()
                    if not replayer.send(batch, records[: limit and limit - replayer.read]):
                        return False
                    progress.update(task, completed=source.done, items=replayer.read)
                    if replayer.read == limit:
                        return True
                complete = True
        finally:
            if replayer.read or complete:
                where = f" ({rejects.path})" if rejects.count else ""
                end = "" if complete else "; the rest of the file was not read"
                click.echo(f"{replayer.account}{where}{end}.")
    return True


def _check_first(export: Export, batch: Batch, records: list[Record | None]) -> None:
    reasons = dict(batch.failed)
    for index, record in enumerate(records):
        if record is None:
            continue
        try:
            record.validate()
            return
        except ContractViolationError as violation:
            reasons[index] = str(violation)
    first = min(reasons)
    raise UserError(
        f"None of the first {len(records):,} lines of {export.file} fits the mapping "
        f"{export.mapping.path}; "
        f"line {batch.lines[first]}: {reasons[first]}; nothing was sent."
    )
