"""The ACLs of the pipeline: each client's operations on the names that Kafka has them by."""

import re
from collections.abc import Iterable, Iterator
from shlex import quote

from connect.errors import UserError
from connect.settings import Settings
from contracts.accepted_topic import accepted_topic_of, is_gated
from contracts.contract import Contract
from contracts.deployment.kafka_clients import (
    CONVERSION_GROUP,
    DESCRIBE,
    READ,
    WRITE,
    KafkaClient,
    stand_for,
)
from contracts.deployment.steps import CreateAcl

PART, PREFIX = "{part}", "{prefix}"
DEFAULT_PRINCIPAL = f"User:{PREFIX}inventory-{PART}"
PRINCIPAL = re.compile("[A-Za-z]+:.+")
TOPIC, GROUP, TRANSACTIONAL_ID = "topic", "group", "transactional-id"
"""Types of resources, as kafka-acls names its options."""


def acls(
    clients: Iterable[KafkaClient],
    contracts: list[Contract],
    settings: Settings,
    principal: str = DEFAULT_PRINCIPAL,
) -> list[CreateAcl]:
    """Return what the clients need, each entry once, in the order of the clients.

    principal: of a client, with {part} for its name and {prefix} for that of the installation.
    Raises UserError for one that is no principal of Kafka.
    """
    template = principal.replace(PREFIX, settings.prefix)
    if not PRINCIPAL.fullmatch(template):
        raise UserError(
            f"Principal {principal}: expected a principal of Kafka with {PART} for the name of "
            f"the client, such as User:CN={PART},OU=stock."
        )
    entries = [
        CreateAcl(
            principal=template.replace(PART, client.name),
            operation=operation,
            resource_type=resource_type,
            resource=settings.prefixed(name),
            is_prefix=is_prefix,
        )
        for client in clients
        if not (client.name == "gate" and not settings.has_gate)
        for resource_type, name, operation, is_prefix in _of(client, contracts, settings)
    ]
    return list(dict.fromkeys(entries))


def _of(
    client: KafkaClient, contracts: list[Contract], settings: Settings
) -> Iterator[tuple[str, str, str, bool]]:
    """Yield (type, name without prefix, operation, True for the begin of names)."""
    topics = dict.fromkeys(_topics(client, contracts, settings.has_gate))
    if not topics:
        return
    for name, operation in topics:
        implied = operation == DESCRIBE and topics.keys() & {(name, READ), (name, WRITE)}
        if not implied:
            yield TOPIC, name, operation, False
    for group, operation in client.groups.items():
        if group != CONVERSION_GROUP or any(contract.paired for contract in contracts):
            yield GROUP, group, operation, False
    if client.group_prefix:
        yield GROUP, client.group_prefix, READ, True
    if client.transactional_id:
        yield TRANSACTIONAL_ID, client.transactional_id, WRITE, False
    if settings.delivery == "exactly-once":
        for contract in contracts:
            if stand_for(contract) & client.transactions:
                yield TRANSACTIONAL_ID, contract.topic.name, WRITE, True


def _topics(
    client: KafkaClient, contracts: list[Contract], has_gate: bool
) -> Iterator[tuple[str, str]]:
    """Yield (topic, operation)."""
    for use in client.uses:
        for contract in contracts:
            if stand_for(contract) & use.contracts:
                copied = use.accepted and has_gate and is_gated(contract)
                topic = accepted_topic_of(contract) if copied else contract.topic
                yield topic.name, use.operation


def command_lines(entries: Iterable[CreateAcl], servers: str, command_config: str) -> Iterator[str]:
    """Yield the commands of Kafka that create the entries.

    servers: of Kafka; command_config: file of the client's settings for kafka-acls; empty: none.
    """
    begin = ["kafka-acls", "--bootstrap-server", servers]
    if command_config:
        begin += ["--command-config", command_config]
    for (principal, resource_type, is_prefix, operations), names in grouped(entries):
        words = [*begin, "--add", "--allow-principal", principal]
        for operation in operations:
            words += ["--operation", operation]
        if is_prefix:
            words += ["--resource-pattern-type", "prefixed"]
        for name in names:
            words += [f"--{resource_type}", name]
        yield " ".join(map(quote, words))


Group = tuple[str, str, bool, tuple[str, ...]]
"""(principal, type, True for the begin of names, operations)"""


def grouped(entries: Iterable[CreateAcl]) -> Iterator[tuple[Group, list[str]]]:
    """Yield the names of resources with the same operations of one principal."""
    operations: dict[tuple[str, str, bool, str], list[str]] = {}
    for each in entries:
        resource = each.principal, each.resource_type, each.is_prefix, each.resource
        operations.setdefault(resource, []).append(each.operation)
    groups: dict[Group, list[str]] = {}
    for (principal, resource_type, is_prefix, name), allowed in operations.items():
        group = principal, resource_type, is_prefix, tuple(sorted(allowed))
        groups.setdefault(group, []).append(name)
    for group, names in groups.items():
        yield group, sorted(names)
