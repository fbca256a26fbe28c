"""A record that Kafka refuses is named with what helps."""

import pytest
from confluent_kafka import KafkaError

from connect.kafka_producer import RecordRefusedError


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (KafkaError.INVALID_TIMESTAMP, "set the clock of this machine, which is ahead of"),
        (KafkaError.TOPIC_AUTHORIZATION_FAILED, "check that the topic exists and that this client"),
    ],
)
def test_a_clock_that_is_ahead_is_named_and_no_right(code: int, remedy: str) -> None:
    error = RecordRefusedError("gate-limits", KafkaError(code))
    assert error.message.startswith("Kafka does not accept a record for gate-limits (Broker: ")
    assert f": {remedy}" in error.message
