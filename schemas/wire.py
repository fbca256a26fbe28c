"""Records to Kafka messages and back, in Confluent's wire format.

A message is a zero byte, the schema id (4 bytes, big-endian) and the Avro binary encoding (Avro
1.12 specification, "Binary Encoding"). Schema ids, and schemas by id, are looked up once.
"""

import struct
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from operator import attrgetter
from typing import Any, Generic, TypeVar

from schemas.avro import column_encoder, projection
from schemas.avro.column_encoder import ColumnEncoder
from schemas.avro.projection import Step
from schemas.avro.skip import UnreadableSchemaError
from schemas.record import Record
from schemas.violations import ContractViolationError

MAGIC = 0
HEADER = struct.Struct(">bI")

IdOf = Callable[[str, str], int]
"""(subject, schema) -> schema id in the registry."""
TextOf = Callable[[int], str]
"""Schema id -> schema."""


class DecodeError(ValueError):
    """Bytes that are no record of the expected contract; the message has the reason."""


class SchemaMismatchError(DecodeError):
    """The writer's schema cannot be read as the contract."""


class TimestampRangeError(DecodeError):
    """A time outside of the years 1 to 9999."""


class TrailingBytesError(DecodeError):
    """Bytes are left over after the record."""


class Encoder:
    """Encodes records as message keys and values."""

    def __init__(self, id_of: IdOf) -> None:
        self._id_of = id_of
        self._headers: dict[type[Record], tuple[bytes, bytes]] = {}

    def value(self, record: Record) -> bytes:
        """Encode the message value. Raises ContractViolationError for an invalid record."""
        record.validate()
        try:
            return self._header(type(record))[1] + record.to_avro()
        except UnicodeEncodeError as error:
            raise ContractViolationError(
                "text", "characters that UTF-8 can encode", error.object
            ) from None

    def key(self, record: Record) -> bytes:
        """Encode the message key of a valid record; equal keys are equal bytes."""
        return self._header(type(record))[0] + record.key_to_avro()

    def batch(
        self, record_type: type[Record], records: Sequence[Record]
    ) -> Iterator[tuple[bytes, bytes]]:
        """Yield the message key and value of valid records of one contract.

        Field by field, which halves the time for records whose times and decimals recur.
        """
        columns = {
            name: encode(list(map(attrgetter(name), records)))
            for name, encode in _column_encoders(record_type)
        }
        key, value = ([header] * len(records) for header in self._header(record_type))
        keys = zip(key, *map(columns.__getitem__, record_type.KEY), strict=True)
        return zip(
            map(b"".join, keys),
            map(b"".join, zip(value, *columns.values(), strict=True)),
            strict=True,
        )

    def _header(self, record_type: type[Record]) -> tuple[bytes, bytes]:
        headers = self._headers.get(record_type)
        if headers is None:
            headers = self._headers[record_type] = (
                HEADER.pack(MAGIC, self._id_of(record_type.KEY_SUBJECT, record_type.KEY_SCHEMA)),
                HEADER.pack(MAGIC, self._id_of(record_type.VALUE_SUBJECT, record_type.SCHEMA)),
            )
        return headers


@cache
def _column_encoders(record_type: type[Record]) -> list[tuple[str, ColumnEncoder]]:
    return [(field.name, column_encoder.of(field)) for field in record_type.FIELDS]


R = TypeVar("R", bound=Record)


class Decoder(Generic[R]):
    """Decodes message values of one contract, whichever version of its schema wrote them."""

    def __init__(self, record_type: type[R], text_of: TextOf) -> None:
        self._record_type = record_type
        self._text_of = text_of
        self._key_reads = projection.key_reads(record_type)
        self._steps: dict[bytes, list[Step]] = {}
        """Steps by the header of the message."""
        self._same: set[bytes] = set()
        """Headers of messages whose schema has the contract's fields, in its order."""
        self._mismatches: dict[bytes, str] = {}
        """Reasons why a schema is none of the contract's, by the header of the message."""

    def value(self, data: bytes) -> R:
        """Decode a record, without validation. Raises DecodeError for bytes that are not one.

        Errors of `text_of` propagate: without the schema, the bytes cannot be judged.
        """
        if data[: HEADER.size] in self._same:
            try:
                record, at = self._record_type.from_avro(data, HEADER.size)
                if at == len(data):
                    return record
            except (IndexError, ValueError, OverflowError):
                pass  # The steps name the field.
        steps = self._steps_of(data)
        record_type = self._record_type
        record = record_type.__new__(record_type)
        at, name = HEADER.size, ""
        try:
            for name, read, put in steps:  # noqa: B007 - the error below names it
                value, at = read(data, at)
                put(record, value)
        except IndexError:
            at = len(data) + 1
        except OverflowError:
            raise TimestampRangeError(f"{name}: a time outside of the years 1 to 9999") from None
        except (ValueError, RecursionError) as error:
            raise DecodeError(f"no {record_type.__name__}: {name}: {error}") from None
        if at > len(data):
            raise DecodeError(f"no {record_type.__name__}: the bytes end before {name} does")
        if at < len(data):
            raise TrailingBytesError(f"{len(data) - at} bytes are left over after the record")
        return record

    def key(self, data: bytes) -> tuple[Any, ...]:
        """Decode a message key. Raises DecodeError for bytes that are not one."""
        _schema_id(data)
        at, values = HEADER.size, []
        try:
            for read in self._key_reads:
                value, at = read(data, at)
                values.append(value)
        except (IndexError, ValueError, OverflowError) as error:
            raise DecodeError(f"no key of {self._record_type.__name__}: {error}") from None
        if at != len(data):
            raise DecodeError(f"no key of {self._record_type.__name__}: {len(data)} bytes")
        return tuple(values)

    def readable(self, data: bytes) -> dict[str, Any]:
        """Decode the fields before the first that cannot be read, in the writer's order."""
        names = {field.name for field in self._record_type.FIELDS}
        values: dict[str, Any] = {}
        at = HEADER.size
        try:
            for name, read, _ in self._steps_of(data):
                value, at = read(data, at)
                if at > len(data):
                    break
                if name in names:
                    values[name] = value
        except (IndexError, ValueError, OverflowError, RecursionError):
            pass
        return values

    def _steps_of(self, data: bytes) -> list[Step]:
        """Return the steps for a message's schema; a mismatch is cached, too."""
        schema_id = _schema_id(data)
        header = data[: HEADER.size]
        if header in self._steps:
            return self._steps[header]
        if header not in self._mismatches:
            text = self._text_of(schema_id)
            try:
                steps = self._steps[header] = projection.steps(self._record_type, text)
                if projection.is_same(self._record_type, text):
                    self._same.add(header)
                return steps
            except (UnreadableSchemaError, RecursionError) as error:
                self._mismatches[header] = f"schema {schema_id} {error}"
        raise SchemaMismatchError(self._mismatches[header])


def _schema_id(data: bytes) -> int:
    if len(data) < HEADER.size:
        raise DecodeError(f"{len(data)} bytes are too short for a schema id and a record")
    magic, schema_id = HEADER.unpack_from(data)
    if magic != MAGIC:
        raise DecodeError(f"the first byte is {magic & 255}, not {MAGIC}")
    return int(schema_id)
