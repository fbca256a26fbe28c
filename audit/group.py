"""Everything about one key of one published topic, and what of it differs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from audit import levels
from audit.definitions import Definition
from audit.differences import sentence, some
from audit.events import Key
from schemas.generated import InventoryLevel, LedgerEntry
from schemas.record import Record


@dataclass(slots=True)
class Group:
    """The accepted facts of a key, and what was published of it."""

    facts: list[Any] = field(default_factory=list)
    booked: list[LedgerEntry] = field(default_factory=list)
    """Of a level: the entries that the ledger has of it."""
    newest: Record | None = None
    in_flight: bool = False

    def publish(self, record: Any) -> None:
        """Take the next published record: the newest, unless its version is a lower one."""
        if self.newest is None or record.version >= self.newest.version:  # type: ignore[attr-defined]
            self.newest = record

    def differences(self, definition: Definition, key: Key) -> Iterator[str]:
        """A sentence for each thing that is not as the definition says."""
        expected = definition.record(key, self.facts) if self.facts else None
        if self.newest != expected:
            yield f"{sentence(self.newest, expected)}; {self._events()}"
        if definition.kind is InventoryLevel and self.newest is not None:
            sum_of_ledger = levels.on_hand(self.booked)
            published = self.newest.on_hand  # type: ignore[attr-defined]
            if sum_of_ledger != published:
                yield (
                    f"the ledger's last count and movements after it make {sum_of_ledger} on "
                    f"hand, and {published} is published; {self._events()}"
                )

    def _events(self) -> str:
        """The events by which the ledger differs, or if it does not, those that decide the key."""
        due = {fact.event_id for fact in self.facts}
        if self.facts and not isinstance(self.facts[0], LedgerEntry):
            return f"decided by {some(sorted(due))}"
        there = {entry.event_id for entry in self.booked}
        missing, surplus = sorted(due - there), sorted(there - due)
        wrong = sorted(
            {entry.event_id for entry in self.booked if entry.event_id in due}
            - {entry.event_id for entry in set(self.booked) & set(self.facts)}
        )
        told = [
            f"{what} in the ledger: {some(ids)}"
            for what, ids in (("missing", missing), ("surplus", surplus), ("wrong", wrong))
            if ids
        ]
        return "; ".join(told) or f"the ledger has its {len(due):,} events, {some(sorted(due))}"
