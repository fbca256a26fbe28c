"""State of a long-running part, for probes and metrics: it is alive, and it does its work."""

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from importlib import import_module
from math import inf
from time import monotonic
from typing import Protocol

from connect.errors import UserError
from connect.metrics import READY, Sample, status_port
from connect.settings import Settings

LIVE_SECONDS = 300.0
"""Time without a turn of its loop, or since its start, after which a part is not alive: longer than
any request, start or transaction, as a restart would begin them anew."""
SAME_SECONDS = 1.0
"""Time for which an answer is repeated: probes that wait for a dependency share one look."""
STARTS = "It starts."


class Report(Protocol):
    """The account of one part, which the server's thread calls for."""

    def obstacle(self) -> str:
        """Return what keeps the part from its work now; empty: nothing.

        Raises UserError for the same.
        """

    def samples(self) -> Iterable[Sample]:
        """Yield the part's metrics. Raises UserError for those that cannot be read now."""


class PartStatus:
    """Written by the part's loop, read by the server's threads."""

    def __init__(self) -> None:
        self.report: Report | None = None
        """None while the part starts."""
        self._turned = monotonic()
        self._obstacle, self._looked = "", -inf
        self._reading = threading.Lock()

    def turn(self) -> None:
        """Note that the part's loop turns."""
        self._turned = monotonic()

    def noting(self, stop: Callable[[], bool]) -> Callable[[], bool]:
        """Return a shutdown flag that notes a turn each time that the loop reads it."""

        def noted() -> bool:
            self.turn()
            return stop()

        return noted

    def standstill(self) -> str:
        """Return for how long the loop has not turned; empty while the part is alive."""
        seconds = monotonic() - self._turned
        return f"Its loop has not turned for {seconds:.0f} s." if seconds > LIVE_SECONDS else ""

    def obstacle(self) -> str:
        """Return what keeps the part from its work; empty: nothing."""
        if sentence := self.standstill():
            return sentence
        if self.report is None:
            return STARTS
        with self._reading:
            if monotonic() - self._looked > SAME_SECONDS:
                try:
                    self._obstacle = self.report.obstacle()
                except UserError as error:
                    self._obstacle = error.message
                self._looked = monotonic()
            return self._obstacle

    def samples(self) -> list[Sample]:
        """Return all metrics that can be read now."""
        samples = [READY.of(not self.obstacle())]
        if self.report is not None:
            with self._reading, suppress(UserError):  # `obstacle` names it
                samples.extend(self.report.samples())
        return samples


def standing_sentence(standing: Mapping[str, float]) -> str:
    """Return a sentence about the longest of several standstills; empty: there is none.

    standing: seconds by name, as StandstillLog.observe returns them.
    """
    if not standing:
        return ""
    name = max(standing, key=lambda each: standing[each])
    return f"{name} has not moved for {standing[name]:.0f} s."


@contextmanager
def served(settings: Settings, part: str) -> Iterator[PartStatus]:
    """Serve the status of this process, from its start on, if there is a port for it.

    part: see connect.metrics.PARTS. Raises UserError when the port is taken.
    """
    status, port = PartStatus(), status_port(settings.status_port, part)
    if not port:
        yield status
        return
    # A part without a port needs no library of metrics.
    server = import_module("connect.status_server").opened(status, settings, port)
    try:
        yield status
    finally:
        server.shutdown()
        server.server_close()
