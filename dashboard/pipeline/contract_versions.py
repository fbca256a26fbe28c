"""Versions of the contracts: those that this installation uses, and the newest in the registry."""

from collections.abc import Iterable
from dataclasses import dataclass

from confluent_kafka.schema_registry import Schema, SchemaRegistryClient
from confluent_kafka.schema_registry.error import SchemaRegistryError

from connect.registry import answer_required
from schemas.record import Record


@dataclass(frozen=True, slots=True)
class ContractVersion:
    name: str
    used: int | None
    """Number that the registry gives the version of these classes; None: not registered."""
    newest: int | None
    """Number of the newest version; None: the subject has none."""


def contract_versions(
    registry: SchemaRegistryClient, record_types: Iterable[type[Record]], prefix: str
) -> list[ContractVersion]:
    """Return the versions of some contracts. prefix: of the subjects, see Settings.

    Raises UserError when the registry does not answer.
    """
    return [_version(registry, each, prefix + each.VALUE_SUBJECT) for each in record_types]


def _version(
    registry: SchemaRegistryClient, record_type: type[Record], subject: str
) -> ContractVersion:
    name = record_type.TOPIC
    with answer_required():
        try:
            newest = registry.get_latest_version(subject).version
            used = registry.lookup_schema(subject, Schema(record_type.SCHEMA, "AVRO")).version
        except SchemaRegistryError:
            return ContractVersion(name, None, None)
    return ContractVersion(name, used, newest)
