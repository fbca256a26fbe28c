"""Replay of a file: read, convert, send, and report the counts."""

from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from connect.errors import UserError
from connect.progress import bar
from connect.settings import PREFIX, Settings
from contracts.publisher import Publisher
from producers.pacing import Pace
from producers.replay.counted_lines import CountedLines, counted_lines
from producers.replay.doubts import doubts
from producers.replay.mapping import Mapping
from producers.replay.proposals import is_event, value_of
from producers.replay.reading import Reading, reading
from producers.replay.rejects import Rejects
from producers.replay.row_batch import Batch, Proposed, Rounding
from producers.replay.sent_lines import SentLines
from producers.replay.stamping import Stamping, validate
from schemas.clock import utc_now


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
    def is_checked(self) -> bool:
        """True if it is looked up which lines are counted: facts have no event_id."""
        return not self.is_unchecked and any(event.event_id for event in self.mapping.events)


class Rereplayer:
    """Sends one file's events.

    speed: multiple of real time; None for as fast as possible.
    """

    def __init__(
        self,
        publisher: Publisher,
        source: Reading,
        lines: SentLines | None,
        pace: Pace,
        speed: float | None,
    ) -> None:
        self._lines = lines
        self._publisher = publisher
        self._source = source
        self._pace = pace
        self._speed = speed
        self._began: datetime | None = None
        self.is_checked = False
        """True if counted lines are marked, so that those sent are new."""
        self.counts: Counter[str] = Counter()
        self.roundings: dict[str, tuple[int, Rounding]] = {}

    def send(self, batch: Batch, rejects: Rejects) -> bool:
        """Send or reject each event but repeats; return False on a shutdown before the last."""
        self.counts["filtered"] += batch.filtered
        for rounding in batch.roundings:
            count, first = self.roundings.get(rounding.field, (0, rounding))
            self.roundings[rounding.field] = (count + 1, first)
        rejected: dict[int, list[Proposed]] = {}
        complete = True
        for each in batch.proposed:
            complete = self._speed is None or each.record is None or self._wait(each)
            if not complete:
                break
            if each.is_counted:
                self.counts["counted"] += 1
            elif each.is_repeat:
                self.counts["repeats"] += 1
            elif each.record is not None:
                self._publisher.send(each.record)
            else:
                rejected.setdefault(each.row, []).append(each)
        self._reject(rejected, rejects)
        # Checks for a shutdown even without a wait.
        return self._pace.wait_until(0) and complete

    def _reject(self, rejected: dict[int, list[Proposed]], rejects: Rejects) -> None:
        originals = self._source.originals(list(rejected))
        for row, of_line in rejected.items():
            cells, held = originals[row]
            reasons = [reason_of(self._source, each, held) for each in of_line]
            first = of_line[0]
            rejects.add(first.line, first.place, "; ".join(reasons), cells)
            self.counts["rejected"] += len(of_line)
            for each in of_line:
                if self._lines and each.event_id:
                    self._lines.reject(each.line, each.event_id)

    def _wait(self, each: Proposed) -> bool:
        assert self._speed is not None
        at: datetime = getattr(each.record, each.event.record_type.EVENT_TIME or "")
        self._began = self._began or at
        return self._pace.wait_until((at - self._began).total_seconds() / self._speed)

    @property
    def account(self) -> str:
        counts = self.counts + Counter(sent=self._publisher.sent)
        acknowledged = self._publisher.acknowledged
        return f"{account(counts, 'sent', self.is_checked)}; acknowledged {acknowledged:,}"


def account(counts: Counter[str], sent: str, is_checked: bool) -> str:
    """Return the number of lines, and its parts by name.

    sent: name of the lines that are sent; is_checked: it is known that they are not counted yet.
    """
    parts = f"{sent} {counts['sent']:,}"
    if is_checked:
        parts = f"new {counts['sent']:,} + already counted {counts['counted']:,}"
    more = "".join(
        f" + {words} {counts[name]:,}"
        for name, words in (("repeats", "replayed before"), ("filtered", "no event"))
        if counts[name]
    )
    return f"read {counts.total():,} = {parts} + rejected {counts['rejected']:,}{more}"


def replay(
    settings: Settings, export: Export, speed: float | None, stop: Callable[[], bool]
) -> bool:
    """Send a file's events and print the counts; return False on a shutdown before its end.

    Raises UserError. When every event of the first batch is bad, the mapping is taken to be wrong,
    and nothing is sent.
    """
    file, mapping = export.file, export.mapping
    types = [event.record_type for event in mapping.events]
    for each in types:
        if speed is not None and each.EVENT_TIME is None:
            raise UserError(f"Records of {each.TOPIC} have no time: omit --speed.")
    if export.rejects.resolve() == file.resolve():
        raise UserError(f"--rejects names {file} itself: name another file.")
    with reading(file, mapping, export.limit) as source:
        horizon = timedelta(seconds=settings.dedup_seconds) or None
        publisher = Publisher(settings, list(dict.fromkeys(types)))
        identified = any(event.event_id for event in mapping.events)
        lines = SentLines(settings.state, publisher.cluster) if identified else None
        stamping = Stamping(lines, horizon) if lines else None
        rejected_as = lines.rejected_as if lines and source.is_rejects else None
        counted = _counted_lines(settings, stop) if export.is_checked else None
        oldest = utc_now() - horizon if horizon and not counted else None
        rejects = Rejects(export.rejects, source.columns)
        replayer = Rereplayer(publisher, source, lines, Pace(publisher, stop), speed)
        replayer.is_checked = counted is not None
        for sentence in doubts(mapping, source.proposals):
            click.echo(f"Warning: {sentence}", err=True)
        complete, done = False, 0
        try:
            with (
                lines or nullcontext(),
                counted or nullcontext(),
                rejects,
                publisher,
                bar("lines") as progress,
            ):
                task = progress.add_task("replaying", total=source.count, items=0)
                for batch, now in source.batches(utc_now, oldest, rejected_as):
                    validate(batch.proposed)
                    if not done:
                        _check_first(export, source, batch)
                    if counted:
                        counted.mark(batch.proposed)
                    if stamping:
                        stamping.stamp(batch.proposed, now)
                    if not replayer.send(batch, rejects):
                        return False
                    if lines:
                        lines.sent()
                    done += batch.lines
                    progress.update(task, completed=done, items=done)
                complete = True
        finally:
            if complete or publisher.sent or replayer.counts:
                _report(export, source, replayer, rejects, complete)
    return True


def _counted_lines(settings: Settings, stop: Callable[[], bool]) -> CountedLines | None:
    counted = counted_lines(settings, stop)
    if counted is None:
        click.echo(
            "Without a read model and a gate, what was sent from another state folder is "
            f"recognised within the dedup horizon only: see {PREFIX}DATABASE.",
            err=True,
        )
    return counted


def reason_of(source: Reading, each: Proposed, held: dict[str, object]) -> str:
    """Return why a line is rejected, with what the columns of a failed expression hold."""
    event = source.mapping.events.index(each.event)
    name = each.problem.partition(":")[0]
    column = is_event(event) if name == "where" else value_of(event, name)
    sql = source.proposals.sql.get(column)
    names = [name for name in sql.inputs if name in held] if sql else []
    inputs = ", ".join(f"{name} is {held[name]!r}" for name in names)
    return f"{each.problem} ({inputs})" if inputs else each.problem


def _check_first(export: Export, source: Reading, batch: Batch) -> None:
    if not batch.proposed or any(each.record is not None for each in batch.proposed):
        return
    first = batch.proposed[0]
    reason = reason_of(source, first, source.originals([first.row])[first.row][1])
    raise UserError(
        f"None of the first {len(batch.proposed):,} lines of {export.file} fits the mapping "
        f"{export.mapping.path}; line {first.line}: {reason}; nothing was sent."
    )


def _report(
    export: Export, source: Reading, replayer: Rereplayer, rejects: Rejects, complete: bool
) -> None:
    where = f" ({rejects.path})" if rejects.count else ""
    cut = not complete or source.count == export.limit
    end = "; the rest of the file was not read" if cut else ""
    click.echo(f"{replayer.account}{where}{end}.")
    for name, (count, first) in replayer.roundings.items():
        click.echo(
            f"{name} has more digits than its contract and was rounded, in lines: {count:,}; first "
            f"in line {first.line}, {first.value} to {first.rounded}."
        )
    for name in source.unread:
        click.echo(f"Not read, as it lacks the mapping's columns: {name}.")
