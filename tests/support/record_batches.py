"""Record batches as Kafka's record format (version 2) writes them, sent by the plain protocol.

Clients refuse to write some of what a broker takes, such as a header's name that is not UTF-8.
"""

import socket
import struct
import zlib
from collections.abc import Sequence
from typing import NamedTuple

import pyarrow
from confluent_kafka.admin import AdminClient

NONE, GZIP, SNAPPY, LZ4, ZSTD = range(5)
"""Codecs, by their number in a batch."""
LZ4_HEADER = bytes.fromhex("04224d18604082")
"""Magic, flags, block size and the checksum of both, as Kafka's Java client writes them."""
PRODUCE, VERSION = 0, 7
CRC_OF_BYTE = []
for _number in range(256):
    for _ in range(8):
        _number = _number >> 1 ^ (0x82F63B78 if _number & 1 else 0)
    CRC_OF_BYTE.append(_number)
"""CRC-32C of each byte."""


class RawRecord(NamedTuple):
    """A record of a batch."""

    value: bytes | None
    key: bytes | None = None
    headers: Sequence[tuple[bytes, bytes | None]] = ()


def number(value: int) -> bytes:
    """Return a zig-zag varint."""
    rest = value << 1 if value >= 0 else (-value << 1) - 1
    encoded = bytearray()
    while rest > 127:
        encoded.append(rest & 127 | 128)
        rest >>= 7
    return bytes((*encoded, rest))


def sized(data: bytes | None) -> bytes:
    return number(-1) if data is None else number(len(data)) + data


def records(raw: Sequence[RawRecord]) -> bytes:
    """Return the records of a batch, not compressed."""
    encoded = []
    for delta, record in enumerate(raw):
        headers = b"".join(sized(name) + sized(value) for name, value in record.headers)
        body = b"\0" + number(0) + number(delta) + sized(record.key) + sized(record.value)
        encoded.append(sized(body + number(len(record.headers)) + headers))
    return b"".join(encoded)


def batch(data: bytes, count: int, time: int, codec: int = NONE) -> bytes:
    """Return the batch of `count` records; data: compressed by the codec."""
    after_crc = struct.pack(">hiqqqhii", codec, count - 1, time, time, -1, -1, -1, count) + data
    body = struct.pack(">ibI", -1, 2, crc32c(after_crc)) + after_crc
    return struct.pack(">qi", 0, len(body)) + body


def gzipped(raw: Sequence[RawRecord]) -> bytes:
    return gzip(records(raw))


def gzip(data: bytes) -> bytes:
    compressor = zlib.compressobj(9, wbits=31)
    return compressor.compress(data) + compressor.flush()


def lz4(data: bytes) -> bytes:
    """Return a frame of independent blocks of 64 KiB: the broker's Java reads no others."""
    parts = [LZ4_HEADER]
    for at in range(0, len(data), 65_536):
        block = pyarrow.compress(data[at : at + 65_536], "lz4_raw", asbytes=True)
        parts += [struct.pack("<I", len(block)), block]
    return b"".join((*parts, bytes(4)))


def crc32c(data: bytes) -> int:
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ CRC_OF_BYTE[(crc ^ byte) & 255]
    return crc ^ 0xFFFFFFFF


def send(servers: str, topic: str, partition: int, sealed: bytes) -> int:
    """Append a batch to a partition of a topic, and return its first offset."""
    metadata = AdminClient({"bootstrap.servers": servers}).list_topics(topic, timeout=10)
    leader = metadata.brokers[metadata.topics[topic].partitions[partition].leader]
    name = topic.encode()
    request = (
        struct.pack(">hhih", PRODUCE, VERSION, 1, -1)
        + struct.pack(">hhii", -1, -1, 30_000, 1)
        + struct.pack(">h", len(name))
        + name
        + struct.pack(">iii", 1, partition, len(sealed))
        + sealed
    )
    with socket.create_connection((leader.host, leader.port), timeout=60) as connection:
        connection.sendall(struct.pack(">i", len(request)) + request)
        answer = connection.makefile("rb")
        (size,) = struct.unpack(">i", answer.read(4))
        body = answer.read(size)
    at = 4 + 4 + 2 + len(name) + 4 + 4
    error, offset = struct.unpack_from(">hq", body, at)
    assert error == 0, f"the broker answers with error {error}"
    return int(offset)
