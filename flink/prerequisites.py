"""All that the job needs from Kafka, registry and Flink, looked at before it is submitted.

Flink restarts a job that lacks a topic or a right for ever, and names neither.
"""

import re
from collections.abc import Iterable, Iterator
from importlib import metadata

from confluent_kafka.admin import AclOperation, AdminClient  # type: ignore[attr-defined]
from confluent_kafka.schema_registry import SchemaRegistryClient

from connect import cluster_rest, registry, rights
from connect.errors import UserError
from connect.kafka import JOB_GROUP
from connect.part_log import LOG
from connect.settings import Settings
from flink import statements
from flink.former_rows import WRITTEN
from schemas import generated
from schemas.generated import GateLimits
from schemas.record import Record

TOPIC = re.compile("'topic' = '([^']+)'")
SINK = "'sink."
"""Begin of the options that only the table of a published topic has."""
REMEDY = "`python -m contracts acls job` prints what allows it"


def require(settings: Settings, client: AdminClient) -> None:
    """Raise UserError with a sentence for each thing that the job lacks.

    Of a cluster with too few free slots it only prints that, as some clusters start more by need.
    """
    sentences = [
        *rights.lacking(
            client, _topics(settings), {settings.prefixed(JOB_GROUP): [AclOperation.READ]}, REMEDY
        ),
        *_unregistered(registry.client(settings), _written(settings), settings),
    ]
    if settings.flink != "local":
        overview = cluster_rest.get(settings, "overview")
        sentences += _of_another_version(str(overview["flink-version"]), settings)
        _note_slots(int(overview["slots-available"]), settings)
    if sentences:
        raise UserError("\n".join(sentences))


def _topics(settings: Settings) -> dict[str, list[AclOperation]]:
    """Return what the job does to each topic."""
    topics: dict[str, list[AclOperation]] = {}
    read = [GateLimits] if settings.has_gate else []
    for record_type in (*read, *WRITTEN):
        topics.setdefault(settings.prefixed(record_type.TOPIC), []).append(AclOperation.READ)
    for table in statements.tables(settings):
        operation = AclOperation.WRITE if SINK in table else AclOperation.READ
        for name in TOPIC.findall(table):
            topics.setdefault(name, []).append(operation)
    return topics


def _written(settings: Settings) -> Iterator[type[Record]]:
    """Yield the contracts of the topics that the job writes."""
    topics = {name for name, needed in _topics(settings).items() if AclOperation.WRITE in needed}
    for name in generated.__all__:
        record_type = getattr(generated, name)
        if settings.prefixed(getattr(record_type, "TOPIC", "")) in topics:
            yield record_type


def _unregistered(
    client: SchemaRegistryClient, record_types: Iterable[type[Record]], settings: Settings
) -> Iterator[str]:
    for record_type in record_types:
        for subject, schema in (
            (record_type.KEY_SUBJECT, record_type.KEY_SCHEMA),
            (record_type.VALUE_SUBJECT, record_type.SCHEMA),
        ):
            try:
                registry.schema_id(client, settings.prefixed(subject), schema)
            except UserError as error:
                yield error.message


def _of_another_version(cluster: str, settings: Settings) -> Iterator[str]:
    own = metadata.version("apache-flink")
    if cluster.split(".")[:2] != own.split(".")[:2]:
        yield (
            f"The cluster at {settings.flink} runs Flink {cluster}, and the job is made by Flink "
            f"{own}: use an image of {own}."
        )


def _note_slots(available: int, settings: Settings) -> None:
    if available < settings.job_parallelism:
        LOG.warning(
            f"The cluster at {settings.flink} has {available} free slots, and the job needs "
            f"{settings.job_parallelism}: it begins when there are as many."
        )
