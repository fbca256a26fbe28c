"""The accepted topic of a contract: the gate copies the valid records of the public one into it."""

from connect.settings import ACCEPTED_PREFIX
from contracts.contract import Contract, Topic

CONFIG = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "message.timestamp.type": "LogAppendTime",
}
"""The job rebuilds its state from the accepted topics, for which it needs every record, and forgets
by the broker's time."""


def is_gated(contract: Contract) -> bool:
    """Return True if the gate reads the contract's topic, as schemas.generated.GATED does."""
    return contract.flink == "source" or contract.paired


def accepted_topic_of(contract: Contract) -> Topic:
    """Return the accepted topic; a record keeps its key and its partition."""
    public = contract.topic
    return Topic(
        name=ACCEPTED_PREFIX + public.name,
        key=public.key,
        partitions=public.partitions,
        config=CONFIG,
    )
