"""Gates as processes, as members of their group, and their commands."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from connect import kafka
from connect.kafka import GATE_GROUP
from stack.runtime import Stack


def start(stack: Stack, name: str = "gate-1") -> subprocess.Popen[bytes]:
    """Start a gate and wait until it reports that it is open: before, SIGTERM would kill it."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "gate", "--name", name],
        env=stack.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        bufsize=0,
    )
    assert process.stdout is not None
    output = process.stdout.readline()
    assert output.endswith(f" INFO    gate: The gate {name!r} is open.\n".encode()), output
    return process


@contextmanager
def gate(stack: Stack) -> Iterator[None]:
    process = start(stack)
    try:
        yield
    finally:
        process.send_signal(signal.SIGCONT)
        process.terminate()
        output, _ = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert b"Traceback" not in output


def members(stack: Stack) -> dict[str, int]:
    """Return the number of partitions of each gate."""
    admin = kafka.admin(stack.settings)
    described = admin.describe_consumer_groups([GATE_GROUP])[GATE_GROUP]
    return {
        member.group_instance_id: len(member.assignment.topic_partitions)
        for member in described.result(10).members
    }


def command(stack: Stack, *arguments: str, code: int = 0) -> str:
    ended = stack.run("gate", "quarantine", *arguments, timeout=120)
    # No read model runs here, as `list` and `show` report first.
    lines = [line for line in ended.stderr.splitlines(True) if "is read from Kafka." not in line]
    output = ended.stdout + "".join(lines)
    assert ended.returncode == code, output
    assert "Traceback" not in output
    if code:
        assert output.count("\n") == 1
        assert output.startswith("Error: ")
    return output
