"""A proxy that counts the bytes from a server to its clients, as the network carries them."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

BLOCK = 65_536


class CountingProxy:
    """Passes connections on to a server."""

    def __init__(self, server: str, listening: socket.socket) -> None:
        parts = urlsplit(server)
        self._server = str(parts.hostname), int(parts.port or 80)
        self._listening = listening
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        self.received = 0
        """Bytes from the server; the test may set it to 0."""

    def run(self) -> None:
        """Accept connections until the listening socket is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                _start(_copy, client, server, lambda _: None)
                _start(_copy, server, client, self._count)

    def _count(self, number: int) -> None:
        self.received += number


def _copy(origin: socket.socket, target: socket.socket, count: Callable[[int], None]) -> None:
    with suppress(OSError), origin, target:
        while data := origin.recv(BLOCK):
            count(len(data))
            target.sendall(data)


def _start(function: Callable[..., None], *arguments: object) -> None:
    threading.Thread(target=function, args=arguments, daemon=True).start()


@contextmanager
def counting_proxy(server: str) -> Iterator[CountingProxy]:
    """Run a proxy in front of the server of an address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        proxy = CountingProxy(server, listening)
        _start(proxy.run)
        yield proxy
        listening.shutdown(socket.SHUT_RDWR)
