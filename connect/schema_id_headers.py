"""Schema ids in message headers, as the serialisers of Confluent Platform 8 can write them.

The header is a byte 0 and the id (4 bytes, big-endian), or a byte 1 and the schema's GUID (16
bytes). The value then begins with the record itself. Source: Confluent's documentation, "Schema ID
in headers".
"""

from collections.abc import Callable
from uuid import UUID

from connect.message_headers import Headers
from schemas.wire import HEADER, MAGIC

VALUE_ID = "__value_schema_id"
KEY_ID = "__key_schema_id"
WITH_GUID = 1


class SchemaIdHeaderError(ValueError):
    """A header that is no schema id, or several that differ."""


def framed(value: bytes, headers: Headers | None, id_of: Callable[[str], int]) -> bytes:
    """Return the value with its schema id in front, as the wire format has it.

    id_of: GUID → schema id; its errors pass through. Raises SchemaIdHeaderError.
    """
    ids = {data or b"" for name, data in headers or () if name == VALUE_ID}
    if len(ids) > 1:
        # A relay that copies headers adds its own. Java's readers take the last of them.
        raise SchemaIdHeaderError(
            f"header {VALUE_ID}: expected one schema id, got {len(ids)} that differ"
        )
    return HEADER.pack(MAGIC, _schema_id(ids.pop(), id_of)) + value if ids else value


def without_ids(headers: Headers) -> Headers:
    """Return the other headers."""
    return [header for header in headers if header[0] not in (VALUE_ID, KEY_ID)]


def _schema_id(data: bytes, id_of: Callable[[str], int]) -> int:
    if len(data) == HEADER.size and data[0] == MAGIC:
        return int.from_bytes(data[1:], "big")
    if len(data) == 17 and data[0] == WITH_GUID:
        return id_of(str(UUID(bytes=data[1:])))
    raise SchemaIdHeaderError(
        f"header {VALUE_ID}: expected a byte 0 and an id of 4 bytes, or a byte 1 and a GUID of 16, "
        f"got {data[:40].hex(' ') or 'no bytes'}"
    )
