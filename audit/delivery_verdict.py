"""The accepted delivery of an event, and its repeats."""

from collections.abc import Sequence
from dataclasses import dataclass

from audit import ledger
from audit.delivery import Delivery
from audit.differences import differing
from schemas.generated import LedgerEntry


@dataclass(frozen=True, slots=True)
class DeliveryVerdict:
    """All deliveries of one event, classified."""

    accepted: Delivery
    """The delivery that counts."""
    entry: LedgerEntry | None
    """Its expected ledger entry; None if it moves no stock."""
    repeats: Sequence[Delivery]
    """Repeats with the same content."""
    conflicts: Sequence[Delivery]
    """Deliveries of the same event_id with other content."""


def verdict(deliveries: Sequence[Delivery], published: LedgerEntry | None) -> DeliveryVerdict:
    """Classify the deliveries of one event, given its published ledger entry, if it has one.

    The first delivery wins. Within a partition that is the one with the lowest offset. Across
    partitions only the job knows which came first, and the ledger names it: of the first
    deliveries of the partitions, the one that fits the published entry best was accepted. An
    order has no entry: it fits where none is published.
    """
    if len(deliveries) == 1:
        return DeliveryVerdict(deliveries[0], ledger.entry(deliveries[0], published), (), ())
    first: dict[tuple[str, int], Delivery] = {}
    for delivery in sorted(deliveries, key=lambda delivery: delivery.place):
        first.setdefault(delivery.place[:2], delivery)
    accepted = min(
        first.values(),
        key=lambda delivery: len(differing(ledger.entry(delivery, published), published)),
    )
    others = [delivery for delivery in deliveries if delivery is not accepted]
    return DeliveryVerdict(
        accepted,
        ledger.entry(accepted, published),
        [other for other in others if other.event == accepted.event],
        [other for other in others if other.event != accepted.event],
    )
