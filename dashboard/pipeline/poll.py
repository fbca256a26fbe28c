"""One question put to one part of the pipeline, again and again, in a thread of its own.

A part that does not answer thus delays no page and no other question.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, Self, TypeVar

from connect.errors import UserError
from dashboard.model.signs import Outage

T = TypeVar("T")
SILENCE = timedelta(seconds=3)
"""Time without an answer, beyond that between two questions, after which a part is silent."""


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """The newest answer, and the outage if the newest question has none."""

    value: T | None = None
    at: datetime | None = None
    """Time of the newest answer; None: there has been none."""
    outage: Outage | None = None


class Poll(Generic[T]):
    """Keeps the newest answer, which any thread may read."""

    def __init__(self, question: Callable[[], T], seconds: float = 2.0) -> None:
        """question: raises UserError with the cause when there is no answer."""
        self._question = question
        self._interval = timedelta(seconds=seconds)
        self._answer: Answer[T] = Answer()
        self._begun = datetime.now(UTC)
        self._stop = threading.Event()

    def start(self) -> Self:
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def stop(self) -> None:
        self._stop.set()

    @property
    def answer(self) -> Answer[T]:
        """The newest answer; with an outage also if the question has waited for too long."""
        answer = self._answer
        heard = answer.at or self._begun
        if answer.outage is None and datetime.now(UTC) - heard > SILENCE + self._interval:
            return Answer(answer.value, answer.at, Outage(heard, "It does not answer."))
        return answer

    def ask(self) -> None:
        """Put the question once."""
        try:
            self._answer = Answer(self._question(), datetime.now(UTC))
        except Exception as error:  # noqa: BLE001 - the thread must survive every failure
            reason = error.message if isinstance(error, UserError) else f"{error!r}."
            before = self._answer
            since = before.outage.since if before.outage else before.at or datetime.now(UTC)
            self._answer = Answer(before.value, before.at, Outage(since, reason))

    def _run(self) -> None:
        while not self._stop.is_set():
            self.ask()
            self._stop.wait(self._interval.total_seconds())
