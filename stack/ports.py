"""TCP ports: checks, free ports and their current owners."""

import random

import psutil

from connect.errors import UserError
from stack.early_ports import refusal
from stack.process import Port

FREE_RANGE = (20_000, 32_000)
"""Below the ephemeral ports, from which systems take the ports of outgoing connections."""


def is_free(host: str, port: int) -> bool:
    """True if a process could listen on the port now."""
    return refusal(host, port) is None


def check(host: str, ports: list[Port]) -> None:
    """Raise UserError for the first port that is taken."""
    for port in ports:
        if not is_free(host, port.number):
            raise UserError(
                f"Port {port.number}, for {port.use}, is taken by {_holder(port.number)}: "
                f"end it, or set {port.moved_by} to another port."
            )


def free(host: str, count: int = 1) -> int:
    """The first of `count` consecutive ports that are free now."""
    for _ in range(1000):
        first = random.randrange(*FREE_RANGE)
        if all(is_free(host, first + offset) for offset in range(count)):
            return first
    raise UserError(f"No {count} free ports were found on {host}.")


def _holder(port: int) -> str:
    try:
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN
            if listens and port in connection.laddr and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except psutil.Error:
        pass
    return "another program (of another user, its name is not visible)"
