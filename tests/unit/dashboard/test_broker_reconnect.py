"""A broker that is gone costs little: it is tried about once a second."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from connect.errors import UserError
from connect.settings import Settings
from dashboard.pipeline import observer, watch

TRIES = 4
"""Maximum number in the two seconds for which an answer is awaited; by default there are more."""


@contextmanager
def no_broker() -> Iterator[tuple[str, list[int]]]:
    """Listen where nothing speaks Kafka; yield the address and the number of tries so far."""
    tries = [0]
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            with suppress(OSError):
                while True:
                    listening.accept()[0].close()
                    tries[0] += 1

        threading.Thread(target=refuse, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}", tries
        listening.shutdown(socket.SHUT_RDWR)


def test_the_watch_tries_a_broker_that_is_gone_about_once_a_second() -> None:
    with no_broker() as (address, tries):
        with pytest.raises(UserError):
            watch.known_cluster(Settings(kafka=address))
        assert 1 <= tries[0] <= TRIES


def test_the_observer_tries_a_broker_that_is_gone_about_once_a_second() -> None:
    with no_broker() as (address, tries):
        with observer._admin(Settings(kafka=address)).client() as client, suppress(Exception):
            client.list_topics(timeout=1)
        assert 1 <= tries[0] <= TRIES
