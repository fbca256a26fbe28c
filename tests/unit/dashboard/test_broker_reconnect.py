"""A broker that is gone costs little: it is tried about once a second."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from connect.errors import UserError
from connect.settings import Settings
from dashboard.pipeline import observer, watch
from tests.support.patience import until

TRIES = 2
"""Maximum number in a second, after the first one; by default there are twenty."""


@contextmanager
def no_broker() -> Iterator[str]:
    """Listen where nothing speaks Kafka; yield the address.

    Checks the number of tries at the end.
    """
    tries, begun = [0], time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def refuse() -> None:
            with suppress(OSError):
                while True:
                    listening.accept()[0].close()
                    tries[0] += 1

        threading.Thread(target=refuse, daemon=True).start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        # A client that had no processor has not tried within the time that its caller waits.
        until(lambda: tries[0])
        listening.shutdown(socket.SHUT_RDWR)
    # A busy machine takes longer than the two seconds for which an answer is awaited.
    assert 1 <= tries[0] <= 1 + TRIES * max(2, time.monotonic() - begun)


def test_the_watch_tries_a_broker_that_is_gone_about_once_a_second() -> None:
    with no_broker() as address, pytest.raises(UserError):
        watch.known_cluster(Settings(kafka=address))


def test_the_observer_tries_a_broker_that_is_gone_about_once_a_second() -> None:
    with (
        no_broker() as address,
        observer._admin(Settings(kafka=address)).client() as client,
        suppress(Exception),
    ):
        client.list_topics(timeout=1)
