"""The permissions document: every operation of each of Kafka's clients, as their ACLs allow it."""

from collections.abc import Iterator
from dataclasses import replace

from connect.settings import Settings
from contracts.contract import Contract
from contracts.deployment.acls import PART, TRANSACTIONAL_ID, acls, grouped
from contracts.deployment.kafka_clients import KafkaClient, clients
from contracts.markdown import code, table

HEAD = """\
<!-- Generated from contracts/deployment/kafka_clients.py by `make schemas`. -->
# Permissions in Kafka

Each client needs exactly these operations, with the gate on. All names begin with
`INVENTORY_PREFIX`, if it is set. Read and Write imply Describe in Kafka. Clients that read without
a group assign themselves the partitions, and commit nothing.
`python -m contracts acls` prints them as commands for `kafka-acls`:
[cluster and security](cluster-and-security.md#permissions).
"""
EXACTLY_ONCE = replace(Settings(), delivery="exactly-once")


def document(contracts: list[Contract]) -> str:
    """Return docs/permissions.md."""
    return "\n".join([HEAD, *(line for each in clients() for line in _client(each, contracts))])


def _client(client: KafkaClient, contracts: list[Contract]) -> Iterator[str]:
    rows = list(_rows(client, contracts))
    if rows:
        yield f"## {client.name}\n"
        yield f"{client.task}\n"
        yield from table(("operations", "on"), rows)
        yield ""


def _rows(client: KafkaClient, contracts: list[Contract]) -> Iterator[tuple[str, str]]:
    for group, names in grouped(acls([client], contracts, EXACTLY_ONCE, f"User:{PART}")):
        _, resource_type, is_prefix, operations = group
        kind = resource_type.replace("-", " ")
        what = f"{kind}s that begin with" if is_prefix else f"{kind}{'s' * (len(names) > 1)}"
        if is_prefix and resource_type == TRANSACTIONAL_ID:
            what = f"with {code('INVENTORY_DELIVERY=exactly-once')}: {what}"
        yield ", ".join(operations), f"{what} {', '.join(map(code, names))}"
