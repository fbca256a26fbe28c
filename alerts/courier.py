"""A thread that sends the messages of one target, so that one that hangs holds up no other."""

import threading
from collections.abc import Callable
from datetime import datetime
from time import sleep
from typing import Protocol

from sqlalchemy import Engine

from alerts import outbox
from alerts.outbox import Message
from connect.errors import UserError
from connect.part_log import LOG
from connect.settings import Settings
from schemas.clock import utc_now
from views.database.engine import database_answers, writing

LOOK_SECONDS = 1.0
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0
"""Seconds between two attempts at a target that takes no message; each pause is twice as long."""


class Sender(Protocol):
    """See transport.Transport."""

    def send(self, message: Message) -> str: ...

    def rest(self) -> None: ...


class Courier:
    """Sends each message until the target has taken it.

    A message whose sender was killed before it noted the success is sent again, with the same id.
    """

    def __init__(
        self,
        settings: Settings,
        target: str,
        transport: Sender,
        engine: Callable[[], Engine | None],
    ) -> None:
        """engine: returns the database once it is open."""
        self.target = target
        self.sent = self.failed = 0
        """Messages sent, and attempts that failed, since the start."""
        self.failing: tuple[datetime, str] | None = None
        """Since when the target takes no message, and the newest reason."""
        self._settings, self._transport, self._engine = settings, transport, engine
        self._pause = 0.0
        """Seconds until the next attempt, after one that failed."""
        self._tried: tuple[Message, bool] | None = None
        """A message, and whether it was sent, that is to be noted in the database."""
        self._wake = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, daemon=True, name=f"alerts-{self.target}").start()

    def wake(self) -> None:
        """Say that there are new messages."""
        self._wake.set()

    def _run(self) -> None:
        while True:
            try:
                has_sent = self.step()
            except UserError:
                has_sent = False  # the service names it
            if self._pause:
                sleep(self._pause)
            elif not has_sent:
                self._wake.wait(LOOK_SECONDS)
                self._wake.clear()

    def step(self) -> bool:
        """Try to send the message that is due first; return True if the target has taken it.

        Raises UserError when the database fails.
        """
        engine = self._engine()
        if engine is None:
            return False
        with database_answers(self._settings):
            if self._tried is None:
                with engine.connect() as connection:
                    message = outbox.next_message(connection, self.target, utc_now())
                if message is None:
                    self._transport.rest()
                    return False
                reason = self._transport.send(message)
                self._note(reason)
                self._tried = message, not reason
            # After an error of the database, it is noted before anything else is sent.
            message, was_sent = self._tried
            with writing(engine) as connection:
                outbox.mark(connection, message, utc_now(), sent=was_sent)
            self._tried = None
            return was_sent

    def _note(self, reason: str) -> None:
        now = utc_now()
        if not reason:
            self.sent += 1
            self._pause = 0.0
            if self.failing:
                seconds = (now - self.failing[0]).total_seconds()
                LOG.info(f"Target {self.target} takes messages again after {seconds:.0f} s.")
            self.failing = None
            return
        self.failed += 1
        self._pause = min(2 * self._pause, LONGEST_PAUSE) or FIRST_PAUSE
        if self.failing is None:
            LOG.warning(
                f"Target {self.target} takes no message: {reason} "
                "Its messages wait, and are sent again."
            )
        self.failing = self.failing[0] if self.failing else now, reason
