"""The audit itself: takes what lies in the topics, in any number, and judges it.

Memory is bounded by the largest bucket, not by the number of records: everything is put aside
on disk twice, first by event_id (which delivery was accepted, is it in the ledger), then the
accepted events by what they decide (is each level, order, transfer and day right).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from audit.acceptance import verdict
from audit.definitions import definitions, published
from audit.differences import sentence
from audit.events import Delivery, Key
from audit.group import Group
from audit.ledger import entry as entry_of
from audit.ledger import source
from audit.report import Account, Report, Tally
from audit.spill import Spill
from schemas.generated import EVENTS, LedgerEntry
from schemas.record import Record

FACT, BOOKED, AGREED, PUBLISHED, IN_FLIGHT = range(5)
"""What a record put aside is to its key. AGREED: an entry that is due, and is in the ledger."""


class Auditor:
    """Hears every delivery and every published record, then gives its report."""

    def __init__(
        self,
        folder: Path,
        buckets: int,
        zone: ZoneInfo,
        count_seconds: int = 0,
        topic_prefix: str = "",
    ) -> None:
        """folder: for what is put aside; zone: of business days; the others: see Delivery."""
        self._count_seconds, self._topic_prefix = count_seconds, topic_prefix
        self._definitions = definitions(zone)
        self._sinks = {each.kind: sink for sink, each in enumerate(self._definitions)}
        facts = (*EVENTS, LedgerEntry)
        self._by_event = Spill(folder / "events", buckets, facts)
        self._by_key = Spill(folder / "keys", buckets, (*facts, *self._sinks))
        self.report = Report(
            accounts={kind.TOPIC: Account() for kind in EVENTS},
            tallies={kind.TOPIC: Tally() for kind in published(zone)},
        )

    def event(self, delivery: Delivery) -> None:
        tag = (delivery.partition, delivery.offset, delivery.late)
        self._by_event.put((delivery.event.event_id,), tag, delivery.event)

    def published(self, record: Record) -> None:
        """A record of a published topic; those of one key in the order of their partition."""
        if isinstance(record, LedgerEntry):
            self._by_event.put((record.event_id,), None, record)
        else:
            self._by_key.put(record.key(), (self._sinks[type(record)], PUBLISHED), record)

    @property
    def steps(self) -> int:
        """How often `judge` says that it has got further."""
        return len(self._by_event) + len(self._by_key)

    def report_after(self, advance: Callable[[], None] = lambda: None) -> Report:
        for bucket in self._by_event:
            self._judge_events(bucket)
            advance()
        for bucket in self._by_key:
            self._judge_keys(bucket)
            advance()
        return self.report

    def _judge_events(self, bucket: Iterator[tuple[Any, Any]]) -> None:
        booked: dict[str, LedgerEntry] = {}
        events: defaultdict[str, list[Delivery]] = defaultdict(list)
        for tag, record in bucket:
            if tag is None:
                booked[record.event_id] = record
            else:
                partition, offset, late = tag
                delivery = Delivery(
                    record, partition, offset, late, self._count_seconds, self._topic_prefix
                )
                events[record.event_id].append(delivery)
        for event_id, deliveries in events.items():
            self._judge_event(deliveries, booked.get(event_id))
        for event_id in booked.keys() - events.keys():
            self._judge_entry(booked[event_id], None)

    def _judge_event(self, deliveries: list[Delivery], found: LedgerEntry | None) -> None:
        early = [delivery for delivery in deliveries if not delivery.late]
        late = [delivery for delivery in deliveries if delivery.late]
        if not early or (found and _only_from(late, early, found)):
            self.report.tallies[LedgerEntry.TOPIC].in_flight += 1
            for delivery in early:
                # Only the job knows what came first: a repeat of one that came later here.
                self.report.accounts[delivery.event.TOPIC].duplicates += 1
            for delivery in deliveries:
                entry = entry_of(delivery)
                self._decides([delivery.event, *([entry] if entry else [])], IN_FLIGHT)
            return
        judged = verdict(early, found)
        accounts = self.report.accounts
        account = accounts[judged.accepted.event.TOPIC]
        account.accepted += 1
        account.due += judged.entry is not None
        for repeat in judged.duplicates:
            accounts[repeat.event.TOPIC].duplicates += 1
        for repeat in judged.contradictions:
            accounts[repeat.event.TOPIC].contradictions += 1
        self._decides([judged.accepted.event], FACT)
        if judged.entry or found:
            self._judge_entry(found, judged.entry)

    def _judge_entry(self, found: LedgerEntry | None, expected: LedgerEntry | None) -> None:
        tally = self.report.tallies[LedgerEntry.TOPIC]
        tally.keys += 1
        if found and (account := self._account_of(found)):
            account.booked += 1
        if found == expected:
            self._decides([found], AGREED)
            return
        self._decides([expected] if expected else [], FACT)
        self._decides([found] if found else [], BOOKED)
        tally.wrong += 1
        either = found or expected
        assert either
        text = f"{sentence(found, expected)}; store {either.store_id}, SKU {either.sku}"
        self.report.differences.add(LedgerEntry.TOPIC, either.key(), text)

    def _account_of(self, entry: LedgerEntry) -> Account | None:
        return self.report.accounts.get(entry.source_topic.removeprefix(self._topic_prefix))

    def _decides(self, facts: Iterable[Any], role: int) -> None:
        for fact in facts:
            for sink, definition in enumerate(self._definitions):
                key = definition.key(fact)
                if key is not None:
                    self._by_key.put(key, (sink, role), fact)

    def _judge_keys(self, bucket: Iterator[tuple[Any, Any]]) -> None:
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
            if role in (BOOKED, AGREED):
                group.booked.append(record)
            group.in_flight |= role == IN_FLIGHT
        for (sink, key), group in groups.items():
            self._judge_key(sink, key, group)

    def _judge_key(self, sink: int, key: Key, group: Group) -> None:
        definition = self._definitions[sink]
        tally = self.report.tallies[definition.kind.TOPIC]
        if group.in_flight:
            tally.in_flight += 1
            return
        tally.keys += group.newest is not None or bool(group.facts)
        texts = list(group.differences(definition, key))
        tally.wrong += bool(texts)
        for text in texts:
            self.report.differences.add(definition.kind.TOPIC, key, text)


def _only_from(late: list[Delivery], early: list[Delivery], entry: LedgerEntry) -> bool:
    """Whether the job must have it from one of the late deliveries."""
    place = source(entry)
    from_late, from_early = (any(one.may_be(*place) for one in part) for part in (late, early))
    return from_late and not from_early
