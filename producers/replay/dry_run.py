"""A replay that sends nothing: its events, for a person to check, and the counts."""

import re
from collections import Counter
from collections.abc import Iterable
from contextlib import closing, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from connect.settings import Settings
from producers.replay import times
from producers.replay.account import Account
from producers.replay.column_names import GOODS, column_of
from producers.replay.doubts import doubts
from producers.replay.event_words import in_words
from producers.replay.proposals import value_of
from producers.replay.reading import Reading, reading
from producers.replay.refused_events import RefusedEvents
from producers.replay.replay import Export
from producers.replay.row_batch import Proposed
from schemas.clock import utc_now

if TYPE_CHECKING:
    from producers.replay.counted_lines import CountedLines

UTC = re.compile(r"(Z|UTC|[+-]00:?00)$")
SHOWN = 10
"""First events, and first rejected lines, that are shown."""


def dry_run(settings: Settings, export: Export, counted: "CountedLines | None" = None) -> None:
    """Read a whole file and print what a replay would send and reject. Raises UserError."""
    with (
        closing(counted) if counted else nullcontext(),
        reading(export.file, export.mapping, export.limit) as source,
    ):
        preview = Preview(source)
        account = Account("to send", counted is not None)
        refused = RefusedEvents(settings)
        for batch, _ in source.batches(utc_now):
            if counted:
                counted.mark(batch)
            refused.add(batch.proposed)
            account.begin(batch)
            for each in batch.proposed:
                account.counts[each.outcome] += 1
                preview.add(each)
        preview.show()
        for sentence in doubts(export.mapping, source.proposals, settings if counted else None):
            click.echo(f"Warning: {sentence}")
    for sentence in (*refused.sentences, *(counted.sentences if counted else ())):
        click.echo(f"Warning: {sentence}")
    for sentence in account.roundings:
        click.echo(sentence)
    click.echo(f"{account.numbers}; nothing was sent.")


class Preview:
    """Keeps the first lines of a file."""

    def __init__(self, source: Reading) -> None:
        self._source = source
        self._shown: dict[str, list[Proposed]] = {"sent": [], "rejected": []}
        self._reasons: Counter[str] = Counter()
        """Rejected lines by the field that cannot be read, or by what is wrong with the line."""

    def add(self, each: Proposed) -> None:
        """Add a line; counted ones are not shown."""
        shown = self._shown.get(each.outcome, [])
        if len(shown) < SHOWN:
            shown.append(each)
        if each.outcome == "rejected":
            self._reasons[each.problem.partition(":")[0]] += 1

    def show(self) -> None:
        """Print events in words and rejected lines with their reasons."""
        source, events, rejected = self._source, self._shown["sent"], self._shown["rejected"]
        held = source.originals([each.row for each in (*events, *rejected)])
        clocks = self._clocks(events)
        for each in events:
            assert each.record is not None
            goods = _goods(held[each.row][1], source.columns)
            click.echo(f"line {each.line}: {in_words(each.record, goods, clocks[id(each)])}")
        for each in rejected:
            click.echo(f"line {each.line}: rejected, {source.reason(each, held[each.row][1])}")
        if self._reasons.total() > SHOWN:
            reasons = ", ".join(f"{name} {count:,}" for name, count in self._reasons.most_common(5))
            click.echo(f"Rejected lines by their first reason: {reasons}.")
        for sentence in source.unread:
            click.echo(sentence)

    def _clocks(self, events: Iterable[Proposed]) -> dict[int, str]:
        """Return the time of each event by its id(), as the clock of its store shows it."""
        mapping, clocks = self._source.mapping, {}
        for each in events:
            name = each.event.record_type.EVENT_TIME
            clocks[id(each)] = ""
            if name:
                column = value_of(mapping.events.index(each.event), name)
                text, is_instant = self._source.held_time(each.row, column)
                local = times.wall_clock(text)
                # A text with Z, too: it is the clock of no store.
                is_utc = local is None or UTC.search(text) or (is_instant and mapping.zone is None)
                shown = local or getattr(each.record, name)
                clocks[id(each)] = f"{_short(shown)} {'UTC' if is_utc else 'local'}"
        return clocks


def _goods(held: dict[str, Any], columns: tuple[str, ...]) -> str:
    """Return the name of the goods that a line has beside their SKU."""
    column = column_of(GOODS, columns)
    # Odoo writes "[SKU] Name".
    return re.sub(r"^\[[^]]*\] *", "", str(held[column] or "")) if column else ""


def _short(time: datetime) -> str:
    """Write a time as "3 Sep 10:14", with the year of another year."""
    year = "" if time.year == utc_now().year else f" {time.year}"
    return f"{time.day} {time:%b}{year} {time:%H:%M}"
