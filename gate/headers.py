"""Message headers as bytes, and back.

The layout is that of Kafka's record format (version 2): the number of headers, then for each the
length of its name, the name in UTF-8, the length of its value (-1 for null) and the value; every
number is a zig-zag varint. Source: Kafka's documentation, "Record Header".
"""

from connect.message_headers import Headers
from schemas.avro.decode import long
from schemas.avro.encode import varint


def encode(headers: Headers) -> bytes:
    parts = [varint(len(headers))]
    for name, value in headers:
        written = name.encode()
        parts += [varint(len(written)), written]
        parts += [varint(-1)] if value is None else [varint(len(value)), value]
    return b"".join(parts)


def size_with_headers(key: bytes, value: bytes, headers: Headers | None) -> int:
    """Return the bytes of a record's key, value and headers, as Kafka writes these."""
    return len(key) + len(value) + (len(encode(headers)) if headers else 0)


def decode(data: bytes) -> list[tuple[str, bytes | None]]:
    """Return the headers that encode() wrote; data must not be truncated."""
    headers: list[tuple[str, bytes | None]] = []
    number, at = long(data, 0)
    for _ in range(number):
        size, at = long(data, at)
        name = data[at : at + size].decode()
        at += size
        size, at = long(data, at)
        headers.append((name, data[at : at + size] if size >= 0 else None))
        at += max(size, 0)
    return headers
