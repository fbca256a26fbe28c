"""The end of the transfers that an earlier simulation, or the history, left in transit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from producers.simulator.simulation import Simulation
from producers.simulator.transfers import ID_PREFIX, LATE_FACTOR, PATIENCE_DAYS, TRANSIT_DAYS, leg
from schemas.generated import OpenTransfer, Transfer
from views.open_items import OpenItems

LONGEST_DAYS = TRANSIT_DAYS[1] * LATE_FACTOR[1] + PATIENCE_DAYS
"""Planned days after which a running simulation has ended each of its transfers."""
NEVER = datetime.max.replace(tzinfo=UTC)


class OutstandingTransfers:
    """Open transfers of other simulations; each is ended once, after LONGEST_DAYS.

    One of which nothing was received is received whole; the rest of the others is lost.
    """

    def __init__(self, simulation: Simulation) -> None:
        self._own = f"{ID_PREFIX}{simulation.run}-"
        self._patience = timedelta(seconds=LONGEST_DAYS * simulation.day_seconds)
        self._open: OpenItems[OpenTransfer] = OpenItems()
        self._due: dict[tuple[str, ...], datetime] = {}

    def put(self, transfer: OpenTransfer, now: datetime) -> None:
        """Take in a record of the open-transfers topic; transfers of others are ignored."""
        if not transfer.transfer_id.startswith(ID_PREFIX):
            return
        if transfer.transfer_id.startswith(self._own) or not self._open.put(transfer):
            return
        self._due.setdefault(transfer.key(), now + self._patience)

    def __len__(self) -> int:
        return len(self._open)

    def remove(self, *key: str) -> None:
        """Forget a transfer, by the key of its record."""
        self._open.remove(key)
        self._due.pop(key, None)

    def ended(self, now: datetime) -> Iterator[Transfer]:
        """Yield the last leg of each transfer that is due."""
        for transfer in self._open:
            if self._due[transfer.key()] <= now:
                self._due[transfer.key()] = NEVER
                phase = "lost" if transfer.received else "received"
                yield leg(transfer, phase, transfer.in_transit, now)
