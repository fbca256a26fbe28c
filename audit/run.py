"""One audit of a running pipeline.

It is sound while the pipeline runs: it notes the end offsets of the event topics, waits for the
job, reads what the job has published, and only then reads the events, up to their new end offsets.
Events before the noted offsets must show in what was published. Later ones may or may not: the
keys that they touch are counted as in flight, and not checked.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from confluent_kafka.admin import AdminClient

from audit import definitions, offsets
from audit.audit_report import Report
from audit.auditor import Auditor
from audit.delivery import Delivery
from audit.offsets import Offsets
from audit.topic_records import read
from audit.wait_until_quiet import wait_until_quiet
from connect import kafka
from connect.progress import counting, waiting
from connect.record_consumer import Received
from connect.settings import Settings
from schemas.generated import EVENTS, QuarantinedRecord

Coordinates = tuple[str, int, int]
"""(topic, partition, offset)"""
BUCKET = 25_000
"""Records of a bucket; one bucket is in memory at a time."""
BUCKETS = 1024
"""Largest number of buckets; beyond BUCKET * BUCKETS records, the buckets grow."""


def run(settings: Settings, settle_seconds: float) -> Report:
    """Read and check everything. Raises UserError when Kafka, registry or a topic is missing."""
    zone = ZoneInfo(settings.time_zone)
    admin = kafka.admin(settings)
    sinks = definitions.published(zone)
    event_partitions = offsets.partitions(admin, EVENTS)
    sink_partitions = offsets.partitions(admin, sinks)
    begin = offsets.end_offsets(admin, event_partitions)
    with waiting("waiting until the job has published everything"):
        published = wait_until_quiet(
            lambda: offsets.end_offsets(admin, sink_partitions), settle_seconds
        )
    expected = sum(begin.values()) + sum(published.values())
    with TemporaryDirectory(prefix="inventory-audit-") as folder:
        buckets = min(expected // BUCKET + 1, BUCKETS)
        auditor = Auditor(
            Path(folder), buckets, zone, settings.count_seconds, settings.topic_prefix
        )
        with counting("reading what was published", sum(published.values())) as advance:
            for received in read(settings, sinks, published):
                _published(auditor, received)
                advance()
        quarantined = _quarantined(settings, admin) if settings.topic_prefix else set()
        now = offsets.end_offsets(admin, event_partitions)
        with counting("reading the events", sum(now.values())) as advance:
            for received in read(settings, EVENTS, now):
                _event(auditor, received, begin, quarantined)
                advance()
        _check_history(auditor, offsets.first_offsets(admin, event_partitions))
        with counting("checking", auditor.steps, "steps") as advance:
            return auditor.report_after(advance)


def _published(auditor: Auditor, received: Received) -> None:
    if received.record is None:
        _undecodable(auditor, received)
    else:
        auditor.published(received.record)


def _quarantined(settings: Settings, admin: AdminClient) -> set[Coordinates]:
    """Return the coordinates of all quarantined records in their public topics."""
    end_offsets = offsets.end_offsets(admin, offsets.partitions(admin, [QuarantinedRecord]))
    return {
        received.record.key()
        for received in read(settings, [QuarantinedRecord], end_offsets)
        if received.record is not None
    }


def _event(
    auditor: Auditor, received: Received, begin: Offsets, quarantined: set[Coordinates]
) -> None:
    topic, partition, offset, record, _ = received
    late = offset >= begin.get((topic, partition), 0)
    account = auditor.report.accounts[topic]
    account.records += not late
    if (topic, partition, offset) in quarantined:
        account.quarantined += not late
    elif record is not None:
        auditor.event(Delivery(record, partition, offset, late))
    elif not late:
        account.undecodable += 1
        _undecodable(auditor, received)


def _undecodable(auditor: Auditor, received: Received) -> None:
    place = (f"partition {received.partition}", f"offset {received.offset}")
    auditor.report.differences.add(received.topic, place, f"cannot be decoded: {received.reason}")


def _check_history(auditor: Auditor, first_offsets: Offsets) -> None:
    """Report an event topic whose first records are gone: it cannot be checked."""
    for (topic, partition), first in first_offsets.items():
        if first:
            auditor.report.differences.add(
                topic, (f"partition {partition}",), f"records before offset {first} are gone"
            )
