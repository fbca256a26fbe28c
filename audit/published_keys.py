"""The check of each published key against the facts that affect it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from audit.audit_report import Report
from audit.definitions import Definition
from audit.delivery import Key
from audit.group import Choice, Group
from audit.lost_history import LostHistory
from audit.spill import Spill
from connect.record_consumer import Tombstone
from schemas.generated import EVENTS, LedgerEntry
from schemas.record import Record

FACT, IN_LEDGER, AGREED, PUBLISHED, IN_FLIGHT, UNCERTAIN, REMOVED, MAY_COUNT = range(8)
"""Role of a spilled record for its key. AGREED: an expected entry that is in the ledger;
UNCERTAIN: a fact that may have been quarantined; MAY_COUNT: one that was, and may count all the
same."""

GONE = "records of it are gone or have expired"
TOO_MANY_CHOICES = "too many of its events share their id with another one, which may count instead"


class PublishedKeys:
    """Facts and published records, spilled by the published key that they affect."""

    def __init__(self, folder: Path, buckets: int, definitions: Sequence[Definition]) -> None:
        self._definitions = definitions
        self._sinks = {each.record_type: sink for sink, each in enumerate(definitions)}
        self._spill = Spill(folder, buckets, (*EVENTS, LedgerEntry, *self._sinks))

    def publish(self, record: Record) -> None:
        """Add a published record; those of one key in the order of their partition."""
        self._spill.put(record.key(), (self._sinks[type(record)], PUBLISHED), record)

    def remove(self, tombstone: Tombstone) -> None:
        """Add a tombstone, in the order of the published records of its key."""
        record_type, key = tombstone
        self._spill.put(key, (self._sinks[record_type], REMOVED, key), None)

    def affect(
        self, facts: Iterable[Any], role: int, arrived_at: int = 0, choice: Choice | None = None
    ) -> None:
        """Add facts (events or ledger entries) to every key that they affect.

        arrived_at: see Delivery; 0 for ledger entries. choice: that of which they are facts; None
        if there is none.
        """
        for fact in facts:
            for sink, definition in enumerate(self._definitions):
                key = definition.key(fact)
                if key is not None:
                    self._spill.put(key, (sink, role, arrived_at, choice), fact)

    def __len__(self) -> int:
        return len(self._spill)

    def check(self, report: Report, lost: LostHistory, log_time: int) -> Iterator[None]:
        """Add all keys to the report, and yield after each bucket.

        log_time: time of the newest event, in milliseconds since 1970.
        """
        for bucket in self._spill:
            for (sink, key), group in self._groups(bucket).items():
                group.log_time = log_time
                _check(self._definitions[sink], key, group, report, lost)
            yield

    def _groups(self, bucket: Iterator[tuple[Any, Any]]) -> dict[tuple[int, Key], Group]:
        groups: defaultdict[tuple[int, Key], Group] = defaultdict(Group)
        for (sink, role, *more), record in bucket:
            if role == REMOVED:
                groups[sink, more[0]].newest = None
                continue
            if role == PUBLISHED:
                groups[sink, record.key()].publish(record)
                continue
            key = self._definitions[sink].key(record)
            assert key is not None
            group = groups[sink, key]
            arrived_at, choice = more
            if role in (FACT, AGREED, UNCERTAIN):
                group.add(record, arrived_at, choice)
            if role in (IN_LEDGER, AGREED):
                group.ledger.append(record)
            if role == MAY_COUNT:
                group.may_count.append((record, arrived_at))
            group.in_flight |= role == IN_FLIGHT
            group.uncertain += role == UNCERTAIN and (choice is None or choice[1] == 0)
        return groups


def _chosen(definition: Definition, key: Key, group: Group) -> tuple[Group, list[str]]:
    """Return the group after the first choice without a difference, else the last; and those."""
    for chosen in group.choices():
        differences = list(chosen.differences(definition, key))
        if not differences:
            break
    return chosen, differences


def _check(
    definition: Definition, key: Key, group: Group, report: Report, lost: LostHistory
) -> None:
    topic = definition.topic
    tally = report.tallies[topic]
    if group.in_flight:
        tally.in_flight += 1
        return
    tally.keys += group.newest is not None or bool(group.facts or group.contested)
    chosen, differences = _chosen(definition, key, group)
    if differences and (group.has_untried_choices or chosen.is_lost(definition, lost)):
        tally.lost += 1
        reason = TOO_MANY_CHOICES if group.has_untried_choices else GONE
        report.lost.add(topic, key, f"cannot be recounted: {reason}")
        return
    tally.wrong += bool(differences)
    for text in differences:
        report.differences.add(topic, key, text)
