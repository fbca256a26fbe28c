"""Lines of a file whose events are counted already: they are not sent."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from audit.stock_events import StockEvent, stock_event
from connect.errors import UserError
from connect.settings import Settings
from producers.replay.row_batch import Batch
from schemas.clock import utc_now
from views.counted_events import CountedEvents, counted_events, patiently
from views.earlier_events import earlier_events

LONGEST_WAIT_SECONDS = 60.0
"""Time for which the read model may be behind; the job shows its progress at each checkpoint."""


class CountedLines:
    """Marks the lines that are counted, by their event_id.

    What moves stock is looked up in the stock ledger, as the read model has it; orders and lost
    transfers, which are few, in the topic that the job reads. A line whose event was counted with
    other content is rejected. Prices are not in the ledger, and not compared.
    """

    def __init__(
        self,
        settings: Settings,
        counted: CountedEvents,
        stop: Callable[[], bool],
        zone: ZoneInfo | None,
    ) -> None:
        """zone: of the file's times, in which differences are shown; None: UTC."""
        self._settings, self._counted, self._stop = settings, counted, stop
        self._zone = zone or ZoneInfo("UTC")
        self._began = utc_now()
        self._unmoved: dict[type, dict[str, Any]] = {}
        """Accepted events that move no stock, by contract and event_id."""
        self._revoked: list[int] = []

    def mark(self, batch: Batch) -> None:
        """Mark valid lines that are counted, or reject them. Raises UserError if it is unknown."""
        lines = [each for each in batch.proposed if each.event_id and each.record is not None]
        events: list[Any] = [each.record for each in lines]
        moves = [stock_event(event) for event in events]
        entries = self._entries([move.event_id for move in moves if move])
        for each, event, move in zip(lines, events, moves, strict=True):
            here = move or event
            before = entries.get(each.event_id) if move else self._accepted(event)
            if before == here:
                each.outcome = "counted"
            elif before is not None:
                each.reject(_other_content(before, here, self._zone))
        no_events = self._entries([event_id for _, event_id in batch.excluded])
        self._revoked += [line for line, event_id in batch.excluded if event_id in no_events]

    @property
    def sentences(self) -> list[str]:
        """A sentence on the lines that were counted before and are no event any more."""
        if not self._revoked:
            return []
        return [
            "Lines that were counted before and are no event now, such as sales that were "
            f"cancelled since: {len(self._revoked):,}, first in line {self._revoked[0]}. They stay "
            "counted: book the difference as an adjustment."
        ]

    def close(self) -> None:
        self._counted.close()

    def _entries(self, event_ids: list[str]) -> dict[str, tuple[Any, ...]]:
        """Look entries up, and wait if the read model is behind. Raises UserError."""
        if not event_ids:
            return {}
        try:
            return patiently(
                lambda: self._counted.entries(event_ids, StockEvent._fields, self._began),
                LONGEST_WAIT_SECONDS,
                self._stop,
            )
        except UserError as error:
            raise UserError(
                f"{error.message} So it is unknown which lines are counted already: check that the "
                "job and the read model (`python -m views`) run, or send without a look with "
                "--unchecked."
            ) from None

    def _accepted(self, event: Any) -> Any:
        """Return the accepted event of the same id, with this recorded_at; None: there is none."""
        record_type = type(event)
        if record_type not in self._unmoved:
            job = replace(self._settings, prefix=self._settings.topic_prefix)
            self._unmoved[record_type] = earlier_events(
                job, [record_type], None, lambda each: stock_event(each) is None
            )
        first = self._unmoved[record_type].get(event.event_id)
        return first and replace(first, recorded_at=event.recorded_at)


def counted_lines(
    settings: Settings, zone: ZoneInfo | None, stop: Callable[[], bool]
) -> CountedLines | None:
    """Open the look-up; None if there is no read model to ask. Raises UserError."""
    counted = counted_events(settings)
    return None if counted is None else CountedLines(settings, counted, stop, zone)


def _other_content(before: Any, here: Any, zone: ZoneInfo) -> str:
    old, new = _values(before), _values(here)
    differing = ", ".join(
        f"{name} was {_shown(old[name], zone)} and is {_shown(value, zone)}"
        for name, value in new.items()
        if old[name] != value
    )
    return (
        f"event_id: counted already with other content ({differing}). If it is another event, "
        "event_id in the mapping lacks a column that tells them apart, such as the till: add it, "
        "or give each origin a source of its own. If the line was corrected, what is counted "
        "stays: book the difference as an adjustment"
    )


def _shown(value: Any, zone: ZoneInfo) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(zone).replace(tzinfo=None)} ({zone.key})"
    return str(value)


def _values(one: Any) -> dict[str, Any]:
    """Return the values of an event, or of its entry, by name."""
    if isinstance(one, tuple):
        return dict(zip(StockEvent._fields, one, strict=True))
    return dict(one.to_dict())
