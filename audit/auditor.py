"""The audit of any number of records.

Memory is bounded by the largest bucket: records are spilled to disk twice, first by event_id
(which delivery was accepted, and is it in the ledger), then accepted events by the published key
that they affect (is each level, order, transfer and day right).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from audit.audit_report import Account, Report, Tally
from audit.definitions import definitions, published
from audit.delivery import Delivery, Key
from audit.delivery_verdict import verdict
from audit.differences import sentence
from audit.group import Group
from audit.ledger import entry as entry_of
from audit.ledger import source
from audit.spill import Spill
from schemas.generated import EVENTS, LedgerEntry
from schemas.record import Record

FACT, IN_LEDGER, AGREED, PUBLISHED, IN_FLIGHT = range(5)
"""Role of a spilled record for its key. AGREED: an expected entry that is in the ledger."""


class Auditor:
    """Takes every delivery and every published record, then returns its report."""

    def __init__(
        self,
        folder: Path,
        buckets: int,
        zone: ZoneInfo,
        count_seconds: int = 0,
        topic_prefix: str = "",
    ) -> None:
        """folder: for spilled records; zone: of business days; the others: see Delivery."""
        self._count_seconds, self._topic_prefix = count_seconds, topic_prefix
        self._definitions = definitions(zone)
        self._sinks = {each.record_type: sink for sink, each in enumerate(self._definitions)}
        facts = (*EVENTS, LedgerEntry)
        self._by_event = Spill(folder / "events", buckets, facts)
        self._by_key = Spill(folder / "keys", buckets, (*facts, *self._sinks))
        self.report = Report(
            accounts={record_type.TOPIC: Account() for record_type in EVENTS},
            tallies={record_type.TOPIC: Tally() for record_type in published(zone)},
        )

    def event(self, delivery: Delivery) -> None:
        """Add a record of an event topic."""
        tag = (delivery.partition, delivery.offset, delivery.late)
        self._by_event.put((delivery.event.event_id,), tag, delivery.event)

    def published(self, record: Record) -> None:
        """Add a record of a published topic; those of one key in the order of their partition."""
        if isinstance(record, LedgerEntry):
            self._by_event.put((record.event_id,), None, record)
        else:
            self._by_key.put(record.key(), (self._sinks[type(record)], PUBLISHED), record)

    @property
    def steps(self) -> int:
        """Number of buckets, each of which advances the progress of `report_after` by one."""
        return len(self._by_event) + len(self._by_key)

    def report_after(self, advance: Callable[[], None] = lambda: None) -> Report:
        """Check all buckets and return the report."""
        for bucket in self._by_event:
            self._check_events(bucket)
            advance()
        for bucket in self._by_key:
            self._check_keys(bucket)
            advance()
        return self.report

    def _check_events(self, bucket: Iterator[tuple[Any, Any]]) -> None:
        ledger: dict[str, LedgerEntry] = {}
        events: defaultdict[str, list[Delivery]] = defaultdict(list)
        for tag, record in bucket:
            if tag is None:
                ledger[record.event_id] = record
            else:
                partition, offset, late = tag
                delivery = Delivery(
                    record, partition, offset, late, self._count_seconds, self._topic_prefix
                )
                events[record.event_id].append(delivery)
        for event_id, deliveries in events.items():
            self._check_event(deliveries, ledger.get(event_id))
        for event_id in ledger.keys() - events.keys():
            self._check_entry(ledger[event_id], None)

    def _check_event(self, deliveries: list[Delivery], published: LedgerEntry | None) -> None:
        early = [delivery for delivery in deliveries if not delivery.late]
        late = [delivery for delivery in deliveries if delivery.late]
        if not early or (published and _only_from(late, early, published)):
            self.report.tallies[LedgerEntry.TOPIC].in_flight += 1
            for delivery in early:
                # The job accepted a later delivery of it, so this one is a duplicate.
                self.report.accounts[delivery.event.TOPIC].duplicates += 1
            for delivery in deliveries:
                entry = entry_of(delivery)
                self._affects([delivery.event, *([entry] if entry else [])], IN_FLIGHT)
            return
        classified = verdict(early, published)
        accounts = self.report.accounts
        account = accounts[classified.accepted.event.TOPIC]
        account.accepted += 1
        account.expected += classified.entry is not None
        for repeat in classified.duplicates:
            accounts[repeat.event.TOPIC].duplicates += 1
        for repeat in classified.contradictions:
            accounts[repeat.event.TOPIC].contradictions += 1
        self._affects([classified.accepted.event], FACT)
        if classified.entry or published:
            self._check_entry(published, classified.entry)

    def _check_entry(self, published: LedgerEntry | None, expected: LedgerEntry | None) -> None:
        tally = self.report.tallies[LedgerEntry.TOPIC]
        tally.keys += 1
        if published and (account := self._account_of(published)):
            account.in_ledger += 1
        if published == expected:
            self._affects([published], AGREED)
            return
        self._affects([expected] if expected else [], FACT)
        self._affects([published] if published else [], IN_LEDGER)
        tally.wrong += 1
        either = published or expected
        assert either
        text = f"{sentence(published, expected)}; store {either.store_id}, SKU {either.sku}"
        self.report.differences.add(LedgerEntry.TOPIC, either.key(), text)

    def _account_of(self, entry: LedgerEntry) -> Account | None:
        return self.report.accounts.get(entry.source_topic.removeprefix(self._topic_prefix))

    def _affects(self, facts: Iterable[Any], role: int) -> None:
        for fact in facts:
            for sink, definition in enumerate(self._definitions):
                key = definition.key(fact)
                if key is not None:
                    self._by_key.put(key, (sink, role), fact)

    def _check_keys(self, bucket: Iterator[tuple[Any, Any]]) -> None:
        groups: defaultdict[tuple[int, Key], Group] = defaultdict(Group)
        for (sink, role), record in bucket:
            if role == PUBLISHED:
                groups[sink, record.key()].publish(record)
                continue
            key = self._definitions[sink].key(record)
            assert key is not None
            group = groups[sink, key]
            if role in (FACT, AGREED):
                group.facts.append(record)
            if role in (IN_LEDGER, AGREED):
                group.ledger.append(record)
            group.in_flight |= role == IN_FLIGHT
        for (sink, key), group in groups.items():
            self._check_key(sink, key, group)

    def _check_key(self, sink: int, key: Key, group: Group) -> None:
        definition = self._definitions[sink]
        tally = self.report.tallies[definition.record_type.TOPIC]
        if group.in_flight:
            tally.in_flight += 1
            return
        tally.keys += group.newest is not None or bool(group.facts)
        differences = list(group.differences(definition, key))
        tally.wrong += bool(differences)
        for text in differences:
            self.report.differences.add(definition.record_type.TOPIC, key, text)


def _only_from(late: list[Delivery], early: list[Delivery], entry: LedgerEntry) -> bool:
    """Return True if the entry comes from a late delivery and from no early one."""
    place = source(entry)
    from_late, from_early = (any(one.may_be(*place) for one in part) for part in (late, early))
    return from_late and not from_early
