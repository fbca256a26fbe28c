"""The topics of a backup: all that nothing could calculate again."""

from collections.abc import Sequence
from typing import NamedTuple

from confluent_kafka import TopicCollection
from confluent_kafka.admin import AdminClient

from backup.manifest import SavedTopic
from connect.kafka import ANSWER_SECONDS
from connect.settings import Settings
from contracts.accepted_topic import accepted_topic_of, is_gated
from contracts.contract_file import load_all
from contracts.data_flow import JOB, writers
from contracts.deployment import topic_admin

SHOWN = "InventoryLevel"
"""Contract of the levels. Of what the job alone writes, only they are saved: pages have them at
once, and the job learns from them the generation that readers have seen."""


class Topics(NamedTuple):
    """Names of topics, with the prefix."""

    public: list[str]
    """Those that the gate reads."""
    others: list[str]
    """The accepted ones, the quarantine, facts and levels."""
    calculated: list[str]
    """Those that the job writes, and that are not saved."""


def topics_of(settings: Settings) -> Topics:
    """Return the topics of an installation, whether they exist or not."""
    topics = Topics([], [], [])
    for contract in load_all():
        name = settings.prefixed(contract.topic.name)
        if is_gated(contract):
            topics.public.append(name)
            topics.others.append(settings.prefixed(accepted_topic_of(contract).name))
        elif writers(contract) == [JOB] and contract.name != SHOWN:
            topics.calculated.append(name)
        else:
            topics.others.append(name)
    return topics


def saved_topics(client: AdminClient, names: Sequence[str]) -> dict[str, SavedTopic]:
    """Return those of the topics that exist, without their messages."""
    _, listed = topic_admin.listed(client)
    there = {name: listed[name] for name in names if name in listed}
    if not there:
        return {}
    counts = {name: len(topic.partitions) for name, topic in there.items()}
    ids = client.describe_topics(TopicCollection(list(there)), request_timeout=ANSWER_SECONDS)
    described = topic_admin.described(client, counts)
    return {
        name: SavedTopic(
            topic_id=str(ids[name].result().topic_id),
            partitions=counts[name],
            copies=topic_admin.copies(there[name]) or 1,
            config={
                each: str(described[name].config[each]) for each in sorted(described[name].own)
            },
            tombstones_ms=int(described[name].config["delete.retention.ms"]),
            segments=[],
        )
        for name in there
    }
