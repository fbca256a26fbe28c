"""Late records, and a ledger in place of the read model."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from audit.stock_events import stock_event
from connect.errors import UserError
from connect.kafka import Partition
from connect.settings import Settings
from gate import late_records
from gate.late_records import LateRecords
from gate.reasons import Reason
from gate.verdict import Forward, TooLate

FORWARD = Forward(b"key", b"value", None)


def late(event: Any, **changes: Any) -> TooLate:
    event = replace(event, **changes)
    return TooLate(reason=Reason.TOO_LATE, sentence="late", event=event, forward=FORWARD)


class Ledger:
    """A ledger of some events, in place of the read model."""

    def __init__(self, *counted: TooLate) -> None:
        self.is_behind = False
        self.queries: list[int] = []
        self.source: Partition = ("accepted-shipments", 1)
        """Accepted partition from which the job has counted the events."""
        self._entries = {
            each.event.event_id: tuple(stock_event(each.event) or ()) for each in counted
        }

    def entries(self, event_ids: Sequence[str], _columns: object) -> dict[str, Any]:
        self.queries.append(len(event_ids))
        if self.is_behind:
            raise UserError("The read model is behind.")
        return {
            each: (*self._entries[each], *self.source)
            for each in event_ids
            if each in self._entries
        }


def opened(monkeypatch: pytest.MonkeyPatch, ledger: Ledger | None) -> LateRecords:
    monkeypatch.setattr(late_records, "has_ledger", lambda _: ledger is not None)
    monkeypatch.setattr(late_records, "counted_events", lambda _: ledger)
    return LateRecords(Settings())
