"""The ports of `make up`, checked before its packages are installed.

A script of the standard library alone. It repeats the defaults of the settings; `stack.ports`
checks again what really is started.
"""

import errno
import os
import socket
import sys

PREFIX = "INVENTORY_"
PORTS = {
    "KAFKA": (9092, 2),
    "REGISTRY": (8085, 2),
    "FLINK": (8081, 1),
    "DASHBOARD": (8501, 1),
    "STATUS": (9410, 7),
}
"""The first port of each service by default, and their number."""


def refusal(host: str, port: int) -> OSError | None:
    """Return the error with which a process could not listen on the port now; None: it could."""
    with socket.socket() as probe:
        # As servers do: connections in TIME_WAIT do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None


def sentence(host: str, service: str) -> str:
    """Name the first port of a service that is taken; "" if it can listen, or runs elsewhere."""
    if os.environ.get(PREFIX + service, "local") not in ("", "local"):
        return ""
    variable = f"{PREFIX}{service}_PORT"
    default, count = PORTS[service]
    first = int(os.environ.get(variable, default))
    for port in range(first, first + count):
        error = refusal(host, port)
        if error is not None and error.errno == errno.EADDRINUSE:
            return (
                f"Port {port} is taken by another program: end it, or set {variable} to another "
                "port."
            )
    return ""


def main() -> None:
    """End with the sentences of the ports that are taken; leave other mistakes to `stack`."""
    host = os.environ.get(f"{PREFIX}HOST", "127.0.0.1")
    try:
        taken = [each for each in (sentence(host, service) for service in PORTS) if each]
    except (ValueError, OverflowError):
        return
    if taken:
        sys.exit("\n".join(f"Error: {each}" for each in taken))


if __name__ == "__main__":
    main()
