"""Replay of a file: read, convert, send, and report the counts."""

from collections.abc import Callable, Iterable
from contextlib import closing, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from connect.errors import UserError
from connect.progress import bar
from connect.settings import PREFIX, Settings
from contracts.publisher import Publisher
from producers.pacing import Pace
from producers.replay.account import Account
from producers.replay.doubts import doubts
from producers.replay.mapping import Mapping
from producers.replay.reading import Reading, reading
from producers.replay.refused_events import RefusedEvents
from producers.replay.rejects import Rejects
from producers.replay.row_batch import Batch, Proposed
from producers.replay.sent_lines import SentLines
from producers.replay.stamping import stamp
from schemas.clock import utc_now

if TYPE_CHECKING:
    from producers.replay.counted_lines import CountedLines


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """A file to replay."""

    file: Path
    mapping: Mapping
    rejects: Path
    """CSV file for its rejected lines."""
    limit: int | None = None
    """Number of lines to send, from the first; None: all."""
    is_unchecked: bool = False
    """True to send without a look at the read model, which knows the lines that are counted."""

    @property
    def is_identified(self) -> bool:
        """True if some lines have an event_id: facts have none."""
        return any(event.event_id for event in self.mapping.events)

    @property
    def is_checked(self) -> bool:
        """True if it is looked up which lines are counted."""
        return self.is_identified and not self.is_unchecked


class Sender:
    """Sends one file's events, and writes those that are rejected.

    speed: multiple of real time; None for as fast as possible.
    """

    def __init__(
        self,
        publisher: Publisher,
        source: Reading,
        rejects: Rejects,
        pace: Pace,
        speed: float | None,
    ) -> None:
        self._publisher = publisher
        self._source = source
        self._rejects = rejects
        self._pace = pace
        self._speed = speed
        self._began: datetime | None = None

    def send(self, batch: Batch, account: Account, lines: SentLines | None) -> bool:
        """Send or reject each event but repeats; return False on a shutdown before the last."""
        account.begin(batch)
        proposed, done = batch.proposed, 0
        for some in [proposed] if self._speed is None else ([each] for each in proposed):
            if self._speed is not None and not self._wait(some[0], self._speed):
                break
            account.counts.update(each.outcome for each in some)
            self._publisher.send_valid(
                each.record for each in some if each.record is not None and each.outcome == "sent"
            )
            done += len(some)
        self._reject([each for each in proposed[:done] if each.outcome == "rejected"], lines)
        # Checks for a shutdown even without a wait.
        return self._pace.wait_until(0) and done == len(proposed)

    def _reject(self, rejected: list[Proposed], lines: SentLines | None) -> None:
        for each in rejected:
            if lines and each.event_id:
                lines.reject(each.line, each.event_id)
        originals = self._source.originals([each.row for each in rejected])
        for row, of_line in groupby(rejected, attrgetter("row")):
            first, *others = of_line
            cells, held = originals[row]
            reasons = [self._source.reason(each, held) for each in (first, *others)]
            self._rejects.add(first.line, first.place, "; ".join(reasons), cells)

    def _wait(self, each: Proposed, speed: float) -> bool:
        if each.record is None:
            return True
        at: datetime = getattr(each.record, each.event.record_type.EVENT_TIME or "")
        self._began = self._began or at
        return self._pace.wait_until((at - self._began).total_seconds() / speed)


def replay(
    settings: Settings, export: Export, speed: float | None, stop: Callable[[], bool]
) -> bool:
    """Send a file's events and print the counts; return False on a shutdown before its end.

    Raises UserError. When every event of the first batch is bad, the mapping is taken to be wrong,
    and nothing is sent.
    """
    types = list(dict.fromkeys(event.record_type for event in export.mapping.events))
    for each in types:
        if speed is not None and each.EVENT_TIME is None:
            raise UserError(f"Records of {each.TOPIC} have no time: omit --speed.")
    if export.rejects.resolve() == export.file.resolve():
        raise UserError(f"--rejects names {export.file} itself: name another file.")
    with reading(export.file, export.mapping, export.limit) as source:
        horizon = timedelta(seconds=settings.dedup_seconds) or None
        publisher = Publisher(settings, types)
        lines = SentLines(settings.state, publisher.cluster) if export.is_identified else None
        counted = _counted_lines(settings, export.mapping, stop) if export.is_checked else None
        account = Account("sent", counted is not None)
        refused = RefusedEvents(settings)
        rejects = Rejects(export.rejects, source.columns)
        sender = Sender(publisher, source, rejects, Pace(publisher, stop), speed)
        _warn(doubts(export.mapping, source.proposals, settings if counted else None))
        batches = source.batches(
            utc_now,
            oldest=utc_now() - horizon if horizon and not counted else None,
            known=lines.rejected_as if lines and source.is_rejects else None,
        )
        complete, done = False, 0
        try:
            with (
                lines or nullcontext(),
                closing(counted) if counted else nullcontext(),
                closing(rejects),
                publisher,
                bar("lines") as progress,
            ):
                task = progress.add_task("replaying", total=source.proposals.count, items=0)
                for batch, now in batches:
                    if not done:
                        _check_first(export, source, batch)
                    if counted:
                        counted.mark(batch)
                    if lines:
                        stamp(batch.proposed, lines, now, horizon, counted is not None)
                    _warn(refused.add(batch.proposed))
                    if not sender.send(batch, account, lines):
                        return False
                    if lines:
                        lines.sent()
                    done += batch.lines
                    progress.update(task, completed=done, items=done)
                complete = True
        finally:
            if complete or account.counts:
                is_cut = not complete or source.proposals.count == export.limit
                _report(source, account, publisher, rejects, is_cut)
                for sentence in (*refused.sentences, *(counted.sentences if counted else ())):
                    click.echo(sentence)
    return True


def open_look_up(
    settings: Settings, zone: ZoneInfo | None, stop: Callable[[], bool] = lambda: False
) -> "CountedLines | None":
    """Open the look-up of counted lines; None if there is no read model to ask. Raises UserError.

    zone: see CountedLines.
    """
    if not settings.has_gate:
        return None
    # The client of the database takes a third of a second to import.
    from producers.replay.counted_lines import counted_lines  # noqa: PLC0415

    return counted_lines(settings, zone, stop)


def _warn(sentences: Iterable[str]) -> None:
    for sentence in sentences:
        click.echo(f"Warning: {sentence}", err=True)


def _counted_lines(
    settings: Settings, mapping: Mapping, stop: Callable[[], bool]
) -> "CountedLines | None":
    counted = open_look_up(settings, mapping.zone, stop)
    if counted is None:
        click.echo(
            "Without a read model and a gate, what was sent from another state folder is "
            f"recognised within the dedup horizon only: see {PREFIX}DATABASE.",
            err=True,
        )
    return counted


def _check_first(export: Export, source: Reading, batch: Batch) -> None:
    if not batch.proposed or any(each.record is not None for each in batch.proposed):
        return
    first = batch.proposed[0]
    reason = source.reason(first, source.originals([first.row])[first.row][1])
    raise UserError(
        f"None of the first {len(batch.proposed):,} lines of {export.file} fits the mapping "
        f"{export.mapping.path}; line {first.line}: {reason}; nothing was sent."
    )


def _report(
    source: Reading, account: Account, publisher: Publisher, rejects: Rejects, is_cut: bool
) -> None:
    where = f" ({rejects.path})" if rejects.count else ""
    end = "; the rest of the file was not read" if is_cut else ""
    click.echo(f"{account.numbers}; acknowledged {publisher.acknowledged:,}{where}{end}.")
    for sentence in (*account.roundings, *source.unread):
        click.echo(sentence)
