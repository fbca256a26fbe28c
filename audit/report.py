"""What the audit found, in figures."""

from dataclasses import dataclass, field

from audit.differences import Differences


@dataclass
class Account:
    """One inbound topic: what became of its records."""

    records: int = 0
    """As many as were read, up to the end that held when the audit began."""
    accepted: int = 0
    duplicates: int = 0
    """Repeats that say the same as the accepted delivery."""
    contradictions: int = 0
    """Repeats of an accepted event_id that say something else."""
    quarantined: int = 0
    """Records that the gate has put aside."""
    undecodable: int = 0
    """Records that are none of their topic's contract."""
    due: int = 0
    """Accepted events that the ledger must have: all but orders."""
    booked: int = 0
    """Ledger entries that name this topic as their source."""

    @property
    def balances(self) -> bool:
        repeats = self.duplicates + self.contradictions
        known = self.accepted + repeats + self.quarantined
        return self.records == known and self.booked == self.due


@dataclass
class Tally:
    """One published topic: how many of its keys are what they must be."""

    keys: int = 0
    wrong: int = 0
    in_flight: int = 0
    """Keys not judged: an event of theirs came after the audit had begun."""


@dataclass
class Report:
    """All of it. True when every account balances and nothing differs."""

    accounts: dict[str, Account]
    tallies: dict[str, Tally]
    differences: Differences = field(default_factory=Differences)

    @property
    def true(self) -> bool:
        balanced = all(account.balances for account in self.accounts.values())
        return balanced and not self.differences
