"""The Kafka topics that the contracts ask for, and what is missing of them."""

from confluent_kafka import KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]
    AdminClient,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from codegen.contract import Contract
from connect.errors import Problem

ANSWER_SECONDS = 30.0
BROKER_DEFAULT = -1


def missing(admin: AdminClient, contracts: list[Contract]) -> list[Contract]:
    """The contracts whose topic is not there yet.

    Raises Problem for a topic that is there with other partitions or settings: changing them
    moves keys between partitions or deletes history, so that a person has to decide.
    """
    there = admin.list_topics(timeout=ANSWER_SECONDS).topics
    for contract in contracts:
        if contract.topic.name in there:
            differences = _differences(admin, contract, len(there[contract.topic.name].partitions))
            if differences:
                raise Problem(
                    f"Topic {contract.topic.name} exists with other settings than "
                    f"{contract.path.name} says: {'; '.join(differences)}. "
                    "Change the contract or the topic so that they agree."
                )
    return [contract for contract in contracts if contract.topic.name not in there]


def create(admin: AdminClient, contract: Contract) -> None:
    """Create the topic; as many replicas as the brokers give by default."""
    topic = NewTopic(
        contract.topic.name,
        num_partitions=contract.topic.partitions,
        replication_factor=BROKER_DEFAULT,
        config=contract.topic.config,
    )
    try:
        admin.create_topics([topic])[contract.topic.name].result(ANSWER_SECONDS)
    except KafkaException as error:
        raise Problem(
            f"Topic {contract.topic.name} could not be created: {error.args[0].str()}."
        ) from None


def _differences(admin: AdminClient, contract: Contract, partitions: int) -> list[str]:
    resource = ConfigResource(ResourceType.TOPIC, contract.topic.name)
    config = admin.describe_configs([resource])[resource].result(ANSWER_SECONDS)
    wanted: dict[str, str] = {"partitions": str(contract.topic.partitions), **contract.topic.config}
    actual = {
        "partitions": str(partitions),
        **{name: entry.value for name, entry in config.items()},
    }
    return [
        f"{name} is {actual.get(name)}, expected {value}"
        for name, value in wanted.items()
        if actual.get(name) != value
    ]
