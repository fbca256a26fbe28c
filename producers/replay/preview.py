"""The events that a file would become, for a person to check before anything is sent."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from producers.replay import times
from producers.replay.column_names import GOODS, column_of
from producers.replay.doubts import doubts
from producers.replay.event_words import in_words
from producers.replay.proposals import value_of
from producers.replay.reading import Reading
from producers.replay.replay import reason_of
from producers.replay.row_batch import Proposed
from schemas.clock import utc_now

SHOWN = 10
"""First events, and first rejected lines, that are shown."""


class Preview:
    """Keeps the first lines of a file."""

    def __init__(self, source: Reading) -> None:
        self._source = source
        self._events: list[Proposed] = []
        self._rejected: list[Proposed] = []
        self._reasons: Counter[str] = Counter()
        """Rejected lines by the field that cannot be read, or by what is wrong with the line."""

    def add(self, proposed: Iterable[Proposed]) -> None:
        """Add validated lines of a batch; counted ones are not shown."""
        for each in proposed:
            if each.is_counted:
                continue
            if each.record is None:
                self._reasons[each.problem.partition(":")[0]] += 1
            shown = self._rejected if each.record is None else self._events
            if len(shown) < SHOWN:
                shown.append(each)

    def show(self) -> None:
        """Print events in words, rejected lines with their reasons, and warnings."""
        source, clocks = self._source, self._clocks()
        held = source.originals([each.row for each in (*self._events, *self._rejected)])
        for each in self._events:
            assert each.record is not None
            goods = _goods(held[each.row][1], source.columns)
            click.echo(f"line {each.line}: {in_words(each.record, goods, clocks[id(each)])}")
        for each in self._rejected:
            reason = reason_of(source, each, held[each.row][1])
            click.echo(f"line {each.line}: rejected, {reason}")
        if self._reasons.total() > SHOWN:
            reasons = ", ".join(f"{name} {count:,}" for name, count in self._reasons.most_common(5))
            click.echo(f"Rejected lines by their first reason: {reasons}.")
        for name in source.unread:
            click.echo(f"Not read, as it lacks the mapping's columns: {name}.")
        for sentence in doubts(source.mapping, source.proposals):
            click.echo(f"Warning: {sentence}")

    def _clocks(self) -> dict[int, str]:
        """Return the time of each event by its id(), as the clock of its store shows it."""
        clocks: dict[int, str] = {}
        for number, event in enumerate(self._source.mapping.events):
            name = event.record_type.EVENT_TIME
            own = [each for each in self._events if each.event is event]
            column = value_of(number, name) if name else ""
            held = self._source.held_times([each.row for each in own], column) if name else {}
            for each in own:
                text, is_instant = held.get(each.row, ("", False))
                local = times.wall_clock(text)
                is_utc = local is None or (is_instant and self._source.mapping.zone is None)
                shown = local or getattr(each.record, name or "", None)
                clocks[id(each)] = (
                    f"{_short(shown)} {'UTC' if is_utc else 'local'}" if shown else ""
                )
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
