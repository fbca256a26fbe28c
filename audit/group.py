"""The facts and published records of one key, and their differences."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from audit import levels
from audit.definitions import Definition
from audit.delivery import Key
from audit.differences import sentence, some
from schemas.generated import InventoryLevel, LedgerEntry
from schemas.record import Record


@dataclass(slots=True)
class Group:
    """The accepted facts and the published records of one key."""

    facts: list[Any] = field(default_factory=list)
    """Accepted events, or for a level their expected ledger entries."""
    ledger: list[LedgerEntry] = field(default_factory=list)
    """Published ledger entries; only of a level."""
    newest: Record | None = None
    """Newest published record."""
    in_flight: bool = False
    """True if an event of the key was produced after the audit began."""

    def publish(self, record: Any) -> None:
        """Add the next published record; one with a lower version is ignored."""
        if self.newest is None or record.version >= self.newest.version:  # type: ignore[attr-defined]
            self.newest = record

    def differences(self, definition: Definition, key: Key) -> Iterator[str]:
        """Yield a sentence for each difference from the definition."""
        expected = definition.record(key, self.facts) if self.facts else None
        if self.newest != expected:
            yield f"{sentence(self.newest, expected)}; {self._events()}"
        if definition.record_type is InventoryLevel and self.newest is not None:
            sum_of_ledger = levels.on_hand(self.ledger)
            published = self.newest.on_hand  # type: ignore[attr-defined]
            if sum_of_ledger != published:
                yield (
                    f"the ledger's latest count and the movements after it give {sum_of_ledger} on "
                    f"hand, but {published} is published; {self._events()}"
                )

    def _events(self) -> str:
        """Name the events by which the ledger differs, or else the events of the key."""
        expected = {fact.event_id for fact in self.facts}
        if self.facts and not isinstance(self.facts[0], LedgerEntry):
            return f"its events: {some(sorted(expected))}"
        actual = {entry.event_id for entry in self.ledger}
        missing, surplus = sorted(expected - actual), sorted(actual - expected)
        wrong = sorted(
            (expected & actual) - {entry.event_id for entry in set(self.ledger) & set(self.facts)}
        )
        parts = [
            f"{state} in the ledger: {some(ids)}"
            for state, ids in (("missing", missing), ("surplus", surplus), ("wrong", wrong))
            if ids
        ]
        return "; ".join(parts) or (
            f"the ledger has its {len(expected):,} events: {some(sorted(expected))}"
        )
