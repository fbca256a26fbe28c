"""Records to the bytes that Kafka carries, and back.

The format is Confluent's: a zero byte, the schema id (4 bytes, big-endian), then the
Avro binary encoding (Avro 1.12 specification, "Binary Encoding"). Its two ends are the
registry's id of a schema's text and the text of an id; both are asked for once and kept.
"""

import struct
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from schemas.avro import projection
from schemas.avro.projection import Step
from schemas.avro.skip import UnreadableSchemaError
from schemas.record import Record
from schemas.violations import ContractViolationError

MAGIC = 0
HEADER = struct.Struct(">bI")

IdOf = Callable[[str, str], int]
"""(subject, schema text) -> the registry's id of it."""
TextOf = Callable[[int], str]
"""schema id -> the text that was registered under it."""


class DecodeError(ValueError):
    """Bytes that are no record of the expected contract; the text says why."""


class SchemaMismatchError(DecodeError):
    """They were written by a schema that cannot become the contract."""


class TimestampRangeError(DecodeError):
    """A time outside of the years 1 to 9999."""


class TrailingBytesError(DecodeError):
    """They go on after the record."""


class Encoder:
    """Turns records into message keys and values."""

    def __init__(self, id_of: IdOf) -> None:
        self._id_of = id_of
        self._headers: dict[type[Record], tuple[bytes, bytes]] = {}

    def value(self, record: Record) -> bytes:
        """The message value. Raises ContractViolationError for an invalid record."""
        record.validate()
        try:
            return self._header(type(record))[1] + record.to_avro()
        except UnicodeEncodeError as error:
            raise ContractViolationError(
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
        self._steps: dict[int, list[Step]] = {}
        self._foreign: dict[int, str] = {}

    def value(self, data: bytes) -> R:
        """The record, not validated. Raises DecodeError for anything else than one record.

        What `text_of` raises passes through: who does not know the schema cannot judge the bytes.
        """
        steps = self._steps_of(data)
        record = self._kind.__new__(self._kind)
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
            raise DecodeError(f"no {self._kind.__name__}: {name}: {error}") from None
        if at > len(data):
            raise DecodeError(f"no {self._kind.__name__}: the bytes end before {name} does")
        if at < len(data):
            raise TrailingBytesError(f"{len(data) - at} bytes are left over after the record")
        return record

    def readable(self, data: bytes) -> dict[str, Any]:
        """Decode the fields before the first that cannot be read, in the writer's order."""
        names = {field.name for field in self._kind.FIELDS}
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
        if len(data) < HEADER.size:
            raise DecodeError(f"{len(data)} bytes are too short for a schema id and a record")
        magic, schema_id = HEADER.unpack_from(data)
        if magic != MAGIC:
            raise DecodeError(f"the first byte is {magic & 255}, not {MAGIC}")
        known = self._steps.get(schema_id)
        return self._resolved(schema_id) if known is None else known

    def _resolved(self, schema_id: int) -> list[Step]:
        """The steps for a schema; one that cannot be read is known as such from then on."""
        if schema_id not in self._foreign:
            text = self._text_of(schema_id)
            try:
                made = self._steps[schema_id] = projection.steps(self._kind, text)
                return made
            except (UnreadableSchemaError, RecursionError) as error:
                self._foreign[schema_id] = f"schema {schema_id} {error}"
        raise SchemaMismatchError(self._foreign[schema_id])
