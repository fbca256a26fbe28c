"""Work that does not move: one line in the service's log, and a note for `make status`."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from connect.atomic_write import write_atomically
from connect.part_log import LOG
from connect.settings import Settings

STANDSTILL_SECONDS = 8.0
"""Time without movement after which work stands still."""
FOLDER = "standstills"
"""Folder of the notes in the state folder: one file a service."""


class Observation(NamedTuple):
    """The position of something that should move."""

    position: object
    """Differs from the position before when it has moved."""
    work: str
    """The work that waits for it, and the cause if that is known; empty: none."""


class _Watched(NamedTuple):
    position: object
    since: float
    named: bool


class StandstillLog:
    """Names what has work and does not move, once, and again when it moves.

    seconds: see STANDSTILL_SECONDS.
    """

    def __init__(
        self, settings: Settings, service: str, seconds: float = STANDSTILL_SECONDS
    ) -> None:
        self._file = note(settings, service)
        self._seconds = seconds
        self._watched: dict[str, _Watched] = {}
        self._write([])

    def observe(self, observations: Mapping[str, Observation]) -> dict[str, float]:
        """Compare all that the service watches, by name, with the observations before.

        Return the seconds for which each standstill has lasted.
        """
        now = monotonic()
        standing: dict[str, float] = {}
        sentences = []
        for name in self._watched.keys() - observations.keys():
            del self._watched[name]
        for name, (position, work) in observations.items():
            position_before, since, named = self._watched.get(name, (None, now, False))
            seconds = now - since
            if not work or position != position_before:
                if named:
                    LOG.info(f"{name} moves again after {seconds:.0f} s.")
                since, named = now, False
            elif seconds >= self._seconds:
                standing[name] = seconds
                sentences.append(f"{name} has not moved for {seconds:.0f} s: {work}")
                if not named:
                    LOG.warning(sentences[-1])
                named = True
            self._watched[name] = _Watched(position, since, named)
        self._write(sentences)
        return standing

    def _write(self, sentences: list[str]) -> None:
        # A service without a writable state folder has its log.
        with suppress(OSError):
            if sentences:
                write_atomically(self._file, "\n".join(sentences).encode())
            else:
                self._file.unlink(missing_ok=True)


def note(settings: Settings, service: str) -> Path:
    """Return the file of a service's standstills; it does not exist while all moves."""
    return settings.state / FOLDER / service


def standstills(settings: Settings, service: str) -> list[str]:
    """Return the sentences of a service's standstills."""
    try:
        return note(settings, service).read_text("utf-8").splitlines()
    except OSError:
        return []


def of_all_services(settings: Settings) -> list[str]:
    """Return the sentences of all services that use this state folder, each after its service."""
    return [
        f"{file.name}: {sentence}"
        for file in sorted((settings.state / FOLDER).glob("*"))
        for sentence in standstills(settings, file.name)
    ]
