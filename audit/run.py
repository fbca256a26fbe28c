"""One audit of a running pipeline.

It is sound while the pipeline runs: it notes the end offsets of the event topics, waits for the
job, reads what the job has published, and only then reads the events, up to their new end offsets.
Events before the noted offsets must show in what was published. Later ones may or may not: the
keys that they touch are counted as in flight, and not checked.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from audit import definitions, offsets
from audit.audit_report import Report
from audit.auditor import Auditor
from audit.delivery import Delivery
from audit.history_limits import find_lost_history
from audit.known_quarantine import KnownQuarantine, read_quarantine
from audit.topic_records import read
from audit.wait_until_quiet import wait_until_quiet
from connect import kafka
from connect.kafka import Partition
from connect.progress import counting, waiting
from connect.record_consumer import Received
from connect.settings import Settings
from schemas.generated import EVENTS

BUCKET = 25_000
"""Records of a bucket; one bucket is in memory at a time."""
BUCKETS = 1024
"""Largest number of buckets; beyond BUCKET * BUCKETS records, the buckets grow."""


def run(settings: Settings, settle_seconds: float) -> Report:
    """Read and check everything. Raises UserError when Kafka, registry or a topic is missing."""
    admin = kafka.admin(settings)
    sinks = definitions.published(settings)
    event_partitions = offsets.partitions(admin, EVENTS, settings.prefix)
    sink_partitions = offsets.partitions(admin, sinks, settings.prefix)
    begin: offsets.Offsets = offsets.end_offsets(admin, event_partitions)
    with waiting("waiting until the job has published everything"):
        published = wait_until_quiet(
            lambda: offsets.end_offsets(admin, sink_partitions),
            settle_seconds,
            held_seconds=settings.days_milliseconds / 1000,
        )
    begin = offsets.judged_offsets(settings, admin, begin)
    expected = sum(begin.values()) + sum(published.values())
    with TemporaryDirectory(prefix="inventory-audit-") as folder:
        buckets = min(expected // BUCKET + 1, BUCKETS)
        auditor = Auditor(Path(folder), buckets, settings)
        with counting("reading what was published", sum(published.values())) as advance:
            for received in read(settings, sinks, published):
                _published(auditor, received)
                advance()
        quarantine = read_quarantine(settings, admin)
        now = offsets.end_offsets(admin, event_partitions)
        first: dict[Partition, int] = {}
        with counting("reading the events", sum(now.values())) as advance:
            for received in read(settings, EVENTS, now):
                partition = (received.topic, received.partition)
                first.setdefault(partition, received.timestamp)
                late = received.offset >= begin.get(partition, 0)
                _event(auditor, received, late, quarantine)
                advance()
        lost = find_lost_history(
            settings, admin, event_partitions, first, quarantine.complete_since
        )
        with counting("checking", auditor.steps, "steps") as advance:
            return auditor.report_after(lost, advance)


def _published(auditor: Auditor, received: Received) -> None:
    change = received.record or received.tombstone
    if change is None:
        _undecodable(auditor, received)
    else:
        auditor.published(change)


def _event(auditor: Auditor, received: Received, late: bool, quarantine: KnownQuarantine) -> None:
    account = auditor.report.accounts[received.topic]
    account.records += not late
    uncertain = quarantine.may_have_forgotten(received)
    entry = quarantine.entry(received)
    if entry and not (entry.may_count and received.record):
        account.quarantined += not late
    elif received.record is not None:
        partition, offset = received.partition, received.offset
        at, may_count = received.timestamp, entry is not None
        auditor.event(Delivery(received.record, partition, offset, late, uncertain, at, may_count))
    elif uncertain:
        account.expired += not late
    elif not late:
        account.undecodable += 1
        _undecodable(auditor, received)


def _undecodable(auditor: Auditor, received: Received) -> None:
    place = (f"partition {received.partition}", f"offset {received.offset}")
    auditor.report.differences.add(received.topic, place, f"cannot be decoded: {received.reason}")
