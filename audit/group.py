"""The facts and published records of one key, and their differences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, pairwise, product
from math import prod
from typing import Any, Self

from audit import levels
from audit.conflict import NO_ID
from audit.definitions import Definition
from audit.delivery import Key
from audit.differences import sentence, some
from audit.lost_history import LostHistory
from schemas.generated import InventoryLevel, LedgerEntry
from schemas.record import Record
from schemas.version import version_of

CHOICE_LIMIT = 1000
"""Largest number of choices that are tried."""
Choice = tuple[str, int]
"""An event_id of several events of which any may count, and the number of the one that does."""
Facts = list[tuple[Any, int]]
"""Facts with their times of arrival, in milliseconds since 1970."""


@dataclass(slots=True)
class Group:
    """The accepted facts and the published records of one key."""

    facts: list[Any] = field(default_factory=list)
    """Accepted events, or for a level their expected ledger entries."""
    arrived: list[int] = field(default_factory=list)
    """Time of arrival of each fact, in milliseconds since 1970."""
    contested: dict[str, dict[int, Facts]] = field(default_factory=dict)
    """Facts that depend on which event counts, by the parts of the choice."""
    ledger: list[LedgerEntry] = field(default_factory=list)
    """Published ledger entries; only of a level."""
    newest: Record | None = None
    """Newest published record."""
    in_flight: bool = False
    """True if an event of the key was produced after the audit began."""
    uncertain: int = 0
    """Facts that may have been quarantined."""
    may_count: list[tuple[Any, int]] = field(default_factory=list)
    """Events in quarantine that may count, with their time of arrival: see Delivery.may_count."""
    log_time: int = 0
    """Time of the newest event of all keys, in milliseconds since 1970."""

    def publish(self, record: Any) -> None:
        """Add the next published record; one with a lower version is ignored."""
        if self.newest is None or version_of(record) >= version_of(self.newest):
            self.newest = record

    def add(self, fact: Any, arrived_at: int, choice: Choice | None) -> None:
        """Add an accepted fact; choice: that of which it is a fact, None if there is none."""
        if choice is None:
            self.facts.append(fact)
            self.arrived.append(arrived_at)
        else:
            event_id, number = choice
            numbers = self.contested.setdefault(event_id, {})
            numbers.setdefault(number, []).append((fact, arrived_at))

    def choices(self) -> Iterator[Self]:
        """Yield the group for each choice of the events that count, at most CHOICE_LIMIT."""
        every = product(*(numbers.values() for numbers in self.contested.values()))
        for chosen in islice(every, CHOICE_LIMIT):
            more = list(chain.from_iterable(chosen))
            yield replace(
                self,
                facts=self.facts + [fact for fact, _ in more],
                arrived=self.arrived + [at for _, at in more],
            )

    @property
    def has_untried_choices(self) -> bool:
        return prod(map(len, self.contested.values())) > CHOICE_LIMIT

    def is_lost(self, definition: Definition, lost: LostHistory) -> bool:
        """Return True if lost records explain a difference from the definition.

        A published record has the number of its events as its version. It has more than the topics
        when records of it are gone, and fewer when some of them were quarantined. Records that are
        gone may also have finished it, so that it has ended. A level has the ledger's quantities.
        """
        if definition.record_type is InventoryLevel and not self._has_quantities_of_ledger():
            return False
        version = self.newest.version if self.newest is not None else 0  # type: ignore[attr-defined]
        surplus = version - len(self.facts)
        if lost.has_lost(definition.sources) and (surplus > 0 or self._may_have_ended(definition)):
            return True
        return 0 < -surplus <= self.uncertain

    def _has_quantities_of_ledger(self) -> bool:
        newest = self.newest
        if not isinstance(newest, InventoryLevel):
            return False
        expected = levels.level((newest.store_id, newest.sku), self.ledger)
        return newest == replace(
            expected,
            last_movement_at=newest.last_movement_at,
            version=newest.version,
            generation=newest.generation,
        )

    def differences(self, definition: Definition, key: Key) -> Iterator[str]:
        """Yield a sentence for each difference from the definition."""
        expected = self._expected(definition, key)
        if self.newest not in expected and not self._is_right_with_refused(definition, key):
            yield f"{sentence(self.newest, expected[0])}; {self._events()}"
        if definition.record_type is InventoryLevel and self.newest is not None:
            sum_of_ledger = levels.on_hand(self.ledger)
            published = self.newest.on_hand  # type: ignore[attr-defined]
            if sum_of_ledger != published:
                yield (
                    f"the ledger's latest count and the movements after it give {sum_of_ledger} on "
                    f"hand, but {published} is published; {self._events()}"
                )

    def _expected(self, definition: Definition, key: Key) -> list[Record | None]:
        """Return the records that the facts allow, the most probable first; None: no record."""
        if not self.facts:
            return [None]
        generation = version_of(self.newest)[0] if self.newest is not None else 0

        def record(facts: Sequence[Any]) -> Record:
            # The job numbers its rebuilds: no fact tells the generation.
            return replace(definition.record(key, facts), generation=generation)  # type: ignore[type-var]

        lifetime = definition.lifetime
        if lifetime is None:
            return [record(self.facts)]
        order = sorted(range(len(self.facts)), key=self.arrived.__getitem__)
        facts = [self.facts[number] for number in order]
        arrived = [self.arrived[number] for number in order]
        expected = [record(facts[begin:]) for begin in lifetime.beginnings(record, facts, arrived)]
        if lifetime.may_have_ended(self.log_time - arrived[-1]):
            ended: list[Record | None] = [None for each in expected if not lifetime.remaining(each)]
            return [*expected, *ended]
        return [*expected]

    def _is_right_with_refused(self, definition: Definition, key: Key) -> bool:
        """Return True if the published record is right with the events in quarantine."""
        if not self.may_count:
            return False
        events, arrived = zip(*self.may_count, strict=True)
        whole = replace(self, facts=[*self.facts, *events], arrived=[*self.arrived, *arrived])
        return self.newest in whole._expected(definition, key)

    def _may_have_ended(self, definition: Definition) -> bool:
        """Return True if the pauses between the events are long enough for an end."""
        if definition.lifetime is None:
            return False
        times = [*sorted(self.arrived), self.log_time]
        return any(
            definition.lifetime.may_have_ended(after - before) for before, after in pairwise(times)
        )

    def _events(self) -> str:
        """Name the events by which the ledger differs, or else the events of the key."""
        expected = {fact.event_id for fact in self.facts} - {NO_ID}
        ids = some(sorted(expected)) or "only conflicts"
        if self.facts and not isinstance(self.facts[0], LedgerEntry):
            either = some(sorted(self.contested))
            tail = f"; any of the events with the id {either} may count" if either else ""
            return f"its events: {ids}{tail}"
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
        return "; ".join(parts) or f"the ledger has its {len(expected):,} events: {ids}"
