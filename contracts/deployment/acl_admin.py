"""Read and create Kafka's ACLs through the admin client."""

from collections.abc import Iterable
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from connect.errors import UserError
from contracts.deployment.acls import GROUP, TOPIC, TRANSACTIONAL_ID
from contracts.deployment.kafka_clients import Operation
from contracts.deployment.steps import CreateAcl

TIMEOUT_SECONDS = 30.0
ANY_HOST = "*"
TYPES = {
    TOPIC: ResourceType.TOPIC,
    GROUP: ResourceType.GROUP,
    TRANSACTIONAL_ID: ResourceType.TRANSACTIONAL_ID,
}
OPERATIONS = {
    Operation.READ: AclOperation.READ,
    Operation.WRITE: AclOperation.WRITE,
    Operation.DESCRIBE: AclOperation.DESCRIBE,
    Operation.CREATE: AclOperation.CREATE,
    Operation.DESCRIBE_CONFIGS: AclOperation.DESCRIBE_CONFIGS,
    Operation.ALTER_CONFIGS: AclOperation.ALTER_CONFIGS,
}


def existing(admin: AdminClient, entries: Iterable[CreateAcl]) -> frozenset[CreateAcl]:
    """Return the entries that exist. Raises UserError if this client may not read them."""
    by_binding = {binding(entry): entry for entry in entries}
    principals = sorted({entry.principal for entry in by_binding.values()})
    present: set[CreateAcl] = set()
    for principal in principals:
        every = AclBindingFilter(
            ResourceType.ANY,
            None,  # type: ignore[arg-type]
            ResourcePatternType.ANY,
            principal,
            ANY_HOST,
            AclOperation.ANY,
            AclPermissionType.ALLOW,
        )
        bindings = _result(admin.describe_acls(every), "read", "Describe")
        present |= {by_binding[each] for each in bindings if each in by_binding}
    return frozenset(present)


def create(admin: AdminClient, entry: CreateAcl) -> None:
    """Create an entry. Raises UserError if Kafka refuses it."""
    (answer,) = admin.create_acls([binding(entry)]).values()
    _result(answer, "create", "Alter")


def binding(entry: CreateAcl) -> AclBinding:
    """Return an entry as Kafka's client has it."""
    pattern = ResourcePatternType.PREFIXED if entry.is_prefix else ResourcePatternType.LITERAL
    return AclBinding(
        TYPES[entry.resource_type],
        entry.resource,
        pattern,
        entry.principal,
        ANY_HOST,
        OPERATIONS[Operation(entry.operation)],
        AclPermissionType.ALLOW,
    )


def _result(answer: Any, verb: str, permission: str) -> Any:
    try:
        return answer.result(TIMEOUT_SECONDS)
    except KafkaException as error:
        reason = error.args[0]
        remedy = (
            "set an authorizer in the broker's configuration, or leave --acls away"
            if reason.code() == KafkaError.SECURITY_DISABLED
            else f"give this client the permission {permission} of the cluster, or have the lines "
            "of `python -m contracts acls` run by someone who has it"
        )
        raise UserError(
            f"Kafka does not let this client {verb} ACLs ({reason.str()}): {remedy}."
        ) from None
