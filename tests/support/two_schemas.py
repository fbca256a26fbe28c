"""Shipments with a known schema and with a new one."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from schemas.generated import Shipment
from schemas.wire import Encoder
from stack.runtime import Stack
from tests.support.gate_messages import id_of
from tests.support.poisons import good


class Versions:
    """Shipments by number, encoded with the known schema or with one that is new to every gate.

    Every KEYS-th is of the same shelf.
    """

    KEYS = 20

    def __init__(self, stack: Stack, name: str) -> None:
        newer = json.loads(Shipment.SCHEMA)
        newer["fields"].append({"name": name, "type": "boolean", "default": False})
        ids = id_of(stack)
        self.encoder = Encoder(ids)
        self._id = ids(f"tests-{name}-value", json.dumps(newer)).to_bytes(4, "big")
        self._name = f"{name}-{{:06}}"
        record: Any = good(Shipment, datetime.now(UTC), self._name.format(0))
        records = [replace(record, sku=f"{name}-{number}") for number in range(self.KEYS)]
        self._keys = [self.encoder.key(record) for record in records]
        self._values = [self.encoder.value(record) for record in records]

    def key(self, number: int) -> bytes:
        return self._keys[number % self.KEYS]

    def with_known_schema(self, number: int) -> bytes:
        value = self._values[number % self.KEYS]
        return value.replace(self.event_id(0), self.event_id(number))

    def with_new_schema(self, number: int) -> bytes:
        return b"\0" + self._id + self.with_known_schema(number)[5:] + b"\x01"

    def event_id(self, number: int) -> bytes:
        return self._name.format(number).encode()
