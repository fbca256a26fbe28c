"""Which delivery of an event was accepted, and what the others are."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit import ledger
from audit.differences import differing
from audit.events import Delivery
from schemas.generated import LedgerEntry


@dataclass(frozen=True, slots=True)
class DeliveryVerdict:
    """All deliveries of one event, judged."""

    accepted: Delivery
    entry: LedgerEntry | None
    """What the ledger must say of it; None for an order."""
    duplicates: Sequence[Delivery]
    """Repeats that say the same."""
    contradictions: Sequence[Delivery]
    """Repeats that say something else under the same event_id."""


def verdict(deliveries: Sequence[Delivery], found: LedgerEntry | None) -> DeliveryVerdict:
    """Auditor the deliveries of one event, given its entry in the ledger, if it has one.

    The first delivery wins. Within a partition that is the one with the lowest offset. Across
    partitions only the job knows what reached it first, and the ledger names it: the first
    deliveries of the partitions are held against the found entry, and the one that fits it
    best was accepted. An order leaves no entry: it fits where there is none.
    """
    if len(deliveries) == 1:
        return DeliveryVerdict(deliveries[0], ledger.entry(deliveries[0], found), (), ())
    first: dict[tuple[str, int], Delivery] = {}
    for delivery in sorted(deliveries, key=lambda delivery: delivery.place):
        first.setdefault(delivery.place[:2], delivery)
    accepted = min(
        first.values(), key=lambda delivery: len(differing(ledger.entry(delivery, found), found))
    )
    others = [delivery for delivery in deliveries if delivery is not accepted]
    return DeliveryVerdict(
        accepted,
        ledger.entry(accepted, found),
        [other for other in others if other.event == accepted.event],
        [other for other in others if other.event != accepted.event],
    )
