"""Validate one record: its bytes, its schema, and its times beside that of its arrival.

This is the only place where an event's times are compared with a clock. What is accepted here
stays accepted: the job reads no clock and no limit.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

from connect.message_headers import Headers
from connect.schema_id_headers import SchemaIdHeaderError, framed, without_ids
from connect.settings import Settings
from gate.headers import size_with_headers
from gate.key_meaning import key_sentence, says
from gate.known_schema import IdOfGuid, flat_schema, no_guids, schema_id_of_guid
from gate.reasons import Reason, Refusal, RuleBrokenError, shortened
from schemas.avro.encode import EPOCH, MILLISECOND, milliseconds
from schemas.generated import StockCount
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
MILLISECONDS_A_DAY = 86_400_000
DECODE_REASONS = {
    SchemaMismatchError: Reason.FOREIGN_SCHEMA,
    DecodeError: Reason.UNDECODABLE,
    TimestampRangeError: Reason.TIME,
    TrailingBytesError: Reason.LEFT_OVER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of a record's times, relative to its arrival."""

    horizon: timedelta
    """Largest age of recorded_at; 0: no limit."""
    ahead: timedelta
    """Time that an event may lie in the future, as clocks differ."""
    count_ahead: timedelta
    """The same for a count: one in the future would hold back the shelf until then."""
    count_age: timedelta
    """Largest time between a count and its recording; 0: no limit."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        return cls(
            horizon=timedelta(seconds=settings.dedup_seconds),
            ahead=timedelta(hours=settings.ahead_hours),
            count_ahead=timedelta(seconds=settings.count_ahead_seconds),
            count_age=timedelta(seconds=settings.count_seconds),
        )


class Forward(NamedTuple):
    """A valid record in the one form in which records are forwarded."""

    key: bytes
    value: bytes
    headers: Headers | None
    """Those of the message, without schema ids: key and value begin with theirs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TooLate(Refusal):
    """The refusal of a record that is later than the horizon, and valid but for that."""

    event: Any
    forward: Forward


class RecordValidator:
    """Validates the records of one public topic.

    key_id: the registry's id of the key's schema. text_of: see schemas.wire; raises
    UnknownSchemaError for an unknown id; its other errors, and those of id_of_guid, pass through:
    there is no verdict then.
    """

    def __init__(
        self,
        record_type: type[Record],
        key_id: int,
        text_of: TextOf,
        limits: Limits,
        id_of_guid: IdOfGuid = no_guids,
    ) -> None:
        self._decoder = Decoder(record_type, lambda schema_id: flat_schema(text_of, schema_id))
        self._key_header = HEADER.pack(MAGIC, key_id)
        subject = record_type.VALUE_SUBJECT
        self._id_of = lambda guid: schema_id_of_guid(id_of_guid, subject, guid)
        self._horizon = limits.horizon // MILLISECOND
        counts = record_type is StockCount
        self._count_age = limits.count_age // MILLISECOND if counts else 0
        ahead = {
            record_type.EVENT_TIME: limits.count_ahead if counts else limits.ahead,
            RECORDED: limits.ahead,
        }
        self._past = [(name, time // MILLISECOND) for name, time in ahead.items() if name]
        """Times that may lie ahead by so many milliseconds; the last one is RECORDED."""
        self._planned = tuple(
            field.name
            for field in record_type.FIELDS
            if field.type == "timestamp-millis" and field.name not in ahead
        )

    def refusal(
        self, key: bytes | None, value: bytes | None, arrived: int, headers: Headers | None = None
    ) -> Refusal | None:
        """Return None for a valid record; arrived: time of its arrival, ms since 1970."""
        judged = self.judged(key, value, arrived, headers)
        return judged if isinstance(judged, Refusal) else None

    def judged(
        self, key: bytes | None, value: bytes | None, arrived: int, headers: Headers | None = None
    ) -> Refusal | Forward:
        """Return what to forward, or why not; arrived: see `refusal`."""
        try:
            if value is None:
                raise RuleBrokenError(Reason.TOMBSTONE, "there is no value")
            if headers:
                value = framed(value, headers, self._id_of)
            _check_size(key, value, headers)
            if value[0] != MAGIC:
                raise RuleBrokenError(
                    Reason.MAGIC, f"the first byte is {value[0]}, expected {MAGIC}"
                )
            record = self._decoder.value(value)
            recorded = self._check_times(record, arrived)
            record.validate()
            right_key = self._key_header + record.key_to_avro()
            if key != right_key and not says(key, right_key[HEADER.size :], record.key()):
                raise RuleBrokenError(Reason.KEY, key_sentence(key, record.key()))
        except RuleBrokenError as error:
            return _refused(value, error.reason, str(error))
        except SchemaIdHeaderError as error:
            return _refused(value, Reason.MAGIC, str(error))
        except ContractViolationError as error:
            return _refused(value, Reason.CONTRACT, str(error))
        except DecodeError as error:
            return _refused(value, DECODE_REASONS[type(error)], str(error))
        forward = Forward(right_key, value, without_ids(headers) if headers else None)
        if self._horizon and recorded < arrived - self._horizon:
            return TooLate(
                reason=Reason.TOO_LATE,
                sentence=f"{RECORDED}: {_time(recorded)} is more than {_duration(self._horizon)} "
                f"before the record arrived, {_time(arrived)}",
                schema_id=schema_id_of(value),
                event=record,
                forward=forward,
            )
        return forward

    def _check_times(self, record: Record, arrived: int) -> int:
        """Check all times but the age of recorded_at, which is returned."""
        for name, ahead in self._past:
            at = milliseconds(getattr(record, name))
            if not FIRST <= at <= arrived + ahead:
                _check_range(name, at)
                raise RuleBrokenError(
                    Reason.TIME,
                    f"{name}: {_time(at)} is more than {_duration(ahead)} after the record "
                    f"arrived, {_time(arrived)}: check the clock of the device",
                )
        for name in self._planned:
            time = getattr(record, name)
            if time is not None:
                _check_range(name, milliseconds(time))
        recorded = at
        if self._count_age:
            counted = milliseconds(getattr(record, self._past[0][0]))
            if recorded > counted + self._count_age:
                raise RuleBrokenError(
                    Reason.LATE_COUNT,
                    f"recorded at {_time(recorded)}, more than {_duration(self._count_age)} after "
                    f"it was taken, {_time(counted)}",
                )
        return recorded


def schema_id_of(value: bytes | None) -> int | None:
    """Return the schema id in a value's header, None for a value without one."""
    if value is None or len(value) < HEADER.size or value[0] != MAGIC:
        return None
    return int.from_bytes(value[1 : HEADER.size], "big")


def _check_size(key: bytes | None, value: bytes, headers: Headers | None) -> None:
    if len(value) < SHORTEST:
        raise RuleBrokenError(Reason.TOO_SHORT, f"it has {len(value)} bytes")
    size = size_with_headers(key or b"", value, headers)
    if size > LARGEST:
        raise RuleBrokenError(
            Reason.TOO_LARGE, f"it has {size:,} bytes, expected at most {LARGEST:,}"
        )


def _refused(value: bytes | None, reason: Reason, sentence: str) -> Refusal:
    return Refusal(reason, shortened(sentence), schema_id_of(value))


def _check_range(name: str, stored: int) -> None:
    if not FIRST <= stored <= LAST:
        raise RuleBrokenError(
            Reason.TIME, f"{name}: {_time(stored)} is not within the years 2000 to 9999"
        )


def _time(stored: int) -> str:
    try:
        return (EPOCH + stored * MILLISECOND).isoformat(timespec="milliseconds")
    except OverflowError:
        return f"{stored} milliseconds since 1970"


def _duration(milliseconds: int) -> str:
    if milliseconds >= MILLISECONDS_A_DAY:
        return f"{milliseconds / MILLISECONDS_A_DAY:g} days"
    return f"{milliseconds / 60_000:g} minutes"
