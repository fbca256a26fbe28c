"""The audit of any number of records.

Memory is bounded by the largest bucket: records are spilled to disk twice, first by event_id
(which delivery was accepted, and is it in the ledger), then accepted events by the published key
that they affect (is each level, order, transfer and day right).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from audit import conflict
from audit.audit_report import Account, Report, Tally
from audit.definitions import definitions, published
from audit.delivery import Delivery
from audit.delivery_verdict import DeliveryVerdict, verdict
from audit.differences import sentence
from audit.handled import is_handled
from audit.ledger import comes_from, has_content, source
from audit.ledger import entry as entry_of
from audit.lost_history import LostHistory
from audit.published_keys import (
    AGREED,
    FACT,
    IN_FLIGHT,
    IN_LEDGER,
    MAY_COUNT,
    UNCERTAIN,
    PublishedKeys,
)
from audit.spill import Spill
from audit.stock_events import stock_event
from connect.kafka import Partition
from connect.record_consumer import Tombstone
from connect.settings import Settings
from schemas.generated import EVENTS, AnyEvent, LedgerEntry
from schemas.record import Record


class Auditor:
    """Takes every delivery and every published record, then returns its report."""

    def __init__(self, folder: Path, buckets: int, settings: Settings) -> None:
        """folder: for spilled records."""
        self._count_seconds = settings.job_count_seconds
        self._topic_prefix = settings.topic_prefix
        self._prefixed = settings.prefixed
        self._ledger = settings.prefixed(LedgerEntry.TOPIC)
        self._by_event = Spill(folder / "events", buckets, (*EVENTS, LedgerEntry))
        self._keys = PublishedKeys(folder / "keys", buckets, definitions(settings))
        self._gone: Counter[Partition] = Counter()
        self._lost = LostHistory()
        self._newest = 0
        self.report = Report(
            accounts={settings.prefixed(each.TOPIC): Account() for each in EVENTS},
            tallies={settings.prefixed(each.TOPIC): Tally() for each in published(settings)},
        )

    def event(self, delivery: Delivery) -> None:
        """Add a record of an event topic."""
        self._newest = max(self._newest, delivery.arrived_at)
        tag = delivery[1:7]
        self._by_event.put((delivery.event.event_id,), tag, delivery.event)

    def published(self, record: Record | Tombstone) -> None:
        """Add a record of a published topic; those of one key in the order of their partition."""
        if isinstance(record, Tombstone) and record.record_type is LedgerEntry:
            self._by_event.put(record.key, record.key[0], None)
        elif isinstance(record, Tombstone):
            self._keys.remove(record)
        elif isinstance(record, LedgerEntry):
            self._by_event.put((record.event_id,), None, record)
        else:
            self._keys.publish(record)

    @property
    def steps(self) -> int:
        """Number of buckets, each of which advances the progress of `report_after` by one."""
        return len(self._by_event) + len(self._keys)

    def report_after(self, lost: LostHistory, advance: Callable[[], None] = lambda: None) -> Report:
        """Check all buckets and return the report."""
        self._lost = lost
        for bucket in self._by_event:
            self._check_events(bucket)
            advance()
        for _ in self._keys.check(self.report, lost, self._newest):
            advance()
        for topic, key, text in lost.sentences(self._gone, self.report.expired):
            self.report.lost.add(topic, key, text)
        self.report.unseen = sorted(lost.unseen)
        return self.report

    def _check_events(self, bucket: Iterator[tuple[Any, Any]]) -> None:
        ledger: dict[str, LedgerEntry] = {}
        events: defaultdict[tuple[str, bool], list[Delivery]] = defaultdict(list)
        for tag, record in bucket:
            if record is None:
                ledger.pop(tag, None)
            elif tag is None:
                ledger[record.event_id] = record
            else:
                limits = (self._count_seconds, self._topic_prefix)
                delivery = Delivery._make((record, *tag, *limits))
                has_entry = stock_event(record) is not None
                events[record.event_id, has_entry].append(delivery)
        for (event_id, has_entry), deliveries in events.items():
            # Events that move no stock have ids of their own: see flink/java/FirstDelivery.java.
            self._check_event(deliveries, ledger.pop(event_id, None) if has_entry else None)
        for entry in ledger.values():
            self._check_entry(entry, None)

    def _check_event(self, deliveries: list[Delivery], published: LedgerEntry | None) -> None:
        deliveries = self._accepted(deliveries, published)
        if not deliveries:
            if published:
                self._check_entry(published, None)
            return
        early = [delivery for delivery in deliveries if not delivery.late]
        late = [delivery for delivery in deliveries if delivery.late]
        if not early or (published and _only_from(late, early, published)):
            self.report.tallies[self._ledger].in_flight += 1
            # The job accepted a later delivery of the early ones, so these are repeats.
            self._count_repeats(early, ())
            for delivery in deliveries:
                entry = entry_of(delivery)
                self._keys.affect([delivery.event, *([entry] if entry else [])], IN_FLIGHT)
            return
        classified = verdict(early, published)
        if classified.entry != published:
            if published and self._lost.is_gone(published):
                self._check_repeats_of_gone(early, published)
                return
            certain = [delivery for delivery in early if not delivery.uncertain]
            if certain != early and (certain or not published):
                # The others were quarantined, and their entries there have expired.
                for delivery in early:
                    self._account(delivery).expired += delivery.uncertain
                if not certain:
                    return
                classified = verdict(certain, published)
        self._count(classified, published)
        winners = [] if classified.entry else conflict.candidates(deliveries)
        if len(winners) > 1:
            self._affect_rows_of_any(winners, deliveries)
            return
        self._affect(classified)
        others = [each for each in late if each.event != classified.accepted.event]
        self._affect_rows_of([*classified.conflicts, *others])

    def _accepted(
        self, deliveries: list[Delivery], published: LedgerEntry | None
    ) -> list[Delivery]:
        """Return the deliveries without those in quarantine that may count.

        One of these stays if the ledger's entry comes from it, and from no other delivery.
        """
        certain = [delivery for delivery in deliveries if not delivery.may_count]
        if len(certain) == len(deliveries):
            return deliveries
        counted = [delivery for delivery in deliveries if comes_from(published, delivery)]
        accepted = certain if any(not each.may_count for each in counted) else certain + counted
        for delivery in deliveries:
            if delivery not in accepted:
                self._account(delivery).quarantined += not delivery.late
                if not accepted and entry_of(delivery) is None and is_handled(delivery.event):
                    self._keys.affect([delivery.event], MAY_COUNT, delivery.arrived_at)
        return accepted

    def _count(self, classified: DeliveryVerdict, published: LedgerEntry | None) -> None:
        accepted, entry = classified.accepted, classified.entry
        account = self._account(accepted)
        self._count_repeats(classified.repeats, classified.conflicts)
        if is_handled(accepted.event):
            account.counted += 1
            account.expected += entry is not None
        else:
            account.unhandled += 1
        if entry or published:
            self._check_entry(published, entry)

    def _affect(self, classified: DeliveryVerdict) -> None:
        """Add the event that counts to its rows."""
        accepted = classified.accepted
        if is_handled(accepted.event):
            uncertain = accepted.uncertain and classified.entry is None
            role = UNCERTAIN if uncertain else FACT
            self._keys.affect([accepted.event], role, accepted.arrived_at)

    def _check_repeats_of_gone(self, repeats: list[Delivery], published: LedgerEntry) -> None:
        """Compare deliveries with the entry of their event, whose own record is gone."""
        same = [delivery for delivery in repeats if has_content(published, delivery)]
        conflicts = [delivery for delivery in repeats if delivery not in same]
        self._count_repeats(same, conflicts)
        self._affect_rows_of(conflicts)
        for delivery in same[:1]:
            self._keys.affect([delivery.event], FACT, delivery.arrived_at)
        self._check_entry(published, None)

    def _count_repeats(self, repeats: Sequence[Delivery], conflicts: Sequence[Delivery]) -> None:
        for repeat in repeats:
            self._account(repeat).repeats += 1
        for repeat in conflicts:
            self._account(repeat).conflicts += 1
            text = f"partition {repeat.partition}, offset {repeat.offset} has other content"
            self.report.conflicts.add(self._topic(repeat), (repeat.event.event_id,), text)

    def _affect_rows_of(self, conflicts: Sequence[Delivery]) -> None:
        """Add each content of conflicts once to the rows of its event."""
        for delivery in conflict.contents(conflicts):
            facts = conflict.facts(delivery)
            self._keys.affect(facts, _role(delivery), delivery.arrived_at)

    def _affect_rows_of_any(
        self, winners: Sequence[AnyEvent], deliveries: Sequence[Delivery]
    ) -> None:
        """Add each content of one event_id to its rows, for each of the winners that may count."""
        for delivery in conflict.contents(deliveries):
            for number, winner in enumerate(winners):
                choice = (winner.event_id, number)
                facts = conflict.facts_if(winner, delivery)
                self._keys.affect(facts, _role(delivery), delivery.arrived_at, choice)

    def _account(self, delivery: Delivery) -> Account:
        return self.report.accounts[self._topic(delivery)]

    def _topic(self, delivery: Delivery) -> str:
        return self._prefixed(delivery.event.TOPIC)

    def _check_entry(self, published: LedgerEntry | None, expected: LedgerEntry | None) -> None:
        tally = self.report.tallies[self._ledger]
        tally.keys += 1
        accepted = published.source_topic if published else ""
        topic = self._prefixed(accepted.removeprefix(self._topic_prefix))
        account = self.report.accounts.get(topic, Account())
        account.in_ledger += published is not None
        if published and not expected and self._lost.is_gone(published):
            account.gone += 1
            tally.lost += 1
            self._gone[topic, published.source_partition] += 1
            self._keys.affect([published], AGREED)
            return
        if published == expected:
            self._keys.affect([published], AGREED)
            return
        self._keys.affect([expected] if expected else [], FACT)
        self._keys.affect([published] if published else [], IN_LEDGER)
        tally.wrong += 1
        either = published or expected
        assert either
        text = f"{sentence(published, expected)}; store {either.store_id}, SKU {either.sku}"
        self.report.differences.add(self._ledger, either.key(), text)


def _role(delivery: Delivery) -> int:
    return IN_FLIGHT if delivery.late else UNCERTAIN if delivery.uncertain else FACT


def _only_from(late: list[Delivery], early: list[Delivery], entry: LedgerEntry) -> bool:
    """Return True if the entry comes from a late delivery and from no early one."""
    place = source(entry)
    from_late, from_early = (any(one.may_be(*place) for one in part) for part in (late, early))
    return from_late and not from_early
