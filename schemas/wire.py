"""Records to the bytes that Kafka carries, and back.

The format is Confluent's: a zero byte, the schema id (4 bytes, big-endian), then the
Avro binary encoding (Avro 1.12 specification, "Binary Encoding"). Its two ends are the
registry's id of a schema's text and the text of an id; both are asked for once and kept.
"""

import json
import struct
from collections.abc import Callable
from functools import lru_cache
from io import BytesIO
from typing import Any, Generic, TypeVar, cast

from fastavro import parse_schema, schemaless_reader
from fastavro.types import Schema

from schemas.record import Record
from schemas.rules import ContractViolation

MAGIC = 0
HEADER = struct.Struct(">bI")

IdOf = Callable[[str, str], int]
"""(subject, schema text) -> the registry's id of it."""
TextOf = Callable[[int], str]
"""schema id -> the text that was registered under it."""


class DecodeError(ValueError):
    """Bytes that are no record of the expected contract; the text says why."""


class Encoder:
    """Turns records into message keys and values."""

    def __init__(self, id_of: IdOf) -> None:
        self._id_of = id_of
        self._headers: dict[type[Record], tuple[bytes, bytes]] = {}

    def value(self, record: Record) -> bytes:
        """The message value. Raises ContractViolation for a record that breaks its contract."""
        record.validate()
        try:
            return self._header(type(record))[1] + record.to_avro()
        except UnicodeEncodeError as error:
            raise ContractViolation(
                "text", "characters that UTF-8 can encode", error.object
            ) from None

    def key(self, record: Record) -> bytes:
        """The message key of a valid record: equal keys are equal bytes."""
        return self._header(type(record))[0] + record.key_to_avro()

    def _header(self, kind: type[Record]) -> tuple[bytes, bytes]:
        known = self._headers.get(kind)
        if known is None:
            known = self._headers[kind] = (
                HEADER.pack(MAGIC, self._id_of(f"{kind.TOPIC}-key", kind.KEY_SCHEMA)),
                HEADER.pack(MAGIC, self._id_of(f"{kind.TOPIC}-value", kind.SCHEMA)),
            )
        return known


R = TypeVar("R", bound=Record)


class Decoder(Generic[R]):
    """Turns message values of one contract into records, whichever version wrote them."""

    def __init__(self, kind: type[R], text_of: TextOf) -> None:
        self._kind = kind
        self._text_of = text_of
        self._reader = parsed(kind.SCHEMA)
        self._writers: dict[int, tuple[Schema, Schema | None]] = {}

    def value(self, data: bytes) -> R:
        """The record, not validated. Raises DecodeError for anything else than one record."""
        if len(data) < HEADER.size:
            raise DecodeError(f"{len(data)} bytes are too short for a schema id and a record")
        magic, schema_id = HEADER.unpack_from(data)
        if magic != MAGIC:
            raise DecodeError(f"the first byte is {magic}, not {MAGIC}")
        known = self._writers.get(schema_id)
        if known is None:
            known = self._writers[schema_id] = self._resolve(schema_id)
        buffer = BytesIO(data)
        buffer.seek(HEADER.size)
        try:
            values = schemaless_reader(buffer, known[0], known[1])
            record = self._kind.from_avro(cast(dict[str, Any], values))
        except Exception as error:
            raise DecodeError(f"no {self._kind.__name__}: {error!r}") from error
        if buffer.tell() != len(data):
            raise DecodeError(f"{len(data) - buffer.tell()} bytes are left over after the record")
        return record

    def _resolve(self, schema_id: int) -> tuple[Schema, Schema | None]:
        text = self._text_of(schema_id)
        writer = parsed(text)
        if _name(writer) != _name(self._reader):
            raise DecodeError(f"schema {schema_id} is {_name(writer)}, not {_name(self._reader)}")
        theirs, ours = _logical(text), _logical(self._kind.SCHEMA)
        for field in theirs.keys() & ours.keys():
            if theirs[field] != ours[field]:
                raise DecodeError(
                    f"schema {schema_id} writes {field} as {theirs[field]}, expected {ours[field]}"
                )
        return writer, None if writer == self._reader else self._reader


@lru_cache
def parsed(text: str) -> Schema:
    """A schema's text in the form in which fastavro works with it.

    Without its logical types: the records convert these themselves, exactly and faster.
    """
    return parse_schema(_stored(json.loads(text)))


def _stored(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_stored(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "logicalType" in schema:
        return schema["type"]
    return {word: _stored(part) for word, part in schema.items()}


def _logical(text: str) -> dict[str, list[tuple[Any, ...]]]:
    """What the bytes of each field mean beyond their type: logical type, precision and scale."""
    return {
        field["name"]: [
            tuple(part.get(word) for word in ("logicalType", "precision", "scale"))
            for part in (field["type"] if isinstance(field["type"], list) else [field["type"]])
            if isinstance(part, dict) and "logicalType" in part
        ]
        for field in json.loads(text)["fields"]
    }


def _name(schema: Schema) -> str:
    return str(schema["name"]) if isinstance(schema, dict) else str(schema)
