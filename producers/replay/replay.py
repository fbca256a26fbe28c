"""A file, played: read, converted, sent, accounted for."""

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
from producers.replay.contract import fields
from producers.replay.conversion import Conversion
from producers.replay.first_seen import remembered
from producers.replay.mapping import Mapping
from producers.replay.mapping_file import STAMPED
from producers.replay.open_source import opened
from producers.replay.rejects import Rejects
from producers.replay.row_batch import Batch
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
    """Where its bad lines go."""
    most: int | None = None
    """How many of its lines are sent, the first; None: all."""


class Player:
    """Sends one file's lines.

    speed: how many times as fast as it happened, None for as fast as possible.
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

    def play(self, batch: Batch, records: list[Record | None]) -> bool:
        """Send or reject each line; False when asked to stop before the last."""
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
        # Also where nothing is waited for, a request to stop is heard.
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
    """Send a file's lines and print their account; False when asked to stop before its end.

    Raises UserError. When every line of the first batch is bad, nothing is sent: then the mapping
    is wrong, and not the lines.
    """
    file, mapping, most = export.file, export.mapping, export.most
    known = fields(mapping.kind)
    if speed is not None and EVENT_TIME not in known:
        raise UserError(f"Records of {mapping.kind.TOPIC} have no time: leave out --speed.")
    if export.rejects.resolve() == file.resolve():
        raise UserError(f"--rejects names {file} itself: name another file.")
    stamped = STAMPED in known and STAMPED not in mapping.rules
    with opened(file, mapping) as source:
        content = digest(file)
        stamp = remembered(settings, file, content, mapping) if stamped else None
        horizon = timedelta(seconds=settings.dedup_seconds)
        oldest = utc_now() - horizon if horizon else None
        conversion = Conversion(mapping, stamp.recorded_at if stamp else None, oldest)
        publisher = Publisher(settings, [mapping.kind])
        rejects = Rejects(export.rejects, source.columns)
        player = Player(publisher, rejects, Pace(publisher, stop), speed)
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
                    if not player.play(batch, records[: most and most - player.read]):
                        return False
                    progress.update(task, completed=source.done, items=player.read)
                    if player.read == most:
                        return True
                complete = True
        finally:
            if player.read or complete:
                where = f" ({rejects.path})" if rejects.count else ""
                end = "" if complete else "; the rest of the file was not read"
                click.echo(f"{player.account}{where}{end}.")
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
