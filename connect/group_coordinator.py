"""Questions about a consumer group, for which a broker may have to begin to look after it.

librdkafka (2.16) aborts the process when such a question has timed out in it and the group's broker
comes back later: it then uses memory of the question that it has freed. So there a question never
times out, and `answered` limits the wait for its answer.
"""

from collections.abc import Callable
from concurrent.futures import Future
from time import monotonic, sleep
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

Answer = TypeVar("Answer")
NEVER_SECONDS = 3600.0
"""`request_timeout` of each question about a group: the longest that librdkafka takes."""
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


def answered(answer: "Future[Answer]", seconds: float) -> Answer:
    """Return the answer to a question. Raises KafkaException, also when it takes longer."""
    try:
        return answer.result(seconds)
    except TimeoutError:
        silent = KafkaError(KafkaError._TIMED_OUT, f"no answer for {seconds:.0f} s")
        raise KafkaException(silent) from None


def described(client: AdminClient, group: str, seconds: float, **options: Any) -> Any:
    """Return Kafka's description of a group; options: of the question.

    Raises KafkaException, also when the answer takes longer.
    """
    answers = client.describe_consumer_groups([group], request_timeout=NEVER_SECONDS, **options)
    return answered(answers[group], seconds)
