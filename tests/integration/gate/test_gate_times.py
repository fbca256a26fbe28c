"""Clocks of producers on a real Kafka: only the broker's time decides."""

from datetime import UTC, datetime, timedelta

import pytest
from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME

from schemas.generated import Shipment
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support.gate_messages import ACCEPTED, Sender, everything, id_of, quarantined
from tests.support.gate_process import gate
from tests.support.patience import until
from tests.support.poisons import good

pytestmark = pytest.mark.slow
NOW = datetime.now(UTC).replace(microsecond=0)
SECONDS = int(NOW.timestamp())
CLOCKS = {
    "in seconds": SECONDS,
    "two hours ahead": 1000 * (SECONDS + 7_200),
    "a mirror's of last year": 1000 * (SECONDS - 365 * 86_400),
    "none": 0,
}


def test_a_sale_is_accepted_whatever_timestamp_its_producer_sets(stack: Stack) -> None:
    encoder = Encoder(id_of(stack))
    sender = Sender(stack)
    record = good(Shipment, NOW)
    for name, timestamp in CLOCKS.items():
        sender.send(
            name, Shipment.TOPIC, encoder.key(record), encoder.value(record), timestamp=timestamp
        )
    sender.flush()
    accepted = ACCEPTED[Shipment.TOPIC]
    with gate(stack):
        until(lambda: len(everything(stack, accepted)) >= len(CLOCKS))
    assert not quarantined(stack)
    for message in everything(stack, accepted):
        kind, milliseconds = message.timestamp()
        assert kind == TIMESTAMP_LOG_APPEND_TIME
        written = datetime.fromtimestamp(milliseconds / 1000, UTC)
        assert abs(written - datetime.now(UTC)) < timedelta(minutes=5)
