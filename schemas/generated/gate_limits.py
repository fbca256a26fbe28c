# Generated from schemas/gate_limits.avsc by `python -m codegen generate`: change that file, not this one.
"""GateLimits: records of the topic gate-limits."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.record import Field, Limits, setters


@dataclass(frozen=True, slots=True, kw_only=True)
class GateLimits:
    """Limits under which the gate has accepted records. The job keeps event ids and movements for
    the longest ones ever applied, so that it reads the accepted topics again with the same
    result after any change of the settings.
    """

    TOPIC: ClassVar[str] = 'gate-limits'
    KEY: ClassVar[tuple[str, ...]] = ('dedup_seconds', 'count_seconds')
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "GateLimits", "namespace": "inventory", "doc": "Limits under which the gate has accepted records. The job keeps event ids and movements for the longest ones ever applied, so that it reads the accepted topics again with the same result after any change of the settings.", "fields": [{"name": "dedup_seconds", "type": "long", "doc": "Seconds after its recorded_at within which a record may arrive; 0: no limit."}, {"name": "count_seconds", "type": "long", "doc": "Seconds after a count was taken within which it may be recorded; 0: no limit."}, {"name": "applied_at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "doc": "When a gate last started with these limits, UTC, milliseconds since 1970-01-01."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "GateLimitsKey", "namespace": "inventory", "fields": [{"name": "dedup_seconds", "type": "long"}, {"name": "count_seconds", "type": "long"}]}'
    KEY_SUBJECT: ClassVar[str] = 'gate-limits-key'
    VALUE_SUBJECT: ClassVar[str] = 'gate-limits-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.GateLimits'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('dedup_seconds', 'long', doc='Seconds after its recorded_at within which a record may arrive; 0: no limit.', limits=Limits(minimum=0)),
        Field('count_seconds', 'long', doc='Seconds after a count was taken within which it may be recorded; 0: no limit.', limits=Limits(minimum=0)),
        Field('applied_at', 'timestamp-millis', doc='When a gate last started with these limits, UTC, milliseconds since 1970-01-01.'),
    )

    dedup_seconds: int
    """Seconds after its recorded_at within which a record may arrive; 0: no limit."""
    count_seconds: int
    """Seconds after a count was taken within which it may be recorded; 0: no limit."""
    applied_at: datetime
    """When a gate last started with these limits, UTC, milliseconds since 1970-01-01."""

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.dedup_seconds) is not int or not 0 <= self.dedup_seconds <= 9223372036854775807:
            raise violations.integer("dedup_seconds", self.dedup_seconds, 0, 9223372036854775807)
        if type(self.count_seconds) is not int or not 0 <= self.count_seconds <= 9223372036854775807:
            raise violations.integer("count_seconds", self.count_seconds, 0, 9223372036854775807)
        if type(self.applied_at) is not datetime or self.applied_at.tzinfo is None or self.applied_at.microsecond % 1000:
            raise violations.time("applied_at", self.applied_at)

    def key(self) -> tuple[int, int]:
        return (self.dedup_seconds, self.count_seconds)

    def to_dict(self) -> dict[str, Any]:
        return {
            "dedup_seconds": self.dedup_seconds,
            "count_seconds": self.count_seconds,
            "applied_at": self.applied_at,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return b"".join(
            (
                encode.varint(self.dedup_seconds),
                encode.varint(self.count_seconds),
                encode.time(self.applied_at),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.varint(self.dedup_seconds)
            + encode.varint(self.count_seconds)
        )

    @classmethod
    def from_avro(cls, data: bytes, at: int) -> tuple[Self, int]:
        record = cls.__new__(cls)
        value: Any
        value, at = decode.long(data, at)
        _put_dedup_seconds(record, value)
        value, at = decode.long(data, at)
        _put_count_seconds(record, value)
        value, at = decode.time(data, at)
        _put_applied_at(record, value)
        return record, at


(
    _put_dedup_seconds,
    _put_count_seconds,
    _put_applied_at,
) = setters(GateLimits)
