"""The result of an audit, in figures."""

from dataclasses import dataclass, field

from audit.differences import Differences


@dataclass
class Account:
    """The records of one event topic by their outcome."""

    records: int = 0
    """Records before the end offsets at the start of the audit."""
    accepted: int = 0
    """Events that count."""
    duplicates: int = 0
    """Repeats with the content of the accepted delivery."""
    contradictions: int = 0
    """Repeats of an accepted event_id with other content."""
    quarantined: int = 0
    """Records that the gate moved to quarantine."""
    undecodable: int = 0
    """Records that break their topic's contract."""
    expected: int = 0
    """Accepted events that belong in the ledger: all but orders."""
    in_ledger: int = 0
    """Ledger entries that name this topic as their source."""

    @property
    def balances(self) -> bool:
        """True if every record has an outcome and the ledger has all expected entries."""
        repeats = self.duplicates + self.contradictions
        known = self.accepted + repeats + self.quarantined
        return self.records == known and self.in_ledger == self.expected


@dataclass
class Tally:
    """The keys of one published topic by their outcome."""

    keys: int = 0
    """Keys that were checked."""
    wrong: int = 0
    """Keys that differ from their definition."""
    in_flight: int = 0
    """Keys not checked, because one of their events was produced after the audit began."""


@dataclass
class Report:
    """The accounts of the event topics and the tallies of the published topics."""

    accounts: dict[str, Account]
    """By event topic."""
    tallies: dict[str, Tally]
    """By published topic."""
    differences: Differences = field(default_factory=Differences)
    """Sentences for the operator."""

    @property
    def true(self) -> bool:
        """True if every account balances and nothing differs."""
        balanced = all(account.balances for account in self.accounts.values())
        return balanced and not self.differences
