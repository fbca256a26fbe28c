"""A partition that loses its end, as after a power cut of its only broker."""

import struct

from connect.kafka import Partition
from schemas.generated import Shipment
from stack.runtime import Stack
from tests.support.patience import until

AT: Partition = (Shipment.TOPIC, 0)
LENGTHS = struct.Struct(">qi")
"""At the beginning of a batch: its first offset, and the bytes that follow."""
READ, KEPT, NEW = 20, 15, 30
"""Records before the power cut, those of them that were on disk, and those sent after it."""


def cut_power(stack: Stack, kept: int) -> None:
    """End the broker, and take from the partition's file the records from an offset on."""
    stack.supervisor.stop_process("kafka")
    until(lambda: stack.pid("kafka") is None)
    data = stack.settings.state / "kafka"
    (log,) = (data / f"{AT[0]}-{AT[1]}").glob("*.log")
    content, end = log.read_bytes(), 0
    while (begin := LENGTHS.unpack_from(content, end))[0] < kept:
        end += LENGTHS.size + begin[1]
    log.write_bytes(content[:end])
    for mark in ("recovery-point-offset-checkpoint", ".kafka_cleanshutdown"):
        (data / mark).unlink()
    stack.start("kafka")
    stack.wait("kafka")
