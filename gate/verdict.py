"""Validate one record: its bytes, its schema and its times decide, and no clock.

Times are compared with the record's Kafka timestamp, so that a record that is validated again
(after a crash, or in a rebuild years later) gets the same verdict.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from connect.registry import UnknownSchemaError
from connect.settings import Settings
from gate.headers import Headers
from gate.reasons import Reason, Refusal, shortened
from schemas.avro.encode import EPOCH, MILLISECOND, milliseconds
from schemas.record import Record
from schemas.violations import ContractViolationError
from schemas.wire import (
    HEADER,
    MAGIC,
    DecodeError,
    Decoder,
    SchemaMismatchError,
    TextOf,
    TimestampRangeError,
    TrailingBytesError,
)

LARGEST = 1_000_000
"""Bytes of key, value and headers; an accepted record fits any topic with Kafka's defaults."""
SHORTEST = HEADER.size + 1
FIRST = milliseconds(datetime(2000, 1, 1, tzinfo=UTC))
LAST = milliseconds(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
RECORDED = "recorded_at"
SIMPLE = {"null", "boolean", "int", "long", "float", "double", "bytes", "string", "enum", "fixed"}
"""Types of the fields of a flat record."""
DECODE_REASONS = {
    SchemaMismatchError: Reason.FOREIGN_SCHEMA,
    DecodeError: Reason.UNDECODABLE,
    TimestampRangeError: Reason.TIME,
    TrailingBytesError: Reason.LEFT_OVER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a record's times, relative to its Kafka timestamp."""

    horizon: timedelta
    """Largest age of recorded_at; 0: no limit."""
    ahead: timedelta
    """Time that an event may lie in the future, as clocks differ."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            horizon=timedelta(seconds=settings.dedup_seconds),
            ahead=timedelta(hours=settings.ahead_hours),
        )


class RecordValidator:
    """Validates the records of one public topic.

    key_id: the registry's id of the key's schema. text_of: see schemas.wire; raises
    UnknownSchemaError for an unknown id; its other errors pass through: there is no verdict then.
    """

    def __init__(
        self, record_type: type[Record], key_id: int, text_of: TextOf, limits: Limits
    ) -> None:
        self._decoder = Decoder(record_type, self._flat_schema)
        self._key_header = HEADER.pack(MAGIC, key_id)
        self._text_of = text_of
        self._horizon = limits.horizon // MILLISECOND
        self._ahead = limits.ahead // MILLISECOND
        self._past = tuple(filter(None, (record_type.EVENT_TIME, RECORDED)))
        self._planned = tuple(
            field.name
            for field in record_type.FIELDS
            if field.type == "timestamp-millis" and field.name not in self._past
        )

    def refusal(
        self, key: bytes | None, value: bytes | None, sent: int, headers: Headers | None = None
    ) -> Refusal | None:
        """Return None for a valid record; sent: its Kafka timestamp in milliseconds, -1: none."""
        try:
            if value is None:
                raise _RuleBrokenError(Reason.TOMBSTONE, "there is no value")
            _check_size(key, value, headers)
            if value[0] != MAGIC:
                raise _RuleBrokenError(
                    Reason.MAGIC, f"the first byte is {value[0]}, expected {MAGIC}"
                )
            record = self._decoder.value(value)
            self._check_times(record, sent)
            record.validate()
            if key != self._key_header + record.key_to_avro():
                raise _RuleBrokenError(Reason.KEY, self._key_sentence(key, record.key()))
        except _RuleBrokenError as error:
            return _refused(value, error.reason, str(error))
        except ContractViolationError as error:
            return _refused(value, Reason.CONTRACT, str(error))
        except DecodeError as error:
            return _refused(value, DECODE_REASONS[type(error)], str(error))
        return None

    def _flat_schema(self, schema_id: int) -> str:
        """Look up a schema; refuse one that cannot be a version of a contract."""
        try:
            schema = self._text_of(schema_id)
        except UnknownSchemaError:
            raise _RuleBrokenError(
                Reason.UNKNOWN_SCHEMA, f"the registry has no schema {schema_id}"
            ) from None
        if not is_flat(schema):
            raise _RuleBrokenError(
                Reason.FOREIGN_SCHEMA,
                f"schema {schema_id} has nested types, which no contract has",
            )
        return schema

    def _check_times(self, record: Record, sent: int) -> None:
        latest = sent + self._ahead
        for name in self._past:
            at = milliseconds(getattr(record, name))
            if not FIRST <= at <= latest:
                _check_range(name, at)
                raise _RuleBrokenError(
                    Reason.TIME,
                    f"{name}: {_time(at)} is more than {self._ahead / 3_600_000:g} h "
                    f"after the record arrived in Kafka, {_time(sent)}",
                )
        for name in self._planned:
            time = getattr(record, name)
            if time is not None:
                _check_range(name, milliseconds(time))
        if self._horizon and at < sent - self._horizon:
            raise _RuleBrokenError(
                Reason.TOO_LATE,
                f"{RECORDED}: {_time(at)} is more than "
                f"{self._horizon / 86_400_000:g} days before the record arrived in Kafka, "
                f"{_time(sent)}",
            )

    def _key_sentence(self, key: bytes | None, fields: tuple[object, ...]) -> str:
        expected = f"expected the key of {', '.join(map(repr, fields))}"
        if key is None:
            return f"{expected}, got none"
        header = self._key_header
        if key[: HEADER.size] != header:
            return (
                f"{expected} with the header {header.hex()}, "
                f"got {key[: HEADER.size].hex() or 'no bytes'}"
            )
        return f"{expected}, got {key[HEADER.size :]!r}"


class _RuleBrokenError(Exception):
    """A rule that the record breaks."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def size_of(headers: Headers) -> int:
    """Return the bytes of names and values."""
    return sum(len(name.encode()) + len(value or b"") for name, value in headers)


def schema_id_of(value: bytes | None) -> int | None:
    """Return the schema id in a value's header, None for a value without one."""
    if value is None or len(value) < HEADER.size or value[0] != MAGIC:
        return None
    return int.from_bytes(value[1 : HEADER.size], "big")


def _check_size(key: bytes | None, value: bytes, headers: Headers | None) -> None:
    if len(value) < SHORTEST:
        raise _RuleBrokenError(Reason.TOO_SHORT, f"it has {len(value)} bytes")
    size = len(value) + len(key or b"") + (size_of(headers) if headers else 0)
    if size > LARGEST:
        raise _RuleBrokenError(
            Reason.TOO_LARGE, f"it has {size:,} bytes, expected at most {LARGEST:,}"
        )


def _refused(value: bytes | None, reason: Reason, sentence: str) -> Refusal:
    return Refusal(reason, shortened(sentence), schema_id_of(value))


def _check_range(name: str, stored: int) -> None:
    if not FIRST <= stored <= LAST:
        raise _RuleBrokenError(
            Reason.TIME, f"{name}: {_time(stored)} is not within the years 2000 to 9999"
        )


def _time(stored: int) -> str:
    try:
        return (EPOCH + stored * MILLISECOND).isoformat(timespec="milliseconds")
    except OverflowError:
        return f"{stored} milliseconds since 1970"


def is_flat(schema: str) -> bool:
    """Return True for a record whose fields have simple types, as in every contract.

    Nested types can be as deep and as long as a sender likes: a few bytes may claim billions of
    nulls, and Java counts them all. Also True for text that is no schema: the decoder names that.
    """
    try:
        return all(_is_simple(field["type"]) for field in json.loads(schema)["fields"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return True


def _is_simple(field_type: Any) -> bool:
    if isinstance(field_type, list):
        return all(_is_simple(branch) for branch in field_type)
    name = field_type.get("type") if isinstance(field_type, dict) else field_type
    return isinstance(name, str) and name in SIMPLE
