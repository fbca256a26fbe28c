"""One audit of a running pipeline.

It is sound while the pipeline runs. The ends of the event topics are noted; then it waits for
the job, and reads what the job published; only then are the events read, up to where they end
by then. What came before the noted ends must be in what was published. What came after may be
or not: the keys that it touches are not judged, and are counted as in flight.
"""

from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry import SchemaRegistryClient

from audit import definitions, offsets, topic_records
from audit.auditor import Auditor
from audit.events import Delivery
from audit.offsets import Ends
from audit.progress import Progress
from audit.report import Report
from audit.topic_records import Read
from audit.wait_until_quiet import settle
from connect import kafka, registry
from connect.settings import Settings
from schemas.generated import EVENTS, QuarantinedRecord

Partition = tuple[str, int, int]
"""topic, partition, offset"""
BUCKET = 25_000
"""Records of a bucket, of which one is in memory at a time."""
BUCKETS = 1024
"""At most; above BUCKET * BUCKETS records, the buckets grow with their number."""


def inspect(settings: Settings, settle_seconds: float, progress: Progress) -> Report:
    """Read everything and judge it. Raises UserError when something is not there to be read."""
    zone = ZoneInfo(settings.time_zone)
    schemas = registry.client(settings)
    broker = kafka.admin(settings)
    sinks = definitions.published(zone)
    inbound, outbound = offsets.places(broker, EVENTS), offsets.places(broker, sinks)
    begin = offsets.ends(broker, inbound)
    with progress.waiting("waiting until the job has written everything"):
        published = settle(lambda: offsets.ends(broker, outbound), settle_seconds)
    expected = sum(begin.values()) + sum(published.values())
    with TemporaryDirectory(prefix="inventory-audit-") as folder:
        buckets = min(expected // BUCKET + 1, BUCKETS)
        judge = Auditor(Path(folder), buckets, zone, settings.count_seconds, settings.inbound)
        with progress.counting("reading what was published", sum(published.values())) as further:
            for read in topic_records.read(settings, schemas, sinks, published):
                _published(judge, read)
                further()
        quarantined = _quarantined(settings, schemas, broker) if settings.inbound else set()
        now = offsets.ends(broker, inbound)
        with progress.counting("reading the events", sum(now.values())) as further:
            for read in topic_records.read(settings, schemas, EVENTS, now):
                _event(judge, read, begin, quarantined)
                further()
        _history(judge, offsets.beginnings(broker, inbound))
        with progress.counting("judging", judge.steps, "steps") as further:
            return judge.judge(further)


def _published(judge: Auditor, read: Read) -> None:
    if read.record is None:
        _undecodable(judge, read)
    else:
        judge.published(read.record)


def _quarantined(
    settings: Settings, schemas: SchemaRegistryClient, broker: AdminClient
) -> set[Partition]:
    """Where the records lie that the gate has put aside."""
    upto = offsets.ends(broker, offsets.places(broker, [QuarantinedRecord]))
    found = topic_records.read(settings, schemas, [QuarantinedRecord], upto)
    return {read.record.key() for read in found if read.record is not None}


def _event(judge: Auditor, read: Read, begin: Ends, quarantined: set[Partition]) -> None:
    late = read.offset >= begin.get((read.topic, read.partition), 0)
    account = judge.report.accounts[read.topic]
    account.records += not late
    if (read.topic, read.partition, read.offset) in quarantined:
        account.quarantined += not late
    elif read.record is not None:
        judge.event(Delivery(read.record, read.partition, read.offset, late))
    elif not late:
        account.undecodable += 1
        _undecodable(judge, read)


def _undecodable(judge: Auditor, read: Read) -> None:
    place = (f"partition {read.partition}", f"offset {read.offset}")
    judge.report.differences.add(read.topic, place, f"cannot be decoded: {read.reason}")


def _history(judge: Auditor, beginnings: Ends) -> None:
    """An event topic that has lost its first records cannot be judged as if it had them."""
    for (topic, partition), first in beginnings.items():
        if first:
            judge.report.differences.add(
                topic, (f"partition {partition}",), f"records before offset {first} are gone"
            )
