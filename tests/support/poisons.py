"""Bad records of every type, each with the rule that it breaks.

Their schemas come by `id_of`, so that the same list goes to a fake registry and to a real one.
"""

import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from schemas.avro import encode
from schemas.generated import (
    EVENTS,
    Adjustment,
    ReplenishmentOrder,
    Shipment,
    StockCount,
    Transaction,
    Transfer,
)
from schemas.record import Record
from schemas.wire import Encoder, IdOf

UNKNOWN_ID = 987_654_321
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
LAST_DAY = datetime(9999, 12, 31, 23, tzinfo=UTC)


@dataclass(frozen=True)
class Poison:
    """One message to send, and the reason with which the gate must quarantine it."""

    name: str
    topic: str
    key: bytes | None
    value: bytes | None
    reason: str


def good(record_type: type[Record], now: datetime, event_id: str = "e1") -> Record:
    """A record with which nothing is wrong."""
    at = now.replace(microsecond=now.microsecond // 1000 * 1000)
    fields: dict[str, Any] = {
        "event_id": event_id,
        "receipt_id": "r1",
        "line_no": 1,
        "store_id": "north",
        "from_store": "north",
        "to_store": "south",
        "transfer_id": "t1",
        "phase": "shipped",
        "order_id": "o1",
        "status": "placed",
        "terminal_id": "till",
        "sku": "milk",
        "quantity": 2,
        "reason": "damage",
        "line_amount": Decimal("2.40"),
        "unit_price": Decimal("1.20"),
        "currency": "EUR",
        "occurred_at": at,
        "counted_at": at,
        "expected_at": at + timedelta(days=30),
        "recorded_at": at,
    }
    known = {field.name for field in record_type.FIELDS}
    return record_type.from_dict({name: fields[name] for name in fields if name in known})


def poisons(id_of: IdOf, now: datetime) -> list[Poison]:
    """All of them. id_of: registers a text that the subject does not have."""
    return [*_everywhere(id_of, now), *_meanings(id_of, now), *_bytes(id_of, now)]


def _everywhere(id_of: IdOf, now: datetime) -> Iterator[Poison]:
    """Faults that can occur in every topic."""
    encoder = Encoder(id_of)
    for record_type, other in zip(EVENTS, EVENTS[1:] + EVENTS[:1], strict=True):
        topic, record = record_type.TOPIC, good(record_type, now)
        key, value = encoder.key(record), encoder.value(record)
        stranger = good(other, now)
        event_time = str(record_type.EVENT_TIME)

        def poison(
            name: str,
            reason: str,
            value: bytes | None = value,
            key: bytes | None = key,
            topic: str = topic,
        ) -> Poison:
            return Poison(f"{topic}: {name}", topic, key, value, reason)

        yield poison("8-byte id", "unknown_schema", b"\0" + bytes(4) + value[1:5] + value[5:])
        yield poison("tombstone", "tombstone", None)
        yield poison("empty", "too_short", b"")
        yield poison("header alone", "too_short", value[:5])
        yield poison("magic byte 1", "magic", b"\x01" + value[1:])
        yield poison("plain JSON", "magic", b'{"event_id": "e1"}')
        yield poison(
            "unknown id", "unknown_schema", b"\0" + struct.pack(">I", UNKNOWN_ID) + value[5:]
        )
        yield poison("another's id", "foreign_schema", encoder.value(stranger)[:5] + value[5:])
        yield poison(
            "another's record", "foreign_schema", encoder.value(stranger), encoder.key(stranger)
        )
        yield poison("cut in half", "undecodable", value[: len(value) // 2])
        yield poison("a byte more", "left_over", value + b"\0")
        yield poison("itself twice", "left_over", value + value[5:])
        yield poison("key and a byte", "key", key=key + b"\0")
        yield poison("key of another record", "key", key=key[:-1] + b"z")
        yield poison("header of a key alone", "key", key=key[:5])
        yield poison("a key of other text", "key", key=b"elsewhere")
        yield poison("a key that is not UTF-8", "key", key=b"\xff\xfe")
        for name, changes, reason in (
            ("no event id", {"event_id": ""}, "contract"),
            ("event id of a blank", {"event_id": " "}, "contract"),
            ("event id with an escape", {"event_id": "e\x1b[2J"}, "contract"),
            ("long event id", {"event_id": "x" * 201}, "contract"),
            ("a million letters", {"event_id": "x" * 990_000}, "contract"),
            ("too large", {"event_id": "x" * 1_000_000}, "too_large"),
            ("of 1970", {event_time: LONG_AGO}, "time"),
            ("of 9999", {event_time: LAST_DAY}, "time"),
            ("of the day after tomorrow", {event_time: now + timedelta(days=2)}, "time"),
            ("recorded in 1970", {"recorded_at": LONG_AGO}, "time"),
            ("recorded in 9999", {"recorded_at": LAST_DAY}, "time"),
            ("recorded a month ago", {"recorded_at": now - timedelta(days=30)}, "too_late"),
        ):
            bad = replace(record, **changes)  # type: ignore[type-var]
            yield poison(name, reason, value[:5] + bad.to_avro(), key[:5] + bad.key_to_avro())


def _meanings(id_of: IdOf, now: datetime) -> Iterator[Poison]:
    """Well-formed records that their contract does not allow."""
    encoder = Encoder(id_of)
    changes: tuple[tuple[type[Record], dict[str, Any], str], ...] = (
        (Transaction, {"line_no": 0}, "contract"),
        (Transaction, {"line_no": -1}, "contract"),
        (Transaction, {"currency": "eur"}, "contract"),
        (Transaction, {"currency": "EUR\n"}, "contract"),
        (Transaction, {"sku": ""}, "contract"),
        (Transaction, {"sku": " "}, "contract"),
        (Transaction, {"sku": "milk\u200b"}, "contract"),
        (Transaction, {"store_id": "Zu\u0308rich"}, "contract"),
        (Transaction, {"quantity": 4_006_381}, "contract"),
        (Transaction, {"store_id": ""}, "contract"),
        (Transaction, {"terminal_id": ""}, "contract"),
        (Transaction, {"sku": "s" * 101}, "contract"),
        (Transaction, {"unit_price": Decimal("-0.01")}, "contract"),
        (Transaction, {"unit_price": Decimal("100000000")}, "contract"),
        (Transaction, {"line_amount": Decimal("10000000000")}, "contract"),
        (Transaction, {"line_amount": Decimal(10) ** 60}, "undecodable"),
        (Transaction, {"line_amount": Decimal(10) ** 90}, "undecodable"),
        (Transaction, {"quantity": 2**31}, "undecodable"),
        (Transaction, {"quantity": -(2**31) - 1}, "undecodable"),
        (Shipment, {"quantity": 0}, "contract"),
        (Shipment, {"quantity": -5}, "contract"),
        (Shipment, {"order_id": ""}, "contract"),
        (StockCount, {"quantity": -1}, "contract"),
        (StockCount, {"quantity": 40_063_813}, "contract"),
        (StockCount, {"counted_at": now + timedelta(minutes=6)}, "time"),
        (StockCount, {"counted_at": now - timedelta(days=8)}, "late_count"),
        (Adjustment, {"reason": "whim"}, "contract"),
        (Adjustment, {"reason": ""}, "contract"),
        (Transfer, {"phase": "stolen"}, "contract"),
        (Transfer, {"quantity": 0}, "contract"),
        (ReplenishmentOrder, {"status": "maybe"}, "contract"),
        (ReplenishmentOrder, {"quantity": -1}, "contract"),
        (ReplenishmentOrder, {"expected_at": LONG_AGO}, "time"),
    )
    for record_type, change, reason in changes:
        ((field, value),) = change.items()
        record = good(record_type, now)
        bad = replace(record, **change)  # type: ignore[type-var]
        yield Poison(
            f"{record_type.TOPIC}: {field} {str(value)[-20:]!r}",
            record_type.TOPIC,
            encoder.key(record)[:5] + bad.key_to_avro(),
            encoder.value(record)[:5] + bad.to_avro(),
            reason,
        )


def _bytes(id_of: IdOf, now: datetime) -> Iterator[Poison]:
    """Bytes that some decoders take, and schemas that lie."""
    encoder = Encoder(id_of)
    shipment: Any = good(Shipment, now)
    key, value = encoder.key(shipment), encoder.value(shipment)
    header, body = value[:5], value[5:]
    before, _, after = body.rpartition(encode.time(shipment.recorded_at))

    def bad(name: str, data: bytes, reason: str = "undecodable") -> Poison:
        return Poison(f"shipments: {name}", Shipment.TOPIC, key, data, reason)

    for length in sorted({*range(6, len(value))} - {len(value) // 2}):
        yield bad(f"cut to {length} bytes", value[:length])
    assert body[:3] == b"\x04e1"
    yield bad("text that is not UTF-8", header + b"\x04e\xff" + body[3:])
    yield bad("half a surrogate", header + b"\x06\xed\xa0\x80" + body[3:])
    yield bad("overlong UTF-8", header + b"\x04\xc0\x80" + body[3:])
    yield bad("negative length", header + b"\x03" + body[1:])
    yield bad("length of 2**40", header + b"\x80\x80\x80\x80\x80\x80\x01" + body[1:])
    yield bad("union branch 2", header + body[:3] + b"\x04" + body[4:])
    yield bad("union branch -1", header + body[:3] + b"\x01" + body[4:])
    yield bad("endless number", header + b"\xff" * 40)
    yield bad("number of 11 bytes", header + before + b"\x80" * 10 + b"\x01" + after)
    yield bad("number above 64 bits", header + before + b"\xff" * 9 + b"\x7f" + after)
    yield bad("year 300,000", header + before + b"\xff" * 6 + b"\x7f" + after, "time")
    yield bad("the least long", header + before + b"\xff" * 9 + b"\x01" + after, "time")
    sale = encoder.value(good(Transaction, now))
    amount = b"\x04\x00\xf0"
    assert sale.count(amount) == 1
    for name, stored in (("no bytes", b"\x00"), ("52 bytes", b"\x68" + b"\x11" * 52)):
        yield Poison(
            f"transactions: amount of {name}",
            Transaction.TOPIC,
            encoder.key(good(Transaction, now)),
            sale.replace(amount, stored),
            "undecodable",
        )
    for name, change in LIES.items():
        text = json.loads(Shipment.SCHEMA)
        change(text)
        lying = id_of(f"lying-{name.replace(' ', '-')}-value", json.dumps(text))
        reason = "undecodable" if name in ONLY_SOME_VALUES else "foreign_schema"
        yield bad(f"schema with {name}", b"\0" + struct.pack(">I", lying) + body, reason)


def _typed(name: str, record_type: Any) -> Callable[[dict[str, Any]], None]:
    def change(schema: dict[str, Any]) -> None:
        (field,) = (field for field in schema["fields"] if field["name"] == name)
        field.pop("default", None)
        field["type"] = record_type

    return change


def _added(record_type: Any) -> Callable[[dict[str, Any]], None]:
    def change(schema: dict[str, Any]) -> None:
        schema["fields"].append({"name": "extra", "type": record_type})

    return change


def _without(name: str) -> Callable[[dict[str, Any]], None]:
    def change(schema: dict[str, Any]) -> None:
        schema["fields"] = [field for field in schema["fields"] if field["name"] != name]

    return change


LIES: dict[str, Callable[[dict[str, Any]], None]] = {
    "another name": lambda s: s.update(name="Parcel"),
    "another namespace": lambda s: s.update(namespace="elsewhere"),
    "a long quantity": _typed("quantity", "long"),
    "a double quantity": _typed("quantity", "double"),
    "plain milliseconds": _typed("recorded_at", "long"),
    "microseconds": _typed("recorded_at", {"type": "long", "logicalType": "timestamp-micros"}),
    "no sku": _without("sku"),
    "a quantity that may be null": _typed("quantity", ["null", "int"]),
    "a list": _added({"type": "array", "items": "null"}),
    "a map": _added({"type": "map", "values": "long"}),
    "itself within": _added(["null", "Shipment"]),
    "three branches": _added(["null", "int", "string"]),
}
ONLY_SOME_VALUES = ("a quantity that may be null", "three branches")
"""These can be versions of the contract; it is the record that is none of theirs."""
