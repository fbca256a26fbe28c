"""Find the records that the public topics no longer have."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from confluent_kafka.admin import AdminClient

from audit import offsets
from audit.lost_history import LostHistory
from connect.kafka import Partition
from connect.settings import Settings
from schemas.avro.encode import EPOCH, MILLISECOND


def find_lost_history(
    settings: Settings,
    admin: AdminClient,
    public: Sequence[Partition],
    oldest: Mapping[Partition, int],
    quarantine_since: datetime | None,
) -> LostHistory:
    """Compare the public topics with the topics that the job reads.

    oldest: Kafka timestamp of the first record of each public partition that has one. The gate
    accepts a record after it arrived: accepted records that are older than the first public one
    come from records that are gone, even if the topic was deleted and created again.
    """
    first = offsets.first_offsets(admin, public)
    if settings.has_gate:
        read = {
            (topic, number): (settings.topic_prefix + topic.removeprefix(settings.prefix), number)
            for topic, number in public
        }
        seen = offsets.existing(admin, read.values())
        begins = offsets.offsets_at(
            admin, {read[each]: oldest.get(each) for each in public if read[each] in seen}
        )
    else:
        read = {each: each for each in public}
        begins = first
    ends = offsets.end_offsets(admin, begins)
    kept = {partition: range(begin, ends[partition]) for partition, begin in begins.items()}
    return LostHistory(
        kept=kept,
        cut={
            each: EPOCH + oldest[each] * MILLISECOND if each in oldest else None
            for each in public
            if first[each] or (read[each] in kept and kept[read[each]].start)
        },
        truncated=frozenset(each for each in public if first[each]),
        unseen=frozenset(topic for topic, _ in read.values()) - {topic for topic, _ in begins},
        quarantine_since=quarantine_since,
    )
