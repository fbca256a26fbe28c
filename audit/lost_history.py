"""The part of the history that the topics no longer have.

The public topics are kept forever, but a topic may be deleted and created again, or lose its
beginning, and entries of the quarantine expire.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from audit.delivery import Key
from connect.kafka import Partition
from schemas.generated import LedgerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class LostHistory:
    """The limits of a recount."""

    kept: Mapping[Partition, range] = field(default_factory=dict)
    """Partition that the job reads -> its offsets whose records the public topic still has."""
    cut: Mapping[Partition, datetime | None] = field(default_factory=dict)
    """Public partition without its beginning -> time of its first record; None if it is empty."""
    truncated: frozenset[Partition] = frozenset()
    """Those of `cut` that Kafka itself reports: the others only may have been created again."""
    unseen: frozenset[str] = frozenset()
    """Topics that the job reads and this client does not see: they may have lost records."""
    quarantine_since: datetime | None = None
    """Entries of records that arrived before this may have expired; None: none has."""

    def is_gone(self, entry: LedgerEntry) -> bool:
        """Return True if the record of a ledger entry is no longer in its public topic."""
        kept = self.kept.get((entry.source_topic, entry.source_partition))
        return kept is not None and entry.source_offset not in kept

    def has_lost(self, topics: frozenset[str]) -> bool:
        """Return True if one of these public topics has lost records."""
        return any(topic in topics for topic, _ in self.cut)

    def sentences(
        self, gone: Mapping[Partition, int], expired: Mapping[str, int]
    ) -> Iterator[tuple[str, Key, str]]:
        """Yield topic, key and text of each loss.

        gone: ledger entries without their record, by public partition; expired: records that may
        have been quarantined, by topic.
        """
        for (topic, partition), since in sorted(self.cut.items()):
            entries = gone.get((topic, partition), 0)
            if not entries and (topic, partition) not in self.truncated:
                continue
            text = (
                f"cannot be recounted before {_time(since)}, as its earlier records are gone; "
                f"{entries:,} ledger entries come from them"
            )
            yield topic, (f"partition {partition}",), text
        for topic, count in expired.items():
            if count:
                text = (
                    f"{count:,} records are neither in the ledger nor in the quarantine, whose "
                    "entries of that time have expired"
                )
                yield topic, (f"before {_time(self.quarantine_since)}",), text


def _time(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC" if time else "now"
