"""Questions about a consumer group, for which a broker may have to begin to look after it."""

from collections.abc import Callable
from time import monotonic, sleep
from typing import TypeVar

from confluent_kafka import KafkaError, KafkaException

Answer = TypeVar("Answer")
RETRY_SECONDS = 0.1
BEGINNING = (
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
)
"""Answers of a broker that has just begun to look after a group."""


def once_begun(ask: Callable[[], Answer], seconds: float) -> Answer:
    """Return what `ask` returns, and repeat it while the group has no coordinator yet.

    seconds: time after which it is not repeated. Raises KafkaException.
    """
    until = monotonic() + seconds
    while True:
        try:
            return ask()
        except KafkaException as error:
            if error.args[0].code() not in BEGINNING or monotonic() > until:
                raise
        sleep(RETRY_SECONDS)
