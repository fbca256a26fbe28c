"""A client that a question has timed out in is replaced, and no other."""

from itertools import count
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from connect.lasting_admin import LastingAdmin


def test_only_a_time_out_makes_it_open_another_client() -> None:
    numbers: Any = count()
    admin = LastingAdmin(lambda: next(numbers))
    refused, silent = KafkaError.GROUP_AUTHORIZATION_FAILED, KafkaError._TIMED_OUT
    for code, client in ((refused, 0), (silent, 0), (refused, 1)):
        with pytest.raises(KafkaException), admin.client() as lent:  # noqa: PT012
            assert lent == client  # type: ignore[comparison-overlap]
            raise KafkaException(KafkaError(code))
