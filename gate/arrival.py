"""The time of a record's arrival: the broker's, or else the gate's, and never a producer's."""

from confluent_kafka import TIMESTAMP_LOG_APPEND_TIME, Message

from connect.settings import LONGEST_WAIT_SECONDS


def arrival(message: Message, here: int) -> int:
    """Return the time in milliseconds since 1970. here: the same of the gate's clock.

    A record that has waited longer than LONGEST_WAIT_SECONDS for the gate counts as having arrived
    that long ago: the job keeps no event_id for longer.
    """
    kind, written = message.timestamp()
    if kind != TIMESTAMP_LOG_APPEND_TIME:
        return here
    return max(written, here - 1000 * LONGEST_WAIT_SECONDS)
