"""The definition of the stock ledger: one signed entry for each accepted movement and count."""

from dataclasses import replace
from datetime import timedelta

from audit.delivery import Delivery
from audit.stock_events import stock_event
from schemas.generated import LedgerEntry, StockCount

REFUSED = "refused_count"


def entry(delivery: Delivery, published: LedgerEntry | None = None) -> LedgerEntry | None:
    """Return the ledger's entry of an accepted delivery; None if it moves no stock.

    published: the entry in the topic. Behind a gate it gives the offset, which differs from the
    public topic's.
    """
    event = stock_event(delivery.event)
    if event is None:
        return None
    if _too_late(delivery):
        reason = f"recorded more than {delivery.count_seconds} s after it was taken"
        event = event._replace(kind=REFUSED, reason=reason)
    topic, partition, offset = delivery.place
    if delivery.is_gated and published and delivery.may_be(*source(published)):
        offset = published.source_offset
    return LedgerEntry(
        **event._asdict(),
        recorded_at=delivery.event.recorded_at,
        source_topic=delivery.topic_prefix + topic,
        source_partition=partition,
        source_offset=offset,
    )


def has_content(published: LedgerEntry, delivery: Delivery) -> bool:
    """Return True if an entry is that of a delivery, wherever its own record was."""
    expected = entry(delivery, published)
    return expected is not None and published == replace(
        expected,
        source_topic=published.source_topic,
        source_partition=published.source_partition,
        source_offset=published.source_offset,
    )


def comes_from(published: LedgerEntry | None, delivery: Delivery) -> bool:
    """Return True if an entry is that of a delivery, and may come from its very record."""
    return (
        published is not None
        and delivery.may_be(*source(published))
        and has_content(published, delivery)
    )


def source(entry: LedgerEntry) -> tuple[str, int, int]:
    """Return topic, partition and offset of the delivery that the job accepted."""
    return entry.source_topic, entry.source_partition, entry.source_offset


def _too_late(delivery: Delivery) -> bool:
    """Return True for a count recorded later than `count_seconds` after it was taken."""
    event, limit = delivery.event, delivery.count_seconds
    if not limit or not isinstance(event, StockCount):
        return False
    return event.recorded_at - event.counted_at > timedelta(seconds=limit)
