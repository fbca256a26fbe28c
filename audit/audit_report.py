"""The result of an audit, in figures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

from audit.differences import Differences


class Outcome(IntEnum):
    """The exit code of the audit; 2 is for an audit that was impossible."""

    TRUE = 0
    DIFFERS = 1
    NOT_RECOUNTED = 3
    """Nothing differs, but records are gone without which it cannot be recounted, or may be."""
    CONFLICTS = 4
    """Nothing differs, but records are not counted: their event_id is that of another event."""


@dataclass
class Account:
    """The records of one event topic by their outcome."""

    records: int = 0
    """Records before the end offsets at the start of the audit."""
    counted: int = 0
    """Events that count."""
    repeats: int = 0
    """Further deliveries of a counted event, with its content."""
    conflicts: int = 0
    """Records with the event_id of a counted event and other content: they are not counted."""
    quarantined: int = 0
    """Records that the gate moved to quarantine."""
    unhandled: int = 0
    """Events with a phase or status that this version does not handle: they change no figure."""
    expired: int = 0
    """Records that may have been quarantined; their entry in the quarantine would have expired."""
    undecodable: int = 0
    """Records that break their topic's contract."""
    expected: int = 0
    """Counted events that belong in the ledger: all but orders and lost goods."""
    in_ledger: int = 0
    """Ledger entries that name this topic as their source."""
    gone: int = 0
    """Of these, entries whose record is no longer in the topic."""

    @property
    def balances(self) -> bool:
        """True if every record has an outcome and the ledger has all expected entries."""
        events = self.counted + self.repeats + self.conflicts + self.unhandled
        known = events + self.quarantined + self.expired
        return self.records == known and self.in_ledger == self.expected + self.gone


@dataclass
class Tally:
    """The keys of one published topic by their outcome."""

    keys: int = 0
    """Keys that were checked."""
    wrong: int = 0
    """Keys that differ from their definition."""
    in_flight: int = 0
    """Keys not checked, because one of their events was produced after the audit began."""
    lost: int = 0
    """Keys that cannot be recounted, as records of them are no longer there."""


@dataclass
class Report:
    """The accounts of the event topics and the tallies of the published topics."""

    accounts: dict[str, Account]
    """By event topic."""
    tallies: dict[str, Tally]
    """By published topic."""
    differences: Differences = field(default_factory=Differences)
    """Published records that are not true."""
    conflicts: Differences = field(default_factory=Differences)
    """Records with the event_id of an accepted event and other content."""
    lost: Differences = field(default_factory=Differences)
    """Records that cannot be recounted, which nothing contradicts."""
    unseen: Sequence[str] = ()
    """Topics that the job reads and this client does not see: they may have lost records."""

    @property
    def expired(self) -> dict[str, int]:
        """Number of expired records by event topic."""
        return {topic: account.expired for topic, account in self.accounts.items()}

    @property
    def outcome(self) -> Outcome:
        """The worst that holds: differences, then conflicts, then losses."""
        if not self.true:
            return Outcome.DIFFERS
        if self.conflicts:
            return Outcome.CONFLICTS
        return Outcome.NOT_RECOUNTED if self.lost or self.unseen else Outcome.TRUE

    @property
    def true(self) -> bool:
        """True if every account balances and nothing differs."""
        balanced = all(account.balances for account in self.accounts.values())
        return balanced and not self.differences
