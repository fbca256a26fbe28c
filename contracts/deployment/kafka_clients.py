"""Kafka's clients of the pipeline, with every operation that each needs: their ACLs follow from it.

Read, Write and AlterConfigs imply Describe in Kafka, and AlterConfigs implies DescribeConfigs. A
client that assigns itself partitions and commits nothing needs no permission for its group.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from contracts.contract import Contract
from contracts.data_flow import EVENTS, GATED, PARTICIPANTS, QUARANTINE, names_of
from contracts.readers.consumers import Consumer

ALL, PUBLISHED, VERSIONED, PAIRED = "ALL", "PUBLISHED", "VERSIONED", "PAIRED"
"""Stand for every contract, those that the job writes, those of them with a generation, and those
that stand beside their successor or predecessor."""
GATE_GROUP, JOB_GROUP = "inventory-gate", "inventory-job"
CONVERSION_GROUP = "inventory-conversions"
"""The groups of connect.kafka, which cannot be imported without Kafka's client."""
FACTS = frozenset(("Product", "Store"))
REDRIVE_ID = "inventory-gate-redrive"
"""Transactional id of `gate quarantine redrive`."""


class Operation(StrEnum):
    """An operation of Kafka, as kafka-acls names it."""

    READ = "Read"
    WRITE = "Write"
    DESCRIBE = "Describe"
    CREATE = "Create"
    DESCRIBE_CONFIGS = "DescribeConfigs"
    ALTER_CONFIGS = "AlterConfigs"


READ, WRITE, DESCRIBE = Operation.READ, Operation.WRITE, Operation.DESCRIBE
CONFIGURE = (Operation.CREATE, DESCRIBE, Operation.ALTER_CONFIGS)


class Use(NamedTuple):
    """An operation on the topics of some contracts."""

    operation: Operation
    contracts: frozenset[str]
    """Names of contracts, or what stands for several."""
    accepted: bool = False
    """True for their accepted topics; without the gate, the public ones take their place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KafkaClient:
    """A service or command that a principal of Kafka runs."""

    name: str
    """Its name in the principal's."""
    task: str
    """Command or purpose."""
    uses: tuple[Use, ...]
    """Its operations on topics."""
    groups: Mapping[str, Operation] = field(default_factory=dict)
    """Consumer group that it joins, commits for or describes -> operation."""
    group_prefix: str = ""
    """Begin of the consumer groups that it may choose itself."""
    transactional_id: str = ""
    """Its transactional id, if it has one."""
    transactions: frozenset[str] = frozenset()
    """Contracts whose topics begin its transactional ids, with delivery exactly once."""


def _topics(*names: str) -> frozenset[str]:
    return frozenset(names)


def _like_participant(name: str) -> tuple[Use, ...]:
    """Return what a participant of the data flow reads and writes."""
    (one,) = (each for each in PARTICIPANTS if each.name == name)
    uses = (Use(READ, one.reads), Use(WRITE, one.writes))
    return tuple(use for use in uses if use.contracts)


APPLY = KafkaClient(
    name="apply",
    task="`contracts plan`, `contracts apply`",
    uses=tuple(
        Use(operation, names, accepted)
        for operation in CONFIGURE
        for names, accepted in ((_topics(ALL), False), (_topics(GATED), True))
    ),
    groups={GATE_GROUP: DESCRIBE, CONVERSION_GROUP: DESCRIBE},
)
SERVICES = (
    KafkaClient(
        name="gate",
        task="`gate`",
        uses=(
            Use(READ, _topics(GATED)),
            Use(WRITE, _topics(GATED), accepted=True),
            Use(Operation.DESCRIBE_CONFIGS, _topics(GATED), accepted=True),
            Use(WRITE, _topics("QuarantinedRecord", "GateLimits")),
        ),
        groups={GATE_GROUP: READ},
    ),
    KafkaClient(
        name="job",
        task="`flink.job`",
        uses=(
            Use(READ, _topics(EVENTS), accepted=True),
            Use(READ, _topics("GateLimits", VERSIONED, "LedgerEntry")),
            Use(WRITE, _topics(PUBLISHED)),
        ),
        groups={JOB_GROUP: READ},
        transactions=_topics(PUBLISHED),
    ),
    KafkaClient(
        name="converter",
        task="`flink.convert`",
        uses=(Use(READ, _topics(PAIRED), accepted=True), Use(WRITE, _topics(PAIRED))),
        groups={CONVERSION_GROUP: READ},
    ),
    KafkaClient(
        name="views",
        task="`views`",
        uses=(
            *_like_participant("views"),
            Use(Operation.DESCRIBE_CONFIGS, _like_participant("views")[0].contracts),
            Use(DESCRIBE, _topics(EVENTS), accepted=True),
        ),
        groups={JOB_GROUP: DESCRIBE, GATE_GROUP: DESCRIBE},
    ),
    KafkaClient(
        name="dashboard",
        task="`dashboard`",
        uses=(
            *_like_participant("dashboard"),
            Use(DESCRIBE, _topics(GATED)),
            Use(DESCRIBE, _topics(EVENTS), accepted=True),
        ),
        groups={JOB_GROUP: DESCRIBE, GATE_GROUP: DESCRIBE},
    ),
    KafkaClient(
        name="replenisher",
        task="`producers replenish`",
        uses=_like_participant("replenisher"),
    ),
    KafkaClient(
        name="simulator",
        task="`producers simulate`",
        uses=_like_participant("simulator"),
    ),
    KafkaClient(
        name="replay",
        task="`producers replay`",
        uses=(
            *_like_participant("replay"),
            Use(READ, _topics("ReplenishmentOrder", "Transfer"), accepted=True),
        ),
    ),
    KafkaClient(
        name="tills",
        task="producers of your own",
        uses=(Use(WRITE, _topics(GATED) | FACTS),),
    ),
    KafkaClient(
        name="audit",
        task="`audit`",
        uses=(*_like_participant("audit"), Use(DESCRIBE, _topics(EVENTS), accepted=True)),
        groups={GATE_GROUP: DESCRIBE},
    ),
    KafkaClient(
        name="backup",
        task="`backup create`",
        uses=tuple(
            Use(operation, names, accepted)
            for operation in (READ, Operation.DESCRIBE_CONFIGS)
            for names, accepted in (
                (_topics(GATED, "GateLimits", "InventoryLevel") | FACTS | QUARANTINE, False),
                (_topics(GATED), True),
            )
        ),
        groups={GATE_GROUP: DESCRIBE, CONVERSION_GROUP: DESCRIBE},
    ),
    KafkaClient(
        name="quarantine",
        task="`gate quarantine list`, `show`",
        uses=(Use(READ, QUARANTINE),),
    ),
    KafkaClient(
        name="redrive",
        task="`gate quarantine redrive`",
        uses=(Use(READ, QUARANTINE), Use(WRITE, _topics(GATED, "Redrive"))),
        transactional_id=REDRIVE_ID,
    ),
)


def clients(consumers: Iterable[Consumer] = (), *, of_pipeline: bool = True) -> list[KafkaClient]:
    """Return every client: apply, the services, other teams' consumers.

    of_pipeline: False for contracts of another folder, which the services do not know.
    """
    return [APPLY, *(SERVICES if of_pipeline else ()), *map(_team, consumers)]


def _team(consumer: Consumer) -> KafkaClient:
    name = re.sub(r"[^a-z0-9._-]+", "-", consumer.team.lower())
    return KafkaClient(
        name=name,
        task=f"consumers of {consumer.team}",
        uses=(Use(READ, _topics(consumer.contract)),),
        group_prefix=name,
    )


def stand_for(contract: Contract) -> set[str]:
    """Return the names that stand for a contract in a Use."""
    names = names_of(contract) | {ALL, contract.stem}
    if contract.flink == "sink":
        names.add(PUBLISHED)
        if any(each.name == "generation" for each in contract.fields):
            names.add(VERSIONED)
    return names | {PAIRED} if contract.paired else names
