"""Make a Kafka and a registry agree with the contracts: topics, modes, versions.

Everything is asked before anything is changed, so that a conflict leaves both as they were;
done twice, the second time changes nothing.
"""

from collections.abc import Iterator

from confluent_kafka.admin import AdminClient
from confluent_kafka.schema_registry import SchemaRegistryClient

from codegen import compatibility, subjects, topics
from codegen.contract import Contract
from connect.errors import Problem


def apply(
    contracts: list[Contract], admin: AdminClient, registry: SchemaRegistryClient
) -> Iterator[str]:
    """Yields a line for each thing done. Raises Problem on a conflict, before the first change."""
    histories = [_history(contract) for contract in contracts]
    missing = topics.missing(admin, contracts)
    for contract in contracts:
        for subject, text in contract.subjects.items():
            known = subjects.has(registry, subject, text)
            if not known and not subjects.fits(registry, subject, text):
                raise Problem(
                    f"The registry refuses subject {subject} (409): {contract.path.name} is not "
                    "compatible with the versions registered there; see `python -m codegen check`."
                )
    for contract in missing:
        topics.create(admin, contract)
        yield f"created topic {contract.topic.name}, {contract.topic.partitions} partitions"
    for history in histories:
        yield from _register(history, registry)


def _history(contract: Contract) -> list[Contract]:
    versions = compatibility.released(contract)
    if not compatibility.is_released(contract, versions):
        raise Problem(
            f"{contract.path.name} differs from its newest released version: publish it with "
            "`python -m codegen release`, which checks it first."
        )
    return versions


def _register(history: list[Contract], registry: SchemaRegistryClient) -> Iterator[str]:
    newest = history[-1]
    for subject in newest.subjects:
        if subjects.mode_of(registry, subject) != newest.compatibility:
            subjects.set_mode(registry, subject, newest.compatibility)
            yield f"set {subject} to {newest.compatibility}"
        for number, version in enumerate(history, start=1):
            text = version.subjects[subject]
            if not subjects.has(registry, subject, text):
                schema_id = subjects.register(registry, subject, text)
                yield f"registered {subject} version {number} as id {schema_id}"
