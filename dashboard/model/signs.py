"""Observations that decide whether the figures of a page are up to date."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Part(StrEnum):
    """Parts of the pipeline without which figures grow old; the first one explains the others."""

    DATABASE = "database"
    BROKER = "broker"
    REGISTRY = "registry"
    JOB = "job"
    GATE = "gate"
    READ_MODEL = "read model"


@dataclass(frozen=True, slots=True)
class Outage:
    """A period in which a part does not answer."""

    since: datetime
    reason: str
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Activity:
    """Times at which the newest figures of one store, or of all, became known; None: none yet."""

    moved_at: datetime | None = None
    """Of any movement."""
    sold_at: datetime | None = None
    """Of a sale or return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """All observations at one moment."""

    complete: bool = True
    """False while the figures are read for the first time."""
    history_read: bool = True
    """False until each table, such as that of the sales, has been read once."""
    history_until: datetime | None = None
    """Time up to which all but the levels is read, if it is long ago."""
    loaded: int = 0
    """Number of levels read; the progress until complete."""
    outages: Mapping[Part, Outage] = field(default_factory=dict)
    job_runs: bool = False
    """True if the job is known to run; False also if that is unknown."""
    held_up: bool = False
    """True if gate or job has work and does not move."""
    chain: Activity = Activity()
    anew_since: datetime | None = None
    """Time since which the job calculates all figures anew; None: it does not."""
    behind_since: datetime | None = None
    """Time up to which the figures are complete, if the job is behind."""
    silent_since: datetime | None = None
    """Begin of the silence of the chosen store's tills; None: they sell, or no store is chosen."""
    store_id: str | None = None
    """The chosen store."""
    newest_movement: datetime | None = None
    """Time of the chosen store's newest movement, as its events have it."""
