"""Records that arrive later than the dedup horizon: new, or counted already.

The job has forgotten their ids, the stock ledger has not: see views.counted_events. A thread of its
own looks up the ids of many records at once. A record without an answer waits, with its partition
only. While the read model is behind for longer than PATIENCE_SECONDS, late records are refused at
once, as without one; they can be redriven.
"""

from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from math import inf
from time import monotonic
from typing import Any

from audit.stock_events import StockEvent, stock_event
from connect.errors import UserError
from connect.kafka import Partition
from connect.settings import Settings
from gate.reasons import ReadModelBehindError, Refusal
from gate.verdict import Forward, TooLate
from schemas.generated import EVENTS, StockCount
from views.counted_events import CountedEvents, counted_events, has_ledger, patiently

PATIENCE_SECONDS = 30.0
ANSWER_SECONDS = 60.0
"""Time for which an answer holds. It is short beside that for which the job keeps an id: of two
copies with one answer, the job counts one."""
RETRY_SECONDS = 0.2
AHEAD = 1_000
"""Records behind one that waits that are looked up with it."""
LARGEST_QUEUE = 5_000
LARGEST_CACHE = 100_000
COLUMNS = (*StockEvent._fields, "source_topic", "source_partition")
Entry = tuple[Any, ...] | None
"""COLUMNS of a ledger entry, or the fields of StockEvent alone; None: there is none."""


class LateRecords:
    """Settles late records; a call never waits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._executor = ThreadPoolExecutor(1, "read-model")
        self._counted: CountedEvents | None = None
        self._queue: set[str] = set()
        self._request: Future[dict[str, Entry]] | None = None
        self._requested: set[str] = set()
        self._answers: dict[str, tuple[float, Entry]] = {}
        self._requested_at = self._failed_at = -inf
        self._behind_since: float | None = None

    def __call__(self, late: TooLate, former: Partition | None = None) -> Forward | Refusal | None:
        """Return what to forward, or why not; None for an event that is counted already.

        former: accepted partition of which entries come from a former topic of that name. Raises
        ReadModelBehindError: then try again later.
        """
        if not _has_entry(late.event) or not has_ledger(self._settings):
            return late
        now = monotonic()
        self._note_answer(now)
        answered_at, entry = self._answers.get(late.event.event_id, (-inf, None))
        if now - answered_at < ANSWER_SECONDS:
            return settled(late, self._counted_now(entry, former))
        self._ask(late.event.event_id, now)
        if self._is_out_of_patience(now):
            return late
        raise ReadModelBehindError

    def settle(self, late: TooLate) -> Forward | Refusal | None:
        """Settle one record at once. Raises UserError if the read model stays behind."""
        if not _has_entry(late.event) or not has_ledger(self._settings):
            return late
        event_id = late.event.event_id
        entries = patiently(lambda: self._look_up([event_id]), PATIENCE_SECONDS)
        return settled(late, self._counted_now(entries.get(event_id), None))

    @property
    def room(self) -> int:
        """Number of records behind one that waits that may be looked up with it."""
        return 0 if self._queue else AHEAD

    def close(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _counted_now(self, entry: Entry, former: Partition | None) -> Entry:
        """Return the event of an entry, None for one that the job counts no more.

        The ledger keeps what the job counted from other topics: from the public ones while there
        was no gate, or from accepted ones that were deleted since.
        """
        if entry is None:
            return None
        *event, topic, partition = entry
        reads = topic.startswith(self._settings.topic_prefix) and (topic, partition) != former
        return tuple(event) if reads else None

    def _ask(self, event_id: str, now: float) -> None:
        if event_id not in self._requested and len(self._queue) < LARGEST_QUEUE:
            self._queue.add(event_id)
        if self._queue and self._request is None and now >= self._failed_at + RETRY_SECONDS:
            self._requested, self._queue, self._requested_at = self._queue, set(), now
            self._request = self._executor.submit(self._look_up, self._requested)

    def _note_answer(self, now: float) -> None:
        if self._request is None or not self._request.done():
            return
        if self._request.exception() is None:
            entries = self._request.result()
            if len(self._answers) > LARGEST_CACHE:
                self._answers.clear()
            self._answers |= {each: (now, entries.get(each)) for each in self._requested}
            self._behind_since = None
        self._request, self._requested = None, set()

    def _is_out_of_patience(self, now: float) -> bool:
        """Return True if there has been no answer for long, nor to the newest look."""
        limit = now - PATIENCE_SECONDS
        if self._behind_since is None:
            self._behind_since = now
        is_silent = self._request is not None and self._requested_at < limit
        return self._behind_since < limit and (self._failed_at > limit or is_silent)

    def _look_up(self, event_ids: Iterable[str]) -> dict[str, Entry]:
        try:
            self._counted = self._counted or counted_events(self._settings)
            if self._counted is None:
                raise UserError("There is no read model any more.")
            return dict(self._counted.entries(list(event_ids), COLUMNS))
        except Exception:
            self._failed_at = monotonic()
            raise


def settled(late: TooLate, entry: Entry) -> Forward | Refusal | None:
    """Return the verdict on a late record; entry: of its event in the ledger.

    A count that is not counted stays refused: the job may no longer have the movements after it.
    """
    if entry is None:
        return late if isinstance(late.event, StockCount) else late.forward
    if entry == stock_event(late.event):
        return None
    return replace(late, sentence=f"{late.sentence}; its event_id is counted with other content")


def _has_entry(event: Any) -> bool:
    """Return True if the ledger has an entry of an event once it is counted."""
    return type(event) in EVENTS and stock_event(event) is not None
