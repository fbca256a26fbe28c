"""The local services, out of supervisord's answer: up or down since when, and their memory."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class ServiceState:
    name: str
    up: bool
    since: datetime | None
    """Time at which it started, or ended; None: it has never run."""
    bytes: int | None
    """Resident memory with its children; None while it is down."""


def service_states(
    information: Iterable[dict[str, Any]], memory: Callable[[int], int]
) -> list[ServiceState]:
    """Return the services that have run.

    information: answer to supervisord's getAllProcessInfo; memory: bytes of a process id.
    """
    states = []
    for service in information:
        up = bool(service["pid"]) and service["statename"] in ("RUNNING", "STARTING")
        at = service["start"] if up else service["stop"]
        if not service["start"]:
            continue
        since = datetime.fromtimestamp(at, UTC) if at else None
        states.append(
            ServiceState(service["name"], up, since, memory(service["pid"]) if up else None)
        )
    return states
