"""The topics of the conversions: a successor's exist only once the gate has started with it."""

from collections.abc import Iterable, Iterator
from time import sleep

from confluent_kafka.admin import AdminClient

from connect.part_log import LOG
from connect.settings import Settings
from connect.topics import partition_counts
from flink import conversions
from schemas.record import Record

POLL_SECONDS = 2.0


def wait_for_topics(
    settings: Settings,
    admin: AdminClient,
    successions: Iterable[tuple[type[Record], type[Record]]],
) -> None:
    """Return when each topic that a conversion reads or writes exists; print those missing.

    Flink would end at a missing topic, and name it nowhere.
    """
    remedies = dict(_remedies(settings, successions))
    printed: list[str] = []
    while missing := sorted(remedies.keys() - partition_counts(admin).keys()):
        if missing != printed:
            for topic in missing:
                LOG.warning(
                    f"Waiting for topic {topic}, which does not exist, or which this client may "
                    f"not see: {remedies[topic]}."
                )
            printed = missing
        sleep(POLL_SECONDS)


def _remedies(
    settings: Settings, successions: Iterable[tuple[type[Record], type[Record]]]
) -> Iterator[tuple[str, str]]:
    """Yield (topic, what creates it)."""
    gate = "the gate creates it as it starts (`python -m stack restart gate`)"
    for old, new in successions:
        sources = [old, new] if conversions.file(new, old).exists() else [old]
        if settings.topic_prefix != settings.prefix:
            yield from ((settings.topic_prefix + source.TOPIC, gate) for source in sources)
        yield from ((settings.prefixed(each.TOPIC), "run `make schemas`") for each in (old, new))
