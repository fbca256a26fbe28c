# Generated from schemas/store.avsc by `python -m codegen generate`: change that file, not this one.
"""Store: records of the topic stores."""

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from schemas import violations
from schemas.avro import decode, encode
from schemas.identifier import is_identifier
from schemas.record import Field, Limits, setters

_TIME_ZONE_PATTERN = re.compile('[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}')
_OPENING_HOURS_PATTERN = re.compile('(Mo|Tu|We|Th|Fr|Sa|Su)(-(Mo|Tu|We|Th|Fr|Sa|Su))? [0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9](,[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]){0,3}(; (Mo|Tu|We|Th|Fr|Sa|Su)(-(Mo|Tu|We|Th|Fr|Sa|Su))? [0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9](,[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]){0,3}){0,13}')
_OPENING_HOURS_READ = decode.union((decode.nothing, decode.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What the chain knows of a store: the newest record of a store is the current one."""

    TOPIC: ClassVar[str] = 'stores'
    KEY: ClassVar[tuple[str, ...]] = ('store_id',)
    SCHEMA: ClassVar[str] = '{"type": "record", "name": "Store", "namespace": "inventory", "doc": "What the chain knows of a store: the newest record of a store is the current one.", "fields": [{"name": "store_id", "type": "string", "doc": "Identity of the store, as its events have it."}, {"name": "name", "type": "string", "doc": "What people call the store."}, {"name": "time_zone", "type": "string", "doc": "Time zone of the store, a name of the IANA database such as Europe/Berlin."}, {"name": "opening_hours", "type": ["null", "string"], "default": null, "doc": "When the store sells, in its time zone, as in OpenStreetMap\'s opening_hours: days and hours such as `Mo-Fr 08:00-12:00,13:00-20:00; Sa 09:00-18:00`. A day that is not named is closed; of two parts that name a day, the later one holds. Hours after 24:00, and an end before its begin, are of the next day. Null when unknown."}]}'
    KEY_SCHEMA: ClassVar[str] = '{"type": "record", "name": "StoreKey", "namespace": "inventory", "fields": [{"name": "store_id", "type": "string"}]}'
    KEY_SUBJECT: ClassVar[str] = 'stores-key'
    VALUE_SUBJECT: ClassVar[str] = 'stores-value'
    COMPATIBILITY: ClassVar[str] = 'FULL_TRANSITIVE'
    FULL_NAME: ClassVar[str] = 'inventory.Store'
    EVENT_TIME: ClassVar[str | None] = None
    FIELDS: ClassVar[tuple[Field, ...]] = (
        Field('store_id', 'string', doc='Identity of the store, as its events have it.', limits=Limits(shortest=1, longest=100, identifier=True)),
        Field('name', 'string', doc='What people call the store.', limits=Limits(shortest=1, longest=200)),
        Field('time_zone', 'string', doc='Time zone of the store, a name of the IANA database such as Europe/Berlin.', limits=Limits(pattern='[A-Za-z0-9_+-]{1,30}(/[A-Za-z0-9_+-]{1,30}){0,2}')),
        Field('opening_hours', 'string', nullable=True, has_default=True, doc="When the store sells, in its time zone, as in OpenStreetMap's opening_hours: days and hours such as `Mo-Fr 08:00-12:00,13:00-20:00; Sa 09:00-18:00`. A day that is not named is closed; of two parts that name a day, the later one holds. Hours after 24:00, and an end before its begin, are of the next day. Null when unknown.", limits=Limits(pattern='(Mo|Tu|We|Th|Fr|Sa|Su)(-(Mo|Tu|We|Th|Fr|Sa|Su))? [0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9](,[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]){0,3}(; (Mo|Tu|We|Th|Fr|Sa|Su)(-(Mo|Tu|We|Th|Fr|Sa|Su))? [0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9](,[0-2][0-9]:[0-5][0-9]-[0-2][0-9]:[0-5][0-9]){0,3}){0,13}')),
    )

    store_id: str
    """Identity of the store, as its events have it."""
    name: str
    """What people call the store."""
    time_zone: str
    """Time zone of the store, a name of the IANA database such as Europe/Berlin."""
    opening_hours: str | None = None
    """When the store sells, in its time zone, as in OpenStreetMap's opening_hours: days and hours
    such as `Mo-Fr 08:00-12:00,13:00-20:00; Sa 09:00-18:00`. A day that is not named is closed;
    of two parts that name a day, the later one holds. Hours after 24:00, and an end before its
    begin, are of the next day. Null when unknown.
    """

    def validate(self) -> None:
        """Raise ContractViolationError for the first field that breaks the contract."""
        if type(self.store_id) is not str or not 1 <= len(self.store_id) <= 100:
            raise violations.text("store_id", self.store_id, 1, 100)
        if not is_identifier(self.store_id):
            raise violations.identifier("store_id", self.store_id)
        if type(self.name) is not str or not 1 <= len(self.name) <= 200:
            raise violations.text("name", self.name, 1, 200)
        if type(self.time_zone) is not str or not _TIME_ZONE_PATTERN.fullmatch(self.time_zone):
            raise violations.pattern("time_zone", self.time_zone, _TIME_ZONE_PATTERN.pattern)
        if self.opening_hours is not None and (type(self.opening_hours) is not str or not _OPENING_HOURS_PATTERN.fullmatch(self.opening_hours)):
            raise violations.pattern("opening_hours", self.opening_hours, _OPENING_HOURS_PATTERN.pattern)

    def key(self) -> tuple[str]:
        return (self.store_id,)

    def to_dict(self) -> dict[str, Any]:
        return {
            "store_id": self.store_id,
            "name": self.name,
            "time_zone": self.time_zone,
            "opening_hours": self.opening_hours,
        }

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        return cls(**values)

    def to_avro(self) -> bytes:
        return b"".join(
            (
                encode.text(self.store_id),
                encode.text(self.name),
                encode.text(self.time_zone),
                (b"\x00" if self.opening_hours is None else b"\x02" + encode.text(self.opening_hours)),
            )
        )

    def key_to_avro(self) -> bytes:
        return (
            encode.text(self.store_id)
        )

    @classmethod
    def from_avro(cls, data: bytes, at: int) -> tuple[Self, int]:
        record = cls.__new__(cls)
        value: Any
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_store_id(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_name(record, value)
        size = data[at]
        if size & 129:
            value, at = decode.text(data, at)
        else:
            start, at = at + 1, at + 1 + (size >> 1)
            value = data[start:at].decode()
        _put_time_zone(record, value)
        value, at = _OPENING_HOURS_READ(data, at)
        _put_opening_hours(record, value)
        return record, at


(
    _put_store_id,
    _put_name,
    _put_time_zone,
    _put_opening_hours,
) = setters(Store)
