"""The desk: sends each booking once, in the background, and knows how far it is.

It keeps an event as it was first booked: a second attempt sends the same record, whose event_id
the pipeline recognises.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from queue import SimpleQueue
from threading import Lock, Thread

from connect.message_headers import Headers
from connect.settings import Settings
from contracts.publisher import Publisher
from dashboard.model.booked_events import BOOKED
from schemas.clock import utc_now
from schemas.record import Record

BOOKED_BY = "booked-by"
"""Message header with the name of the person who booked, UTF-8; the gate forwards it."""
LARGEST_MEMORY = 10_000
"""Bookings that are kept; those before them are in the database, or were never sent."""
Send = Callable[[Record, Headers], None]
"""Sends a record and returns when Kafka has it; raises an error when that is not known."""


class State(StrEnum):
    """Progress of a booking as far as Kafka."""

    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Booking:
    """An event that a person books."""

    event_id: str
    event: Record
    booked_by: str
    before: int | None
    """Units on hand, as the books had it then; None: unknown."""
    state: State = State.SENDING
    since: datetime | None = None
    """Start of the state, UTC."""
    reason: str = ""
    """Cause of a failure."""


class Desk:
    """The bookings of all sessions of this server process."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._bookings: OrderedDict[str, Booking] = OrderedDict()
        self._lock = Lock()
        self._queue: SimpleQueue[Booking] = SimpleQueue()
        Thread(target=self._work, name="bookings", daemon=True).start()

    def book(self, booking: Booking) -> None:
        """Send a booking, unless one with its event_id was booked before."""
        with self._lock:
            if booking.event_id in self._bookings:
                return
            while len(self._bookings) >= LARGEST_MEMORY:
                self._bookings.popitem(last=False)
            self._enqueue(booking)

    def try_again(self, event_id: str) -> None:
        """Send a booking that failed once more."""
        with self._lock:
            booking = self._bookings.get(event_id)
            if booking is not None and booking.state is State.FAILED:
                self._enqueue(booking)

    def booking(self, event_id: str) -> Booking | None:
        """Return a booking with its progress; None: it is not known here."""
        return self._bookings.get(event_id)

    def _enqueue(self, booking: Booking) -> None:
        sending = replace(booking, state=State.SENDING, since=utc_now(), reason="")
        self._bookings[booking.event_id] = sending
        self._queue.put(sending)

    def _work(self) -> None:
        while True:
            booking = self._queue.get()
            state, reason = State.SENT, ""
            try:
                self._send(booking.event, [(BOOKED_BY, booking.booked_by.encode())])
            except Exception as error:  # noqa: BLE001 - the page shows it, and offers a second try
                state, reason = State.FAILED, str(error)
            with self._lock:
                done = replace(booking, state=state, since=utc_now(), reason=reason)
                self._bookings[booking.event_id] = done


class BookingPublisher:
    """Sends one event at a time, and opens its publisher anew after an error."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._publisher: Publisher | None = None

    def __call__(self, event: Record, headers: Headers) -> None:
        """Return when Kafka has the event. Raises UserError."""
        publisher, self._publisher = self._publisher, None
        if publisher is None:
            publisher = Publisher(self._settings, BOOKED)
        publisher.send(event, headers)
        publisher.flush()
        publisher.check()
        self._publisher = publisher
