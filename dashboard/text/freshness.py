"""Freshness of the figures: a state and a sentence, a different one for each cause."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from dashboard.model.signs import Outage, Part, Signs
from dashboard.text.display_time import ago, clock

ON_THE_WAY = timedelta(seconds=3)
"""Time in which levels still arrive after the job has ended."""


class State(StrEnum):
    READING = "reading"
    """Figures are read for the first time."""
    LIVE = "live"
    QUIET = "quiet"
    """Up to date, and nothing is sold anywhere."""
    STALLED = "stalled"
    """Some figures are old, or will be: a part of the pipeline or a store's tills stand still."""
    DOWN = "down"
    """The figures cannot be read; they are old."""


HISTORY = "Stock is complete; sales and movements are still being read."
HISTORY_BEHIND = "Stock is complete; sales, deliveries and movements after {} may be missing."
HELD_UP = (
    "Some sales, counts or deliveries are held up on their way: they are not in these numbers yet."
)
HEADINGS = {
    State.READING: "Loading",
    State.LIVE: "Up to date",
    State.QUIET: "Up to date",
    State.STALLED: "Not up to date",
    State.DOWN: "Not up to date",
}
OUTAGES = {
    Part.DATABASE: (State.DOWN, "The database does not answer since {since}. {then}"),
    Part.BROKER: (State.DOWN, "Kafka does not answer since {since}. {then}"),
    Part.REGISTRY: (
        State.STALLED,
        "The schema registry does not answer since {since}. Messages in a new format wait.",
    ),
    Part.JOB: (
        State.STALLED,
        "The calculation of stock stopped at {since}. Later sales are not in these numbers.",
    ),
    Part.GATE: (
        State.STALLED,
        "New sales are not checked since {since}: they are not in these numbers yet.",
    ),
    Part.READ_MODEL: (
        State.DOWN,
        "These pages are not brought up to date since {since}. {reason} {then}",
    ),
}
"""The state and the sentence of each outage, with its time and the consequence for the figures."""


@dataclass(frozen=True, slots=True)
class Freshness:
    state: State
    text: str
    """Plain text, not escaped."""
    heading: str = ""
    """A word or two before the text; by default that of the state."""

    def __post_init__(self) -> None:
        if not self.heading:
            object.__setattr__(self, "heading", HEADINGS[self.state])


def freshness(signs: Signs, now: datetime, limit: timedelta, shown: tzinfo) -> Freshness:
    """Compute the freshness of the figures, by the first cause that holds.

    limit: maximum time without a new figure; shown: zone of the times in the text.
    """
    return next(_causes(signs, now, limit, shown))


def _causes(signs: Signs, now: datetime, limit: timedelta, shown: tzinfo) -> Iterator[Freshness]:
    for part, (state, sentence) in OUTAGES.items():
        outage = _outage(signs, part, now, limit)
        if outage is not None:
            since, reason = clock(outage.since, shown, now), outage.reason
            then = "These numbers are from then." if signs.complete else "No numbers yet."
            yield Freshness(state, sentence.format(since=since, reason=reason, then=then))
    if not signs.complete:
        yield Freshness(State.READING, f"{signs.loaded:,} levels so far.")
    if signs.chain.moved_at is None:
        yield Freshness(State.STALLED, "No inventory level has been published yet.")
        return
    if signs.held_up:
        yield Freshness(State.STALLED, HELD_UP)
    if signs.anew_since is not None:
        yield Freshness(
            State.STALLED,
            f"All figures are calculated anew since {clock(signs.anew_since, shown, now)}: "
            "until that is done, they may be those of earlier days.",
        )
    if signs.behind_since is not None:
        yield Freshness(
            State.STALLED,
            f"Complete up to {clock(signs.behind_since, shown, now)}; later sales may be missing.",
        )
    if not signs.history_read:
        yield Freshness(State.READING, HISTORY)
    if signs.history_until is not None:
        until = clock(signs.history_until, shown, now)
        yield Freshness(State.STALLED, HISTORY_BEHIND.format(until))
    yield from _silences(signs, now, limit, shown)
    yield Freshness(State.LIVE, f"As of {clock(now, shown)}. {_newest(signs, now, shown)}")


def _newest(signs: Signs, now: datetime, shown: tzinfo) -> str:
    if signs.newest_movement:
        return f"Newest movement in this store {ago(signs.newest_movement, now, shown)}."
    if signs.store_id:
        return "This store has no movement yet."
    return f"Newest movement {ago(signs.chain.moved_at or now, now, shown)}."


def _outage(signs: Signs, part: Part, now: datetime, limit: timedelta) -> Outage | None:
    """Return the outage of a part; later figures disprove that of the job.

    Figures of a clock that was ahead disprove nothing.
    """
    outage, moved_at = signs.outages.get(part), signs.chain.moved_at
    if outage is None or part is not Part.JOB or moved_at is None:
        return outage
    if moved_at <= outage.since + ON_THE_WAY or moved_at > now + limit:
        return outage
    return None if moved_at >= now - limit else replace(outage, since=moved_at)


def _silences(signs: Signs, now: datetime, limit: timedelta, shown: tzinfo) -> Iterator[Freshness]:
    moved_at, sold_at = signs.chain.moved_at, signs.chain.sold_at
    if moved_at is not None and now - moved_at > limit and not signs.job_runs:
        yield Freshness(
            State.STALLED,
            f"No movement since {clock(moved_at, shown, now)}: "
            "nothing is sold, or the calculation of stock has stopped.",
        )
    if signs.silent_since is not None:
        yield Freshness(
            State.STALLED,
            f"The tills of this store are silent since {clock(signs.silent_since, shown, now)}, "
            "while other stores sell.",
            "Check the tills",
        )
    if sold_at is None or now - sold_at > limit:
        since = f" since {clock(sold_at, shown, now)}" if sold_at else " yet"
        yield Freshness(State.QUIET, f"No sales in any store{since}.")
