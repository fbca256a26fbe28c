"""Whether one record may go on: asked of its bytes, of the registry and of nothing else.

Times are held against the record's Kafka timestamp, not against a clock, so that a record
judged again (after a crash, or in a rebuild years later) gets the same verdict.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from connect.registry import UnknownSchemaError
from connect.settings import Settings
from gate.flat import is_flat
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
"""Bytes of key, value and headers, so that what is accepted fits any topic of Kafka's default."""
SHORTEST = HEADER.size + 1
FIRST = milliseconds(datetime(2000, 1, 1, tzinfo=UTC))
LAST = milliseconds(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC))
RECORDED = "recorded_at"
UNREADABLE = {
    SchemaMismatchError: Reason.FOREIGN_SCHEMA,
    DecodeError: Reason.UNDECODABLE,
    TimestampRangeError: Reason.TIME,
    TrailingBytesError: Reason.LEFT_OVER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far a record's times may be from the moment at which Kafka has it."""

    horizon: timedelta
    """How long after its recorded_at a record may come; 0: for ever."""
    ahead: timedelta
    """How far in the future something may have happened: what clocks may differ."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            horizon=timedelta(seconds=settings.dedup_seconds),
            ahead=timedelta(hours=settings.ahead_hours),
        )


class RecordValidator:
    """Judges the records of one public topic.

    key_id: the registry's id of the key's schema. text_of: as schemas.wire has it; raises
    UnknownSchemaError when the registry has none. What else it raises goes through: no verdict.
    """

    def __init__(
        self, record_type: type[Record], key_id: int, text_of: TextOf, limits: Limits
    ) -> None:
        self._decoder = Decoder(record_type, self._text)
        self._key_header = HEADER.pack(MAGIC, key_id)
        self._text_of = text_of
        self._horizon = limits.horizon // MILLISECOND
        self._ahead = limits.ahead // MILLISECOND
        self._happened = tuple(filter(None, (record_type.EVENT_TIME, RECORDED)))
        self._planned = tuple(
            field.name
            for field in record_type.FIELDS
            if field.type == "timestamp-millis" and field.name not in self._happened
        )

    def refusal(
        self, key: bytes | None, value: bytes | None, sent: int, headers: Headers | None = None
    ) -> Refusal | None:
        """None for a good record. sent: its Kafka timestamp in milliseconds, -1 for none."""
        try:
            if value is None:
                raise _Broken(Reason.TOMBSTONE, "there is no value")
            _check_size(key, value, headers)
            if value[0] != MAGIC:
                raise _Broken(Reason.MAGIC, f"the first byte is {value[0]}, expected {MAGIC}")
            record = self._decoder.value(value)
            self._check_times(record, sent)
            record.validate()
            if key != self._key_header + record.key_to_avro():
                raise _Broken(Reason.KEY, self._key_sentence(key, record.key()))
        except _Broken as error:
            return _refused(value, error.reason, str(error))
        except ContractViolationError as error:
            return _refused(value, Reason.CONTRACT, str(error))
        except DecodeError as error:
            return _refused(value, UNREADABLE[type(error)], str(error))
        return None

    def _text(self, schema_id: int) -> str:
        """A schema's text, if it may be a version of a contract at all."""
        try:
            text = self._text_of(schema_id)
        except UnknownSchemaError:
            raise _Broken(
                Reason.UNKNOWN_SCHEMA, f"the registry has no schema {schema_id}"
            ) from None
        if not is_flat(text):
            raise _Broken(
                Reason.FOREIGN_SCHEMA,
                f"schema {schema_id} has types within types, which no contract has",
            )
        return text

    def _check_times(self, record: Record, sent: int) -> None:
        latest = sent + self._ahead
        for name in self._happened:
            at = milliseconds(getattr(record, name))
            if not FIRST <= at <= latest:
                _check_range(name, at)
                raise _Broken(
                    Reason.TIME,
                    f"{name}: {_time(at)} is more than {self._ahead / 3_600_000:g} h "
                    f"after the record came to Kafka, {_time(sent)}",
                )
        for name in self._planned:
            time = getattr(record, name)
            if time is not None:
                _check_range(name, milliseconds(time))
        if self._horizon and at < sent - self._horizon:
            raise _Broken(
                Reason.TOO_LATE,
                f"{RECORDED}: {_time(at)} is more than "
                f"{self._horizon / 86_400_000:g} days before the record came to Kafka, "
                f"{_time(sent)}",
            )

    def _key_sentence(self, key: bytes | None, fields: tuple[object, ...]) -> str:
        expected = f"expected the key of {', '.join(map(repr, fields))}"
        if key is None:
            return f"{expected}, found none"
        header = self._key_header
        if key[: HEADER.size] != header:
            return (
                f"{expected} with the header {header.hex()}, "
                f"found {key[: HEADER.size].hex() or 'no byte'}"
            )
        return f"{expected}, found {key[HEADER.size :]!r}"


class _Broken(Exception):
    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def size_of(headers: Headers) -> int:
    """Bytes of names and values."""
    return sum(len(name.encode()) + len(value or b"") for name, value in headers)


def schema_id_of(value: bytes | None) -> int | None:
    """The schema id that a value's header names, if it has one."""
    if value is None or len(value) < HEADER.size or value[0] != MAGIC:
        return None
    return int.from_bytes(value[1 : HEADER.size], "big")


def _check_size(key: bytes | None, value: bytes, headers: Headers | None) -> None:
    if len(value) < SHORTEST:
        raise _Broken(Reason.TOO_SHORT, f"it has {len(value)} bytes")
    size = len(value) + len(key or b"") + (size_of(headers) if headers else 0)
    if size > LARGEST:
        raise _Broken(Reason.TOO_LARGE, f"it has {size:,} bytes, expected at most {LARGEST:,}")


def _refused(value: bytes | None, reason: Reason, sentence: str) -> Refusal:
    return Refusal(reason, shortened(sentence), schema_id_of(value))


def _check_range(name: str, stored: int) -> None:
    if not FIRST <= stored <= LAST:
        raise _Broken(Reason.TIME, f"{name}: {_time(stored)} is outside of the years 2000 to 9999")


def _time(stored: int) -> str:
    try:
        return (EPOCH + stored * MILLISECOND).isoformat(timespec="milliseconds")
    except OverflowError:
        return f"{stored} milliseconds since 1970"
